/** `node point-variant.ts hotpath|lmdb|probe FOLDER ROWS READS`: prints reads a second and, as checksum, p50 in ns. */
import { run } from "@hotpath/runtime";
import { createRequire } from "node:module";
import { open } from "../src/index.ts";
import { keyOf, load, memoryFor, quantile, random, recentRow, scattered, table } from "./rows.ts";

const [name, folder, rowsText, readsText] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
];
const rows = Number(rowsText);
const reads = Number(readsText);
const next = random(42);
const wanted = Uint32Array.from({ length: reads }, () => recentRow(next, rows));

interface Answer {
  readonly value: number;
  readonly checksum: string;
}

/** `read` answers the number of a row. All are read once before, so that what is compiled late is compiled. */
function measure(read: (row: number) => number, p50: boolean): Answer {
  for (const row of wanted) read(row);
  const started = performance.now();
  let sum = 0;
  for (const row of wanted) sum += read(row);
  const value = Math.round((reads / (performance.now() - started)) * 1000);
  const expected = wanted.reduce((total, row) => total + row, 0);
  if (sum !== expected) throw new Error(`read ${sum}, written ${expected}`);
  if (!p50) return { value, checksum: String(sum) };
  const samples = new Float64Array(Math.min(reads, 200_000));
  for (let k = 0; k < samples.length; k++) {
    const before = performance.now();
    read(wanted[k]!);
    samples[k] = performance.now() - before;
  }
  return { value: Math.round(quantile(samples.sort(), 0.5) * 1e6), checksum: String(sum) };
}

async function hotpath(p50: boolean): Promise<Answer> {
  await using db = await open(folder, {
    tables: [table],
    durability: "relaxed",
    poolBytes: memoryFor(rows),
  });
  await load(db, rows);
  using cursor = db.table(table).cursor();
  return measure((row) => {
    if (!cursor.seekWords(0, row, scattered(row), scattered(row + 7))) throw new Error("missing");
    return cursor.row.number;
  }, p50);
}

/** What memory alone takes: a slot of 8 bytes, then the row's 272 bytes that it points to, in one array each. */
function probe(p50: boolean): Answer {
  const slots = new Float64Array(new SharedArrayBuffer(16 * rows));
  const mask = 2 ** Math.floor(Math.log2(2 * rows)) - 1;
  const values = new Float64Array(new SharedArrayBuffer(272 * rows));
  for (let row = 0; row < rows; row++) {
    let at = scattered(row) & mask;
    while (slots[at] !== 0) at = (at + 1) & mask;
    slots[at] = row + 1;
    values[34 * row] = row;
  }
  return measure((row) => {
    let at = scattered(row) & mask;
    while (slots[at] !== row + 1) at = (at + 1) & mask;
    return values[34 * (slots[at]! - 1)]!;
  }, p50);
}

interface Lmdb {
  open(options: object): {
    transactionSync(body: () => void): void;
    putSync(key: Uint8Array, value: Uint8Array): void;
    getBinaryFast(key: Uint8Array): Buffer | undefined;
    close(): Promise<void>;
  };
}

async function lmdb(p50: boolean): Promise<Answer> {
  const require = createRequire(new URL("../../../bench/package.json", import.meta.url));
  const store = (require("lmdb") as Lmdb).open({
    path: folder,
    keyEncoding: "binary",
    encoding: "binary",
    mapSize: 8 * 2 ** 30,
    noSync: true,
  });
  const value = Buffer.alloc(256, "x");
  for (let from = 0; from < rows; from += 10_000) {
    store.transactionSync(() => {
      for (let row = from; row < Math.min(rows, from + 10_000); row++) {
        value.writeUInt32LE(row, 0);
        store.putSync(Buffer.from(keyOf(row)), value);
      }
    });
  }
  const key = Buffer.alloc(16);
  const answer = measure(
    (row) => store.getBinaryFast(keyOf(row, key) as Buffer)!.readUInt32LE(0),
    p50,
  );
  await store.close();
  return answer;
}

const variants: Readonly<Record<string, () => Promise<Answer> | Answer>> = {
  hotpath: () => hotpath(false),
  "hotpath-p50": () => hotpath(true),
  probe: () => probe(false),
  "probe-p50": () => probe(true),
  lmdb: () => lmdb(false),
};
const answer = await run(async () => variants[name]!());
console.log(JSON.stringify(answer));
process.exit(0);

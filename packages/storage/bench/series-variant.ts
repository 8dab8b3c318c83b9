/** `node series-variant.ts aggregate|ingest|cold|device FOLDER ROWS COUNT`: prints how many a second. */
import { constants, openSync, readSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "@hotpath/runtime";
import { open, series, time, u64, type Database } from "../src/index.ts";
import { wasm } from "../src/pool/webassembly.ts";
import { columnsOf, load, random, scattered, table } from "./rows.ts";

const [name, folder, rowsText, countText] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
];
const rows = Number(rowsText);
const count = Number(countText);

interface Answer {
  readonly value: number;
  readonly checksum?: string;
}

function perSecond(done: number, started: number): number {
  return Math.round((done / (performance.now() - started)) * 1000);
}

/** One column of 8 bytes beside the time, summed `count` times. */
async function aggregate(): Promise<Answer> {
  const reading = series("reading", { at: time("micros"), value: u64 });
  await using db = await open(folder, {
    tables: [reading],
    durability: "relaxed",
    poolBytes: Math.max(64 << 20, rows * 40),
  });
  const step = 2000;
  for (let from = 0; from < rows; from += step) {
    const values = Float64Array.from({ length: Math.min(step, rows - from) }, (_, k) => from + k);
    const written = db.transaction((tx) => tx.table(reading).ingest({ at: values, value: values }));
    if ((from / step) % 64 === 0) await written;
  }
  await db.flushed;
  await db.checkpoint();
  const reads = db.table(reading);
  const expected = (rows * (rows - 1)) / 2;
  const started = performance.now();
  for (let k = 0; k < count; k++) {
    const { sum } = reads.aggregate("value");
    if (sum !== expected) throw new Error(`summed ${sum}, written ${expected}`);
  }
  return { value: perSecond(rows * count, started), checksum: String(expected) };
}

/** Durable batches of `count` rows, 64 in flight. */
async function ingest(): Promise<Answer> {
  await using db = await open(folder, { tables: [table], poolBytes: 1024 << 20 });
  const batches = Array.from({ length: rows / count }, (_, k) => columnsOf(k * count, count));
  const started = performance.now();
  const flight: Promise<number>[] = [];
  for (const batch of batches) {
    flight.push(db.transaction((tx) => tx.table(table).ingest(batch)));
    if (flight.length >= 64) await flight.shift();
  }
  await Promise.all(flight);
  return { value: perSecond(rows, started) };
}

const COLD_POOL_BYTES = 64 << 20;

/** Point reads of rows that lie anywhere in ten times the pool, past the host's page cache. */
async function cold(): Promise<Answer> {
  const options = {
    tables: [table],
    durability: "relaxed",
    poolBytes: COLD_POOL_BYTES,
    io: "direct",
  } as const;
  await using db = await open(folder, options);
  await load(db, rows);
  return { value: readCold(db) };
}

function readCold(db: Database): number {
  using cursor = db.table(table).cursor();
  const next = random(3);
  const started = performance.now();
  for (let k = 0; k < count; k++) {
    const row = next(rows);
    if (
      !cursor.seekWords(0, row, scattered(row), scattered(row + 7)) ||
      cursor.row.number !== row
    ) {
      throw new Error(`row ${row} is not what was written`);
    }
  }
  return perSecond(count, started);
}

/** What the device does: 4 KiB anywhere in the same files, one read after the other. */
async function device(): Promise<Answer> {
  {
    const options = {
      tables: [table],
      durability: "relaxed",
      poolBytes: COLD_POOL_BYTES,
      io: "direct",
    } as const;
    await using db = await open(folder, options);
    await load(db, rows);
  }
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".pages"))
    .map((file) => openSync(join(folder, file), constants.O_RDONLY | (constants.O_DIRECT ?? 0)));
  const memory = new wasm.Memory({ initial: 1, maximum: 1, shared: true });
  const page = new Uint8Array(memory.buffer, 0, 4096);
  const next = random(3);
  const started = performance.now();
  for (let k = 0; k < count; k++)
    readSync(files[next(files.length)]!, page, 0, 4096, 4096 * next(4096));
  return { value: perSecond(count, started) };
}

const variants: Readonly<Record<string, () => Promise<Answer>>> = {
  aggregate,
  ingest,
  cold,
  device,
};
console.log(JSON.stringify(await run(async () => variants[name]!())));
process.exit(0);

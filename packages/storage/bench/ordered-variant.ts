/**
 * One variant of store-ordered, in a process of its own: `ordered-variant.ts NAME FOLDER METRIC ROWS`. Keys of 16
 * bytes in random order, values of 100. load: batches of 1000, none of them synced; get: single reads of random
 * keys, values copied out; scan: everything in order, each value copied out. Prints a Sample: rows a second.
 */
import { createRequire } from "node:module";
import { open, ordered } from "@hotpath/storage";

const [name = "", folder = "", metric = "", rows = "0"] = process.argv.slice(2);
const count = Number(rows);
const VALUE = Buffer.alloc(100, 7);
const BATCH = 1000;

interface Variant {
  write(keys: readonly Buffer[]): Promise<unknown>;
  /** Bytes of the key's value. */
  get(key: Buffer): number;
  /** Bytes of all values. */
  scan(): Promise<number> | number;
  close(): Promise<unknown>;
}

function rival(module: string): unknown {
  return createRequire(new URL("../../../bench/package.json", import.meta.url))(module);
}

const VARIANTS: Readonly<Record<string, () => Promise<Variant>>> = {
  async hotpath() {
    const table = ordered("rows");
    const db = await open(folder, { tables: [table], durability: "relaxed", poolBytes: 1 << 30 });
    const reads = db.table(table);
    return {
      write: (keys) =>
        db.transaction((tx) => {
          const writes = tx.table(table);
          for (const key of keys) writes.put(key, VALUE);
        }),
      get: (key) => reads.get(key)!.length,
      scan() {
        using snapshot = db.snapshot();
        let bytes = 0;
        for (const value of snapshot.table(table).values()) bytes += value.length;
        return bytes;
      },
      close: () => db.close(),
    };
  },
  async lmdb() {
    interface Lmdb {
      transactionSync(body: () => void): void;
      put(key: Buffer, value: Buffer): Promise<boolean>;
      getBinary(key: Buffer): Buffer | undefined;
      getRange(options: object): Iterable<{ readonly value: Buffer }>;
      close(): Promise<void>;
    }
    const lmdb = rival("lmdb") as { open(options: object): Lmdb };
    const db = lmdb.open({ path: folder, keyEncoding: "binary", encoding: "binary", noSync: true });
    return {
      async write(keys) {
        db.transactionSync(() => {
          for (const key of keys) void db.put(key, VALUE);
        });
      },
      get: (key) => db.getBinary(key)!.length,
      scan() {
        let bytes = 0;
        for (const { value } of db.getRange({})) bytes += value.length;
        return bytes;
      },
      close: () => db.close(),
    };
  },
  async "classic-level"() {
    interface Level {
      open(): Promise<void>;
      batch(operations: readonly object[]): Promise<void>;
      getSync(key: Buffer): Buffer | undefined;
      values(): { nextv(size: number): Promise<Buffer[]>; close(): Promise<void> };
      close(): Promise<void>;
    }
    const { ClassicLevel } = rival("classic-level") as {
      readonly ClassicLevel: new (folder: string, options: object) => Level;
    };
    const options = { keyEncoding: "buffer", valueEncoding: "buffer", cacheSize: 1 << 30 };
    const db = new ClassicLevel(folder, options);
    await db.open();
    return {
      write: (keys) => db.batch(keys.map((key) => ({ type: "put", key, value: VALUE }))),
      get: (key) => db.getSync(key)!.length,
      async scan() {
        const values = db.values();
        let bytes = 0;
        for (
          let part = await values.nextv(1000);
          part.length > 0;
          part = await values.nextv(1000)
        ) {
          for (const value of part) bytes += value.length;
        }
        await values.close();
        return bytes;
      },
      close: () => db.close(),
    };
  },
};

const keys = Array.from({ length: count }, (_, k) => {
  const key = Buffer.alloc(16);
  key.writeUInt32BE(Math.imul(k + 1, 2_654_435_761) >>> 0);
  key.writeUInt32BE(k, 12);
  return key;
});

const variant = await VARIANTS[name]!();

async function load(): Promise<number> {
  const begun = performance.now();
  for (let from = 0; from < count; from += BATCH)
    await variant.write(keys.slice(from, from + BATCH));
  return performance.now() - begun;
}

function gets(): { readonly took: number; readonly bytes: number } {
  let bytes = 0;
  const begun = performance.now();
  for (let k = 0; k < count; k++) bytes += variant.get(keys[(k * 7919) % count]!);
  return { took: performance.now() - begun, bytes };
}

async function scan(): Promise<{ readonly took: number; readonly bytes: number }> {
  const begun = performance.now();
  const bytes = await variant.scan();
  return { took: performance.now() - begun, bytes };
}

let took = await load();
let bytes = count * VALUE.length;
if (metric !== "load") {
  // The first time warms the caches and the compilers.
  if (metric === "get") gets();
  else await scan();
  ({ took, bytes } = metric === "get" ? gets() : await scan());
}
await variant.close();
console.log(JSON.stringify({ value: (count * 1000) / took, checksum: String(bytes) }));

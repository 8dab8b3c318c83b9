/**
 * One variant of store-commit, in a process of its own: `commit-variant.ts NAME FOLDER TRANSACTIONS IN_FLIGHT`.
 * Each transaction puts 16 bytes of key and 256 of value and is awaited until it is durable. Prints a Sample:
 * transactions a second.
 */
import { createRequire } from "node:module";
import { open } from "@hotpath/storage";
import { counted } from "./count-table.ts";

const [name = "", folder = "", transactions = "0", inFlight = "1"] = process.argv.slice(2);

const PAYLOAD_BYTES = 272;
const KEY_BYTES = 16;

interface Variant {
  commit(sequence: number): Promise<unknown>;
  close(): Promise<unknown>;
}

function rival(module: string): unknown {
  return createRequire(new URL("../../../bench/package.json", import.meta.url))(module);
}

const VARIANTS: Readonly<Record<string, () => Promise<Variant>>> = {
  async hotpath() {
    const db = await open(folder, { tables: [counted] });
    const payload = new Uint8Array(PAYLOAD_BYTES).fill(7);
    return {
      commit: () => db.transaction((tx) => tx.table(counted).append(payload)),
      close: () => db.close(),
    };
  },
  /** Durable at `flushed`: its promise alone says only that the value is visible. */
  async lmdb() {
    interface Lmdb {
      put(key: Buffer, value: Buffer): Promise<boolean>;
      readonly flushed: Promise<void>;
      close(): Promise<void>;
    }
    const lmdb = rival("lmdb") as { open(options: object): Lmdb };
    const db = lmdb.open({ path: folder, keyEncoding: "binary", encoding: "binary" });
    const value = Buffer.alloc(PAYLOAD_BYTES - KEY_BYTES, 7);
    return {
      commit: async (sequence) => {
        await db.put(keyOf(sequence), value);
        await db.flushed;
      },
      close: () => db.close(),
    };
  },
  async "classic-level"() {
    interface Level {
      open(): Promise<void>;
      put(key: Buffer, value: Buffer, options: { readonly sync: true }): Promise<void>;
      close(): Promise<void>;
    }
    const { ClassicLevel } = rival("classic-level") as {
      readonly ClassicLevel: new (folder: string, options: object) => Level;
    };
    const db = new ClassicLevel(folder, { keyEncoding: "buffer", valueEncoding: "buffer" });
    await db.open();
    const value = Buffer.alloc(PAYLOAD_BYTES - KEY_BYTES, 7);
    return {
      commit: (sequence) => db.put(keyOf(sequence), value, { sync: true }),
      close: () => db.close(),
    };
  },
};

function keyOf(sequence: number): Buffer {
  const key = Buffer.alloc(KEY_BYTES);
  key.writeDoubleBE(sequence);
  return key;
}

const variant = await VARIANTS[name]!();
let begun = 0;

async function commit(count: number): Promise<number> {
  const end = begun + count;
  const start = performance.now();
  const clients = Array.from({ length: Number(inFlight) }, async () => {
    while (begun < end) await variant.commit(begun++);
  });
  await Promise.all(clients);
  return (count * 1000) / (performance.now() - start);
}

const count = Number(transactions);
await commit(Math.ceil(count / 5));
const value = await commit(count);
await variant.close();
console.log(JSON.stringify({ value, checksum: String(begun) }));

/**
 * One transaction at a time beside the bare calls, by turns of 50: `serial-commit.ts FLUSH FOLDER TRANSACTIONS`.
 * Prints a Sample: the ratio of the medians; what they are, in microseconds, stands in the checksum.
 */
import { constants, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { NodeDisk, open } from "@hotpath/storage";
import { counted } from "./count-table.ts";

const [flush, folder = "", transactions = "0"] = process.argv.slice(2);
const TURN = 50;
const BLOCK_BYTES = 4096;
const RAW_BYTES = 8 << 20;

const db = await open(join(folder, "db"), {
  tables: [counted],
  flush: flush === "inline" ? "inline" : "background",
});
const disk = new NodeDisk(folder);
const raw = await disk.open("raw", { create: true, direct: false });
await raw.reserve(RAW_BYTES);
await raw.close();
const descriptor = openSync(join(folder, "raw"), constants.O_RDWR | constants.O_DIRECT);
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: { Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer } };
};
const block = new Uint8Array(new WebAssembly.Memory({ initial: 1 }).buffer, 0, BLOCK_BYTES);
const payload = new Uint8Array(272).fill(7);

const ours: number[] = [];
const bare: number[] = [];
let position = 0;

for (let done = 0; done < Number(transactions); done += TURN) {
  for (let k = 0; k < TURN; k++) {
    const start = performance.now();
    await db.transaction((tx) => tx.table(counted).append(payload));
    ours.push(performance.now() - start);
  }
  for (let k = 0; k < TURN; k++) {
    const start = performance.now();
    writeSync(descriptor, block, 0, BLOCK_BYTES, position);
    fdatasyncSync(descriptor);
    bare.push(performance.now() - start);
    position = (position + BLOCK_BYTES) % RAW_BYTES;
  }
}
await db.close();

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}

const micros = (ms: number): string => (ms * 1000).toFixed(0);
const value = median(ours) / median(bare);
const checksum = `p50 ${micros(median(ours))} µs, write + fdatasync ${micros(median(bare))} µs`;
console.log(JSON.stringify({ value, checksum }));

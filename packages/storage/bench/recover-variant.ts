/**
 * `recover-variant.ts write FOLDER MEGABYTES` leaves a log as a killed process does.
 * `recover-variant.ts open FOLDER` opens it and prints a Sample: megabytes of log a second.
 * `recover-variant.ts read FOLDER` reads the same files with O_DIRECT, 1 MiB at a time: what the device gives.
 */
import { NodeDisk, open } from "@hotpath/storage";
import { counted } from "./count-table.ts";

const [what = "", folder = "", megabytes = "0"] = process.argv.slice(2);
const MIB = 1 << 20;
const RECORD_BYTES = 272;
const options = { tables: [counted], checkpointBytes: 2 ** 40 };

async function write(): Promise<void> {
  const db = await open(folder, { ...options, durability: "relaxed" });
  const payload = new Uint8Array(RECORD_BYTES);
  const view = new DataView(payload.buffer);
  const count = Math.ceil((Number(megabytes) * MIB) / (RECORD_BYTES + 16));
  for (let k = 0; k < count; k++) {
    view.setUint32(0, k, true);
    const visible = db.transaction((tx) => tx.table(counted).append(payload));
    if (k % 512 === 511) await visible;
  }
  await db.flushed;
  console.log(JSON.stringify({ value: count }));
  process.exit(0);
}

async function logFiles(disk: NodeDisk): Promise<readonly string[]> {
  return (await disk.list()).filter((name) => name.startsWith("log-"));
}

async function reopen(): Promise<void> {
  const start = performance.now();
  const db = await open(folder, options);
  const ms = performance.now() - start;
  const { records, checksum } = db.table(counted);
  const bytes = records * (RECORD_BYTES + 16);
  console.log(
    JSON.stringify({ value: (bytes / MIB / ms) * 1000, checksum: `${records} ${checksum}` }),
  );
  process.exit(0);
}

async function read(): Promise<void> {
  const disk = new NodeDisk(folder);
  const memory = new (
    globalThis as unknown as {
      WebAssembly: { Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer } };
    }
  ).WebAssembly.Memory({ initial: 16 });
  const into = new Uint8Array(memory.buffer);
  let bytes = 0;
  const start = performance.now();
  for (const name of await logFiles(disk)) {
    const file = await disk.open(name, { create: false, direct: true });
    for (let at = 0; at < file.sizeBytes; at += MIB) bytes += file.readSync(into, at);
    await file.close();
  }
  const value = (bytes / MIB / (performance.now() - start)) * 1000;
  console.log(JSON.stringify({ value }));
}

await { write, open: reopen, read }[what]!();

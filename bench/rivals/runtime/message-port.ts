/** The cases of shared-channel on a MessagePort, as worker_threads has it. */
import { fileURLToPath } from "node:url";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { main } from "../../../packages/runtime/bench/workload.ts";

const CHUNK = 1024;

function worker(kind: string, count: number): Worker {
  return new Worker(fileURLToPath(import.meta.url), { workerData: { kind, count } });
}

/** Chunks are transferred, so nothing is copied; the ready-made message starts the clock fairly. */
async function batches(count: number): Promise<number> {
  const other = await started(worker("produce", count));
  let sum = 0;
  let left = count;
  await new Promise<void>((done) => {
    other.on("message", (chunk: Uint32Array) => {
      for (const value of chunk) sum += value;
      left -= chunk.length;
      if (left <= 0) done();
    });
    other.postMessage("go");
  });
  await other.terminate();
  return sum;
}

async function roundTrip(count: number): Promise<{ ms: number; checksum: string }> {
  const other = await started(worker("echo", count));
  let sum = 0;
  const start = performance.now();
  await new Promise<void>((done) => {
    let k = 0;
    other.on("message", (value: number) => {
      sum += value;
      if (++k === count) done();
      else other.postMessage(k);
    });
    other.postMessage(0);
  });
  const ms = performance.now() - start;
  await other.terminate();
  return { ms, checksum: String(sum) };
}

function started(other: Worker): Promise<Worker> {
  return new Promise((ready) => {
    other.once("message", () => ready(other));
  });
}

function serve(): void {
  const { kind, count } = workerData as { kind: string; count: number };
  const port = parentPort!;
  port.on("message", (message: unknown) => {
    if (kind === "echo") return port.postMessage(message);
    for (let start = 0; start < count; start += CHUNK) {
      const chunk = new Uint32Array(CHUNK);
      for (let k = 0; k < CHUNK; k++) chunk[k] = start + k;
      port.postMessage(chunk, [chunk.buffer]);
    }
  });
  port.postMessage("ready");
}

if (isMainThread) {
  await main({ batches: { run: batches }, "round-trip": { once: roundTrip } });
} else serve();

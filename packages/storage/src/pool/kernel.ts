/**
 * The code that runs in the shared memory (wasm/storage.as.ts), one instance a thread. Addresses and page
 * numbers go in as numbers and come out as signed 32-bit ones: `>>> 0` makes them addresses again.
 */
import { readFileSync } from "node:fs";
import { wasm, type SharedMemory, type WasmModule } from "./webassembly.ts";

export interface Kernel {
  format(frames: number, recentCap: number, poison: number): void;
  attach(): void;
  fixPage(hazard: number, page: number, keep: number): number;
  resident(page: number): number;
  create(page: number): number;
  written(page: number, recent: number): void;
  drop(page: number): void;
  ownFrame(): number;
  disown(address: number): void;
  reserve(frames: number): number;
  beginLoad(page: number): number;
  endLoad(frame: number, good: number, keep: number): void;
  entryAddress(page: number): number;
  takeHazard(owner: number): number;
  releaseHazard(hazard: number): void;
  releaseHazardsOf(owner: number): number;
  checksum(from: number, bytes: number, into: number): void;
  seal(address: number, page: number): number;
  verify(address: number, page: number): number;
}

let compiled: WasmModule | undefined;

export function kernelOn(memory: SharedMemory): Kernel {
  compiled ??= new wasm.Module(readFileSync(new URL("../../wasm/storage.wasm", import.meta.url)));
  return new wasm.Instance(compiled, { env: { memory } }).exports as Kernel;
}

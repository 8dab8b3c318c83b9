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

  createIndex(table: number): number;
  beginBatch(variableAt: number): void;
  append(table: number, batch: number, rows: number, commit: number): number;
  settlePages(table: number, published: number): void;
  end(table: number, k0: number, k1: number, k2: number, k3: number, commit: number): number;
  indexPage(table: number, page: number): number;
  unindexPage(table: number, page: number): void;
  readonly needMapOf: { readonly value: number };
  readonly lastPage: { readonly value: number };
  readonly lastRow: { readonly value: number };
  addLate(run: number, time: bigint, page: number, row: number): number;
  moveVersions(table: number, to: number, mask: number, oldest: number): void;
  find(
    table: number,
    cursor: number,
    k0: number,
    k1: number,
    k2: number,
    k3: number,
    commit: number,
  ): number;
  visible(table: number, page: number, row: number, commit: number): number;
  wanted(
    table: number,
    page: number,
    row: number,
    commit: number,
    from: number,
    to: number,
  ): number;
  openPage(
    table: number,
    cursor: number,
    ordinal: number,
    commit: number,
    from: number,
    to: number,
  ): number;
  endOrdinal(table: number): number;
  firstOrdinal(table: number): number;
  pageOf(table: number, ordinal: number): number;
  seekTime(table: number, cursor: number, time: number): number;
  beginAggregate(): void;
  aggregate(
    table: number,
    cursor: number,
    ordinal: number,
    end: number,
    commit: number,
    from: number,
    to: number,
    offset: number,
    kind: number,
  ): number;
  endAggregate(kind: number): void;
  readonly count: { readonly value: number };
  readonly sum: { readonly value: number };
  readonly least: { readonly value: number };
  readonly greatest: { readonly value: number };
  readonly first: { readonly value: number };
  readonly last: { readonly value: number };
}

let compiled: WasmModule | undefined;

export function kernelOn(memory: SharedMemory): Kernel {
  compiled ??= new wasm.Module(readFileSync(new URL("../../wasm/storage.wasm", import.meta.url)));
  return new wasm.Instance(compiled, { env: { memory } }).exports as Kernel;
}

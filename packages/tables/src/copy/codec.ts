/**
 * The WebAssembly module wasm/copy.as.ts with a memory of its own. Codecs are reused: a memory reserves
 * address space that only the garbage collector gives back.
 */
import { readFileSync } from "node:fs";
import { wasm, type WasmGlobal, type WasmMemory, type WasmModule } from "./webassembly.ts";

export interface CodecExports {
  readonly consumed: WasmGlobal;
  readonly rows: WasmGlobal;
  readonly badColumn: WasmGlobal;
  readonly badValue: WasmGlobal;
  readonly carried: WasmGlobal;
  readonly phase: WasmGlobal;
  reset(first: number): void;
  decode(
    at: number,
    end: number,
    columns: number,
    count: number,
    room: number,
    carry: number,
  ): number;
  resume(columns: number, count: number, room: number, carry: number): number;
  encode(
    first: number,
    last: number,
    at: number,
    end: number,
    columns: number,
    count: number,
  ): number;
  fromWire(columns: number, columnCount: number, count: number): void;
  toWire(columns: number, columnCount: number, count: number): void;
  firstNotFinite(values: number, count: number, width: number): number;
}

/** Fields of a column's descriptor, in bytes from its start: see wasm/copy.as.ts. */
export const DESCRIPTOR = {
  size: 32,
  kind: 0,
  width: 4,
  values: 8,
  offsets: 12,
  nulls: 16,
  swap: 20,
  epoch: 24,
  used: 28,
} as const;
export const KIND = { fixed: 0, variable: 1, repeated: 2 } as const;

const PAGE = 65_536;
const LARGEST_BYTES = 65_536 * PAGE;
const POOLED = 4;
/** A codec that grew beyond this is dropped instead of kept. */
const POOLED_BYTES = 16 << 20;

let compiled: WasmModule | undefined;
const free: Codec[] = [];

export class Codec {
  readonly exports: CodecExports;
  readonly #memory: WasmMemory;
  #bytes: Uint8Array;
  #view: DataView;

  static take(): Codec {
    return free.pop() ?? new Codec();
  }

  private constructor() {
    compiled ??= new wasm.Module(readFileSync(new URL("../../wasm/copy.wasm", import.meta.url)));
    this.#memory = new wasm.Memory({ initial: 1, maximum: 65_536 });
    const instance = new wasm.Instance(compiled, { env: { memory: this.#memory, abort } });
    this.exports = instance.exports as unknown as CodecExports;
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#view = new DataView(this.#memory.buffer);
  }

  /** The whole memory; ask again after `reserve`. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get view(): DataView {
    return this.#view;
  }

  /** Makes the memory at least this large. @returns whether it could */
  reserve(sizeBytes: number): boolean {
    if (sizeBytes > LARGEST_BYTES) return false;
    const missing = sizeBytes - this.#bytes.length;
    if (missing <= 0) return true;
    try {
      this.#memory.grow(Math.ceil(missing / PAGE));
    } catch {
      return false;
    }
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#view = new DataView(this.#memory.buffer);
    return true;
  }

  giveBack(): void {
    if (free.length < POOLED && this.#bytes.length <= POOLED_BYTES) free.push(this);
  }
}

function abort(): never {
  throw new Error("The COPY codec trapped");
}

/**
 * Memory for a column whose length is not known beforehand. It never moves large contents:
 *
 * - up to SMALL bytes: a SharedArrayBuffer, copied into one of eight times the size. Few and small, because
 *   those left behind stay resident until the next garbage collection: doubling up to 1 MiB left 16 MB
 *   behind in a COPY of 8 columns, a quarter of what 1,000,000 rows take;
 * - beyond: a shared WebAssembly memory, which grows in place. Pages that were never written take no
 *   memory, so its capacity may double freely, and what is resident is what was decoded.
 *
 * A caller's own `allocate` is copied at every doubling instead.
 */
import { TablesError } from "../errors.ts";
import { wasm, type WasmMemory } from "./webassembly.ts";

export type Allocate = (sizeBytes: number) => ArrayBufferLike;

const SMALL = 1 << 18;
/** Largest SharedArrayBuffer that is made at once for an expected size. */
const EXPECTED_LIMIT = 1 << 20;
const PAGE = 65_536;
const PAGES = 65_536;
const FIRST = 4096;

export class GrowingBytes {
  readonly #allocate: Allocate | undefined;
  readonly #first: number;
  #memory: WasmMemory | undefined;
  bytes: Uint8Array = new Uint8Array(0);

  /** @param expectedBytes how large it usually gets; 0 when that is not known */
  constructor(allocate: Allocate | undefined, expectedBytes: number = 0) {
    this.#allocate = allocate;
    this.#first = Math.max(FIRST, Math.min(expectedBytes, EXPECTED_LIMIT));
  }

  /** Makes room for `sizeBytes` in all, keeping the contents. */
  ensure(sizeBytes: number): void {
    const capacity = this.bytes.length;
    if (sizeBytes <= capacity) return;
    const wanted = Math.max(this.#first, sizeBytes, capacity * (capacity < SMALL ? 8 : 2));
    if (this.#memory !== undefined) this.#grow(this.#memory, sizeBytes, wanted);
    else if (this.#allocate !== undefined) this.#move(this.#allocate(wanted));
    else if (wanted <= Math.max(SMALL, this.#first)) this.#move(new SharedArrayBuffer(wanted));
    else {
      const initial = Math.ceil(wanted / PAGE);
      if (initial > PAGES) throw tooLarge();
      this.#memory = new wasm.Memory({ initial, maximum: PAGES, shared: true });
      this.#move(this.#memory.buffer);
    }
  }

  #move(buffer: ArrayBufferLike): void {
    const larger = new Uint8Array(buffer);
    larger.set(this.bytes);
    this.bytes = larger;
  }

  #grow(memory: WasmMemory, least: number, wanted: number): void {
    const pages = Math.min(PAGES, Math.ceil(wanted / PAGE));
    if (least > pages * PAGE) throw tooLarge();
    memory.grow(pages - this.bytes.length / PAGE);
    this.bytes = new Uint8Array(memory.buffer);
  }
}

function tooLarge(): TablesError {
  return new TablesError("COLUMNS_FULL", "Cannot hold a column: it has more than 4 GiB");
}

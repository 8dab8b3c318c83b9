/**
 * Memory for a column whose length is not known beforehand. It never moves large contents:
 *
 * - up to SMALL bytes: a SharedArrayBuffer, copied into one of twice the size;
 * - beyond: a shared WebAssembly memory, which grows in place. Pages that were never written take no
 *   memory, so its capacity may double freely, and what is resident is what was decoded.
 *
 * A caller's own `allocate` is copied at every doubling instead.
 */
import { TablesError } from "../errors.ts";
import { wasm, type WasmMemory } from "./webassembly.ts";

export type Allocate = (sizeBytes: number) => ArrayBufferLike;

const SMALL = 1 << 20;
const PAGE = 65_536;
const PAGES = 65_536;
const FIRST = 4096;

export class GrowingBytes {
  readonly #allocate: Allocate | undefined;
  #memory: WasmMemory | undefined;
  bytes: Uint8Array = new Uint8Array(0);

  constructor(allocate: Allocate | undefined) {
    this.#allocate = allocate;
  }

  /** Makes room for `sizeBytes` in all, keeping the contents. */
  ensure(sizeBytes: number): void {
    const capacity = this.bytes.length;
    if (sizeBytes <= capacity) return;
    const wanted = Math.max(FIRST, sizeBytes, capacity * 2);
    if (this.#memory !== undefined) this.#grow(this.#memory, sizeBytes, wanted);
    else if (this.#allocate !== undefined) this.#move(this.#allocate(wanted));
    else if (wanted <= SMALL) this.#move(new SharedArrayBuffer(wanted));
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

/**
 * Memory that O_DIRECT takes: page-aligned, which ArrayBuffers are not and WebAssembly memories are. It grows in
 * place: bytes that are being read or written stay where they are, but views must be taken anew.
 */

interface HostMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

/** lib.dom has WebAssembly, lib.esnext has not. */
const { Memory } = (
  globalThis as unknown as {
    WebAssembly: {
      Memory: new (size: { initial: number; maximum: number; shared: true }) => HostMemory;
    };
  }
).WebAssembly;

const WASM_PAGE_BYTES = 65_536;

export class AlignedMemory {
  readonly #memory: HostMemory;
  bytes!: Uint8Array<SharedArrayBuffer>;
  view!: DataView<SharedArrayBuffer>;

  constructor(sizeBytes: number, limitBytes: number = sizeBytes) {
    this.#memory = new Memory({
      initial: Math.ceil(sizeBytes / WASM_PAGE_BYTES),
      maximum: Math.ceil(limitBytes / WASM_PAGE_BYTES),
      shared: true,
    });
    this.#look();
  }

  get sizeBytes(): number {
    return this.bytes.length;
  }

  /** Makes it at least so large. */
  grow(sizeBytes: number): void {
    const missing = sizeBytes - this.sizeBytes;
    if (missing <= 0) return;
    this.#memory.grow(Math.ceil(missing / WASM_PAGE_BYTES));
    this.#look();
  }

  #look(): void {
    const { buffer } = this.#memory;
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
  }
}

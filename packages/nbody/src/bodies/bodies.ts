/**
 * The particles: a struct of arrays in one shared WebAssembly memory.
 *
 * The arrays are the kernels' own: nothing is copied between the program and the SIMD code, and a
 * thread that is given `handle` sees the same bytes.
 *
 * Invariants
 *  1. 1 ≤ n ≤ capacity; the views have exactly n elements; rows past n are padding (see layout.ts).
 *  2. The memory only grows. Views stay valid for as long as the Bodies lives, except that shrink()
 *     replaces them by shorter ones.
 *  3. One thread at a time writes; whoever hands the memory on does so at a step boundary.
 */
import { NbodyError } from "../errors.ts";
import { PAGE_BYTES, wasm, type WasmMemory } from "../kernels/webassembly.ts";
import {
  align,
  FAR_AWAY,
  FLOAT_COLUMNS,
  HEADER_AT,
  HEADER_WORDS,
  layoutFor,
  MAGIC,
  VERSION,
  type FloatColumn,
  type Layout,
  type Offsets,
} from "./layout.ts";

/** What another thread needs to see the same bodies; may be posted with postMessage. */
export interface BodiesHandle {
  readonly memory: WasmMemory;
  readonly n: number;
  readonly capacity: number;
}

export type Column = Float64Array<SharedArrayBuffer>;

/** 16 Mi bodies take 1.6 GiB; the rest of the 4 GiB is left to scratch space. */
export const MAX_BODIES: number = 1 << 24;

const WORD = { magic: 0, version: 1, n: 2, capacity: 3, top: 4 } as const;

export class Bodies {
  readonly memory: WasmMemory;
  readonly capacity: number;
  /** Byte offsets of the columns in `memory`, for kernels. */
  readonly offsets: Offsets;
  n: number;
  mass!: Column;
  x!: Column;
  y!: Column;
  z!: Column;
  vx!: Column;
  vy!: Column;
  vz!: Column;
  /** Accelerations as of the last force evaluation. */
  ax!: Column;
  ay!: Column;
  az!: Column;
  /** Softening length of each body, added in quadrature: ε² + εᵢ² + εⱼ². 0 unless set. */
  softening!: Column;
  /** Collision radius; 0 unless set. */
  radius!: Column;
  /** Stable identity of each body: its first index, kept when bodies merge. */
  id!: Uint32Array<SharedArrayBuffer>;
  readonly #header: Int32Array<SharedArrayBuffer>;

  private constructor(memory: WasmMemory, layout: Layout, n: number) {
    this.memory = memory;
    this.capacity = layout.capacity;
    this.offsets = layout.offsets;
    this.n = n;
    this.#header = new Int32Array(memory.buffer, HEADER_AT, HEADER_WORDS);
    this.#view();
  }

  /**
   * Room for n bodies, all zero except `id`.
   * Throws RangeError for a bad n, NbodyError "out-of-memory" when the memory cannot be had.
   */
  static allocate(n: number): Bodies {
    if (!Number.isSafeInteger(n) || n < 1 || n > MAX_BODIES) {
      throw new RangeError(
        `the number of bodies must be an integer in 1 … ${MAX_BODIES}, not ${n}`,
      );
    }
    const layout = layoutFor(n);
    const initial = Math.ceil(layout.end / PAGE_BYTES);
    const maximum = Math.min(65_536, initial * 8 + 256);
    const memory = createMemory(initial, maximum);
    const bodies = new Bodies(memory, layout, n);
    const header = bodies.#header;
    header[WORD.magic] = MAGIC;
    header[WORD.version] = VERSION;
    header[WORD.n] = n;
    header[WORD.capacity] = layout.capacity;
    header[WORD.top] = layout.end / 64;
    for (let i = 0; i < n; i++) bodies.id[i] = i;
    bodies.#pad();
    return bodies;
  }

  /** The bodies behind a handle that came from another thread: same memory, no copy. */
  static adopt(handle: BodiesHandle): Bodies {
    const header = new Int32Array(handle.memory.buffer, HEADER_AT, HEADER_WORDS);
    const n = header[WORD.n]!;
    const layout = layoutFor(handle.capacity);
    if (
      header[WORD.magic] !== MAGIC ||
      header[WORD.version] !== VERSION ||
      header[WORD.capacity] !== layout.capacity ||
      n < 1 ||
      n > layout.capacity
    ) {
      throw new NbodyError(
        "bad-format",
        "the handle's memory does not hold bodies of this version",
      );
    }
    return new Bodies(handle.memory, layout, n);
  }

  get handle(): BodiesHandle {
    return { memory: this.memory, n: this.n, capacity: this.capacity };
  }

  /** A copy in a memory of its own. */
  clone(): Bodies {
    const copy = Bodies.allocate(this.n);
    for (const name of FLOAT_COLUMNS) copy[name].set(this[name]);
    copy.id.set(this.id);
    return copy;
  }

  /** Drops the bodies n … this.n − 1. Views taken before keep their old length. */
  shrink(n: number): void {
    if (!Number.isSafeInteger(n) || n < 1 || n > this.n) {
      throw new RangeError(`cannot shrink ${this.n} bodies to ${n}`);
    }
    this.n = n;
    this.#header[WORD.n] = n;
    this.#view();
    this.#pad();
  }

  /**
   * Reserves scratch space after the columns, for kernels: zeroed, 64-byte aligned, never given
   * back. Returns its byte offset.
   */
  reserve(bytes: number): number {
    const start = this.#header[WORD.top]! * 64;
    const end = start + align(bytes);
    const have = this.memory.buffer.byteLength;
    if (end > have) {
      try {
        this.memory.grow(Math.ceil((end - have) / PAGE_BYTES));
      } catch (cause) {
        throw new NbodyError("out-of-memory", `cannot reserve ${bytes} bytes of scratch space`, {
          cause,
        });
      }
    }
    this.#header[WORD.top] = end / 64;
    return start;
  }

  #view(): void {
    const { buffer } = this.memory;
    for (const name of FLOAT_COLUMNS) {
      this[name] = new Float64Array(buffer, this.offsets[name], this.n);
    }
    this.id = new Uint32Array(buffer, this.offsets.id, this.n);
  }

  #pad(): void {
    const { buffer } = this.memory;
    const rows = this.capacity - this.n;
    const far = new Set<FloatColumn>(["x", "y", "z"]);
    for (const name of FLOAT_COLUMNS) {
      const pad = new Float64Array(buffer, this.offsets[name] + this.n * 8, rows);
      for (let k = 0; k < rows; k++) pad[k] = far.has(name) ? FAR_AWAY * (k + 1) : 0;
    }
  }
}

function createMemory(initial: number, maximum: number): WasmMemory {
  try {
    return new wasm.Memory({ initial, maximum, shared: true });
  } catch (cause) {
    throw new NbodyError(
      "out-of-memory",
      `cannot have ${initial * PAGE_BYTES} bytes of shared WebAssembly memory`,
      { cause },
    );
  }
}

/**
 * The tree's room in the memory of the bodies: 24 bytes a body and 156 a cell, plus half a megabyte
 * for every thread that walks. Reserved space is never given back, so it is kept for the next solver
 * of the same bodies.
 */
import type { Bodies } from "../bodies/bodies.ts";
import type { WasmMemory } from "../kernels/webassembly.ts";

/** Threads that can walk one tree. */
export const MAX_WALKERS = 64;

const SORT_BYTES = 3 * 2048 * 4 + 128;
const BODY_BYTES = 24;
const CELL_BYTES = 152;
const RECORD_BYTES = 112;
/** Lists and stacks of one walk; the part that grows with the number of cells takes what is left. */
const WALK_BYTES = 1 << 19;

/** Byte offsets; plain numbers, so that they can be posted to another thread. */
export interface TreePlace {
  readonly rows: number;
  readonly scratch: number;
  readonly cells: number;
  readonly cellCapacity: number;
}

export class TreeScratch {
  readonly #bodies: Bodies;
  readonly #walks: number[] = [];
  #scratch = 0;
  #cells = 0;
  #cellCapacity = 0;

  private constructor(bodies: Bodies) {
    this.#bodies = bodies;
  }

  static for(bodies: Bodies): TreeScratch {
    let scratch = known.get(bodies.memory);
    if (scratch === undefined) {
      scratch = new TreeScratch(bodies);
      known.set(bodies.memory, scratch);
    }
    return scratch;
  }

  get place(): TreePlace {
    if (this.#scratch === 0) {
      // Loads run up to 16 bytes past the last body.
      this.#scratch = this.#bodies.reserve(SORT_BYTES + this.#bodies.capacity * BODY_BYTES + 64);
      this.#allocateCells(Math.ceil(this.#bodies.capacity * 0.22) + 256);
    }
    return {
      rows: this.#bodies.capacity,
      scratch: this.#scratch,
      cells: this.#cells,
      cellCapacity: this.#cellCapacity,
    };
  }

  /** Cells that a build may make: some are kept for the threads, and one for nothing. */
  get buildCapacity(): number {
    return this.#cellCapacity - MAX_WALKERS;
  }

  /** More room for cells, elsewhere; what was in the old room is lost. */
  grow(): void {
    this.#allocateCells(Math.ceil(this.#cellCapacity * 1.6));
  }

  /** Room of walker k, and its size. */
  walk(k: number): { readonly own: number; readonly ownBytes: number } {
    this.#walks[k] ??= this.#bodies.reserve(WALK_BYTES);
    return { own: this.#walks[k], ownBytes: WALK_BYTES };
  }

  /** Columns come first in a cell's room, records after: see wasm/tree/cell.ts. */
  get recordsAt(): number {
    return this.#cells + this.#cellCapacity * (CELL_BYTES - RECORD_BYTES);
  }

  get linksAt(): number {
    return this.#cells + this.#cellCapacity * (CELL_BYTES - RECORD_BYTES - 4);
  }

  /** The list of tasks, u32 each: room for as many as cells, after them. */
  get tasksAt(): number {
    return this.#cells + (this.#cellCapacity + 1) * CELL_BYTES;
  }

  #allocateCells(capacity: number): void {
    this.#cellCapacity = capacity;
    this.#cells = this.#bodies.reserve((capacity + 1) * (CELL_BYTES + 4));
  }
}

const known = new WeakMap<WasmMemory, TreeScratch>();

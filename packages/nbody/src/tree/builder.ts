/** Builds the tree on the calling thread and cuts the walk into tasks. */
import type { Bodies } from "../bodies/bodies.ts";
import { wasm, type WasmModule } from "../kernels/webassembly.ts";
import { NbodyError } from "../errors.ts";
import type { TreeScratch } from "./scratch.ts";

/** A leaf has at most this many bodies, if they do not coincide. Measured: 8 … 16 are within 10 %. */
const LEAF_MOST = 12;
/**
 * A task has at most this many bodies. It depends on nothing but the tree, so tasks are the same for
 * any number of threads.
 */
const TASK_MOST = 1024;
/** Cells this deep are tasks whatever they hold: the walk keeps 512 levels. */
const TASK_DEPTH = 200;
const RECORD_WORDS = 28;
const BEGIN = 2;
const END = 3;
const PARENT = 4;

interface BuildExports {
  configure(
    n: number,
    rows: number,
    mass: number,
    x: number,
    y: number,
    z: number,
    softening: number,
    scratch: number,
    cells: number,
    cellCapacity: number,
    buildCapacity: number,
    leaf: number,
  ): void;
  build(angle: number): number;
  lengthScale(): number;
  massesScale(): number;
  isSoftened(): number;
}

export interface Tree {
  readonly cells: number;
  /** Cells that together hold every body once, none inside another. */
  readonly tasks: Uint32Array;
  readonly lengthScale: number;
  readonly massScale: number;
  readonly softened: boolean;
}

export class TreeBuilder {
  readonly #bodies: Bodies;
  readonly #scratch: TreeScratch;
  readonly #exports: BuildExports;

  constructor(module: WasmModule, bodies: Bodies, scratch: TreeScratch) {
    const instance = new wasm.Instance(module, { env: { memory: bodies.memory } });
    this.#exports = instance.exports as BuildExports;
    this.#bodies = bodies;
    this.#scratch = scratch;
  }

  /** Undefined when a position, mass or softening is not finite or absurdly large. */
  build(angle: number): Tree | undefined {
    const kernel = this.#exports;
    for (;;) {
      this.#configure();
      const cells = kernel.build(angle);
      if (cells === 0) return undefined;
      if (cells > 0) {
        return {
          cells,
          tasks: this.#tasksOf(cells),
          lengthScale: kernel.lengthScale(),
          massScale: kernel.massesScale(),
          softened: kernel.isSoftened() === 1,
        };
      }
      if (this.#scratch.buildCapacity > 2 * this.#bodies.capacity + 64) {
        throw new NbodyError("out-of-memory", "the tree has more cells than it can have");
      }
      this.#scratch.grow();
    }
  }

  #configure(): void {
    const { n, offsets: at } = this.#bodies;
    const { rows, scratch, cells, cellCapacity } = this.#scratch.place;
    this.#exports.configure(
      n,
      rows,
      at.mass,
      at.x,
      at.y,
      at.z,
      at.softening,
      scratch,
      cells,
      cellCapacity,
      this.#scratch.buildCapacity,
      LEAF_MOST,
    );
  }

  #tasksOf(cells: number): Uint32Array {
    const { buffer } = this.#bodies.memory;
    const records = new Uint32Array(buffer, this.#scratch.recordsAt, cells * RECORD_WORDS);
    const links = new Uint32Array(buffer, this.#scratch.linksAt, cells);
    // Depth of cells too large for a task; 0 marks the others. Parents come before their children.
    const depth = new Uint16Array(cells);
    const tasks: number[] = [];
    for (let c = 0; c < cells; c++) {
      const at = c * RECORD_WORDS;
      const above = c === 0 ? 1 : depth[records[at + PARENT]!]!;
      if (above === 0) continue;
      const n = records[at + END]! - records[at + BEGIN]!;
      if (n <= TASK_MOST || links[c] === 0 || above > TASK_DEPTH) tasks.push(c);
      else depth[c] = above + 1;
    }
    return Uint32Array.from(tasks);
  }
}

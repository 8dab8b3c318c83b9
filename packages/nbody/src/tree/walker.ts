/**
 * Walks a tree that stands in the bodies' memory: one instance, with its own room, for each thread.
 * Which walker does which task, and when, changes nothing in the result.
 */
import type { Bodies } from "../bodies/bodies.ts";
import { NbodyError } from "../errors.ts";
import type { Units } from "../kernels/forces.ts";
import { wasm, type WasmModule } from "../kernels/webassembly.ts";
import type { Opening } from "./accuracy.ts";
import type { Tree } from "./builder.ts";
import type { TreePlace } from "./scratch.ts";

/** Cells of at most this many bodies are summed as one group of targets. */
const TARGET_MOST = 12;

interface WalkExports {
  configure(
    rows: number,
    mass: number,
    x: number,
    y: number,
    z: number,
    softening: number,
    scratch: number,
    cells: number,
    cellCapacity: number,
    own: number,
    ownBytes: number,
    spareCell: number,
  ): void;
  use(
    ax: number,
    ay: number,
    az: number,
    lengths: number,
    masses: number,
    softened: boolean,
    epsilon2: number,
    newton: number,
    target: number,
    angle: number,
    tolerance: number,
    wide: number,
    close: number,
    exact: number,
  ): void;
  accelerations(task: number): number;
  farCells(): number;
  nearPairs(): number;
  closeTargets(): number;
  cancelledBodies(): number;
}

/**
 * Work done since the walker was made: cells and pairs summed, bodies with close pairs, and bodies summed
 * twice because their pulls cancel.
 */
export interface WalkCounts {
  readonly farCells: number;
  readonly nearPairs: number;
  readonly closeBodies: number;
  readonly cancelledBodies: number;
}

export class TreeWalker {
  readonly #bodies: Bodies;
  readonly #index: number;
  readonly #exports: WalkExports;

  /** `index` tells walkers of one tree apart: each has another. */
  constructor(module: WasmModule, bodies: Bodies, index: number) {
    const instance = new wasm.Instance(module, { env: { memory: bodies.memory } });
    this.#exports = instance.exports as WalkExports;
    this.#bodies = bodies;
    this.#index = index;
  }

  /** Points the walker at a tree that has just been built. */
  prepare(
    place: TreePlace,
    room: { readonly own: number; readonly ownBytes: number },
    tree: Omit<Tree, "tasks" | "cells">,
    units: Units,
    opening: Omit<Opening, "expectedError">,
  ): void {
    const at = this.#bodies.offsets;
    this.#exports.configure(
      place.rows,
      at.mass,
      at.x,
      at.y,
      at.z,
      at.softening,
      place.scratch,
      place.cells,
      place.cellCapacity,
      room.own,
      room.ownBytes,
      place.cellCapacity - 1 - this.#index,
    );
    this.#exports.use(
      at.ax,
      at.ay,
      at.az,
      tree.lengthScale,
      tree.massScale,
      tree.softened,
      units.softening * units.softening,
      units.G,
      TARGET_MOST,
      opening.angle,
      opening.tolerance,
      opening.wide,
      opening.close,
      opening.exact,
    );
  }

  /** Writes the accelerations of every body in the cell `task`. */
  walk(task: number): void {
    if (this.#exports.accelerations(task) === 1) return;
    throw new NbodyError(
      "out-of-memory",
      "the tree's lists are full: these bodies need a larger theta or errorTarget, or the direct sum",
    );
  }

  get counts(): WalkCounts {
    return {
      farCells: this.#exports.farCells(),
      nearPairs: this.#exports.nearPairs(),
      closeBodies: this.#exports.closeTargets(),
      cancelledBodies: this.#exports.cancelledBodies(),
    };
  }
}

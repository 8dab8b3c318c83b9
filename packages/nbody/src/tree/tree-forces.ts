/**
 * Accelerations by a tree: fourth-order expansions of far cells about target cells (a fast multipole
 * method walked from the targets' side) and direct sums of near bodies. Method and error behaviour:
 * METHOD.md, "Tree".
 *
 * Built afresh for every evaluation, so it holds no state that a checkpoint would need.
 */
import type { Bodies } from "../bodies/bodies.ts";
import type { Forces, Units } from "../kernels/forces.ts";
import type { Kernels } from "../kernels/load.ts";
import { openingFor, type Accuracy } from "./accuracy.ts";
import { TreeBuilder } from "./builder.ts";
import { TreeScratch } from "./scratch.ts";
import { TreeWalker, type WalkCounts } from "./walker.ts";

export interface TreeForces extends Forces {
  /** RMS relative error of the accelerations that is to be expected. */
  readonly expectedError: number;
  /** Work of all evaluations so far. */
  readonly counts: WalkCounts;
}

/** Throws RangeError or TypeError for a bad accuracy. */
export function treeForces(
  kernels: Pick<Kernels, "treeBuild" | "treeForces">,
  bodies: Bodies,
  units: Units,
  accuracy: Accuracy = {},
): TreeForces {
  const opening = openingFor(accuracy);
  const scratch = TreeScratch.for(bodies);
  const builder = new TreeBuilder(kernels.treeBuild, bodies, scratch);
  const walker = new TreeWalker(kernels.treeForces, bodies, 0);
  return {
    name: `tree order 4 f32x4 ${describe(accuracy)}`,
    expectedError: opening.expectedError,
    bodies,
    units,
    get counts() {
      return walker.counts;
    },
    accelerations() {
      const tree = builder.build(opening.angle);
      if (tree === undefined) {
        // As the direct sum would have it; whoever integrates looks for the culprit.
        for (const column of [bodies.ax, bodies.ay, bodies.az]) column.fill(Number.NaN);
        return;
      }
      walker.prepare(scratch.place, scratch.walk(0), tree, units, opening);
      for (const task of tree.tasks) walker.walk(task);
    },
    close() {},
  };
}

function describe({ errorTarget, theta }: Accuracy): string {
  return theta === undefined ? `error ${errorTarget ?? 2e-3}` : `θ ${theta}`;
}

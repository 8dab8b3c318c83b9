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
import { DEFAULT_ERROR_TARGET, openingFor, type Accuracy } from "./accuracy.ts";
import { TreeJob } from "./tree-job.ts";
import type { WalkCounts } from "./walker.ts";

export interface TreeForces extends Forces {
  /** RMS relative error of the accelerations that is to be expected. */
  readonly expectedError: number;
  /** The calling thread's work of all evaluations so far. */
  readonly counts: WalkCounts;
}

/** On the calling thread. Throws RangeError or TypeError for a bad accuracy. */
export function treeForces(
  kernels: Pick<Kernels, "treeBuild" | "treeForces">,
  bodies: Bodies,
  units: Units,
  accuracy: Accuracy = {},
): TreeForces {
  const opening = openingFor(accuracy);
  const job = new TreeJob(kernels, bodies, units, opening);
  return {
    name: treeName(accuracy),
    expectedError: opening.expectedError,
    approximate: true,
    bodies,
    units,
    get counts() {
      return job.counts;
    },
    accelerations() {
      const shares = job.open();
      for (let share = 0; share < shares; share++) job.run(share);
    },
    close() {},
  };
}

/** What runs, for the record of a result. */
export function treeName({ errorTarget, theta }: Accuracy): string {
  const accuracy =
    theta === undefined ? `error ${errorTarget ?? DEFAULT_ERROR_TARGET}` : `θ ${theta}`;
  return `tree order 4 f32, ${accuracy}`;
}

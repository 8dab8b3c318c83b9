/** Chooses between the direct sum and the tree. */
import type { Bodies } from "../bodies/bodies.ts";
import { directForces } from "../kernels/direct.ts";
import type { Forces, Units } from "../kernels/forces.ts";
import { loadKernels } from "../kernels/load.ts";
import { DEFAULT_ERROR_TARGET, openingFor, type Accuracy } from "./accuracy.ts";
import { treeForces } from "./tree-forces.ts";

export const SOLVERS = ["auto", "direct", "tree"] as const;
export type Solver = (typeof SOLVERS)[number];

export interface ForcesOptions extends Accuracy {
  /** Default "auto": the tree when it is faster and accurate enough, else the direct sum. */
  readonly solver?: Solver;
}

/** Forces that say how far from the exact sum they are. */
export interface RatedForces extends Forces {
  /** RMS over the bodies of |a − a_exact| / |a_exact| that is to be expected. */
  readonly expectedError: number;
}

/** Rounding of a float64 sum. */
const DIRECT_ERROR = 1e-14;

/**
 * Bodies from which on the tree is faster than the direct sum, both on one thread, at an error of
 * 2e-3. Measured on Plummer spheres; docs/decisions has the figures.
 */
const CROSSOVER = 1500;

/**
 * A force solver for createSystem()'s `forces`. Its name says what runs, its expectedError how exact.
 * Throws TypeError for an unknown solver, RangeError for an accuracy out of range.
 */
export async function createForces(
  bodies: Bodies,
  units: Units,
  options: ForcesOptions = {},
): Promise<RatedForces> {
  const { solver = "auto", ...accuracy } = options;
  if (!SOLVERS.includes(solver)) throw new TypeError(`no solver is called ${solver as string}`);
  const opening = openingFor(accuracy);
  const kernels = await loadKernels();
  if (solver === "tree" || (solver === "auto" && bodies.n >= crossover(opening.expectedError))) {
    return treeForces(kernels, bodies, units, accuracy);
  }
  return { ...directForces(kernels, bodies, units), expectedError: DIRECT_ERROR };
}

/** The tree's cost goes about with error^−½; the direct sum's does not depend on it. */
function crossover(error: number): number {
  return CROSSOVER * Math.max(0.7, Math.sqrt(DEFAULT_ERROR_TARGET / error));
}

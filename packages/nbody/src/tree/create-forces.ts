/** Chooses between the direct sum and the tree. */
import type { Bodies } from "../bodies/bodies.ts";
import { directForces } from "../kernels/direct.ts";
import type { Forces, Units } from "../kernels/forces.ts";
import { loadKernels } from "../kernels/load.ts";
import type { ForceThreads } from "../threads/force-threads.ts";
import { DEFAULT_ERROR_TARGET, openingFor, type Accuracy } from "./accuracy.ts";
import { treeForces } from "./tree-forces.ts";

export const SOLVERS = ["auto", "direct", "tree"] as const;
export type Solver = (typeof SOLVERS)[number];

export interface ForcesOptions extends Accuracy {
  /** Default "auto": the tree when it is faster and accurate enough, else the direct sum. */
  readonly solver?: Solver;
  /** Threads to work on it; the calling one alone when left out. The result is the same. */
  readonly threads?: ForceThreads;
}

/** Forces that say how far from the exact sum they are. */
export interface RatedForces extends Forces {
  /** RMS over the bodies of |a − a_exact| / |a_exact| that is to be expected. */
  readonly expectedError: number;
}

/** Rounding of a float64 sum. */
const DIRECT_ERROR = 1e-14;

/**
 * Bodies from which on the tree is clearly faster than the direct sum, both on one thread, at an error
 * of 2e-3. Plummer spheres on a Zen 4 core, CPU time, direct against tree: 1.2 and 2.4 ms for 1000
 * bodies, 4.6 and 5.2 for 2000, 7.1 and 6.8 for 2500, 10 and 7.9 for 3000, 40 and 16 for 6000. Disks are
 * faster from 1000 on.
 */
const CROSSOVER = 2500;

/**
 * A force solver for createSystem()'s `forces`. Its name says what runs, its expectedError how exact.
 * Throws TypeError for an unknown solver, RangeError for an accuracy out of range.
 */
export async function createForces(
  bodies: Bodies,
  units: Units,
  options: ForcesOptions = {},
): Promise<RatedForces> {
  const { solver = "auto", threads, ...accuracy } = options;
  if (!SOLVERS.includes(solver)) throw new TypeError(`no solver is called ${solver as string}`);
  const chosen = solver === "auto" ? fasterSolver(bodies.n, accuracy) : solver;
  openingFor(accuracy);
  const kernels = await loadKernels();
  if (chosen === "tree") {
    return threads === undefined
      ? treeForces(kernels, bodies, units, accuracy)
      : threads.treeForces(kernels, bodies, units, accuracy);
  }
  const direct =
    threads === undefined
      ? directForces(kernels, bodies, units)
      : await threads.forces(kernels, bodies, units);
  return { ...direct, expectedError: DIRECT_ERROR };
}

/** What "auto" takes for n bodies. Throws as openingFor() does for an accuracy out of range. */
export function fasterSolver(n: number, accuracy: Accuracy = {}): Exclude<Solver, "auto"> {
  return n >= crossover(openingFor(accuracy).expectedError) ? "tree" : "direct";
}

/** The tree's cost goes about with error^−½; the direct sum's does not depend on it. */
function crossover(error: number): number {
  return CROSSOVER * Math.max(0.7, Math.sqrt(DEFAULT_ERROR_TARGET / error));
}

/** Differences between two force evaluations, and the systems that the tree is held to. */
import type { Bodies } from "../../src/bodies/bodies.ts";
import { directForces } from "../../src/kernels/direct.ts";
import type { Units } from "../../src/kernels/forces.ts";
import { loadKernels } from "../../src/kernels/load.ts";
import { treeForces } from "../../src/tree/tree-forces.ts";
import type { Accuracy } from "../../src/tree/accuracy.ts";

export interface Errors {
  /** √ mean of (|a − b| / |b|)². */
  readonly rms: number;
  readonly worst: number;
}

export function relativeErrors(a: Bodies, b: Bodies): Errors {
  let sum = 0;
  let worst = 0;
  for (let i = 0; i < b.n; i++) {
    const error = Math.hypot(a.ax[i]! - b.ax[i]!, a.ay[i]! - b.ay[i]!, a.az[i]! - b.az[i]!);
    const relative = error === 0 ? 0 : error / Math.hypot(b.ax[i]!, b.ay[i]!, b.az[i]!);
    sum += relative * relative;
    worst = Math.max(worst, relative);
  }
  return { rms: Math.sqrt(sum / b.n), worst };
}

/** The tree's accelerations of the bodies, against the direct sum's. */
export async function treeErrors(
  bodies: Bodies,
  units: Units,
  accuracy: Accuracy,
): Promise<Errors> {
  const kernels = await loadKernels();
  const exact = bodies.clone();
  directForces(kernels, exact, units).accelerations();
  treeForces(kernels, bodies, units, accuracy).accelerations();
  return relativeErrors(bodies, exact);
}

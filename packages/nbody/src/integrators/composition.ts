/**
 * Symmetric compositions of leapfrog: S(w₁h) S(w₂h) … S(w₁h) cancels the leading errors of leapfrog
 * when the weights solve the order conditions. Neighbouring half kicks are of the same positions and
 * become one kick; a step costs as many force evaluations as there are weights.
 */
import type { Integrator, Motion } from "./integrator.ts";
import { drift, kick } from "./kick-drift.ts";

/** `half` are the weights before the middle one, which is 1 − 2 Σ half. */
export function composition(name: string, order: number, half: readonly number[]): Integrator {
  const middle = 1 - 2 * half.reduce((sum, w) => sum + w, 0);
  const weights = [...half, middle, ...half.toReversed()];
  return {
    name,
    order,
    symplectic: true,
    adaptive: false,
    step: (motion) => composedStep(motion, weights),
  };
}

function composedStep(motion: Motion, weights: readonly number[]): void {
  const { dt } = motion;
  let before = 0;
  for (const weight of weights) {
    kick(motion, ((before + weight) / 2) * dt);
    drift(motion, weight * dt);
    before = weight;
  }
  kick(motion, (before / 2) * dt);
}

/**
 * Leapfrog in kick-drift-kick form (velocity Verlet, Störmer 1907): second order, symplectic,
 * time-reversible, one force evaluation a step.
 */
import type { Integrator } from "./integrator.ts";
import { drift, kick } from "./kick-drift.ts";

export const leapfrog: Integrator = {
  name: "leapfrog",
  order: 2,
  symplectic: true,
  adaptive: false,
  step(motion) {
    const half = motion.dt / 2;
    kick(motion, half);
    drift(motion, motion.dt);
    kick(motion, half);
  },
};

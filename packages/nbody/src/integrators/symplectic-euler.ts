/** Symplectic Euler: velocities first, then positions with the new velocities. */
import type { Integrator } from "./integrator.ts";
import { drift, kick } from "./kick-drift.ts";

export const symplecticEuler: Integrator = {
  name: "symplectic-euler",
  order: 1,
  symplectic: true,
  adaptive: false,
  step(motion) {
    kick(motion, motion.dt);
    drift(motion, motion.dt);
  },
};

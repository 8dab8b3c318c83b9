/**
 * Bodies in motion: a force solver, an integrator and a clock.
 *
 * step() is synchronous and is meant for a thread that may block. Time is start + steps × dt, not a
 * running sum, so that a resumed run and a straight one agree to the bit.
 */
import type { Bodies } from "../bodies/bodies.ts";
import { createSystemState } from "./system-state.ts";
import type { CollisionCount } from "../collisions/rule.ts";
import type { Integrator } from "../integrators/integrator.ts";
import type { Forces, Units } from "../kernels/forces.ts";
import type { SystemOptions } from "./options.ts";

export interface System {
  readonly bodies: Bodies;
  readonly units: Units;
  readonly integrator: Integrator;
  readonly forces: Forces;
  readonly dt: number;
  readonly time: number;
  readonly stepsDone: number;
  readonly collisions: CollisionCount;
  /**
   * Advances by count steps. Throws NbodyError with the step, the indices of the bodies and the last
   * good checkpoint when the run cannot go on: "non-finite-state", "coincident-bodies",
   * "step-underflow", "energy-error", "collision". The system is of no use after that.
   */
  step(count?: number): void;
  /** Must be called after changing bodies from outside between two steps. */
  touch(): void;
  /** All of the system as bytes, for restoreSystem(): going on from them gives the same bits. */
  checkpoint(): Uint8Array<ArrayBuffer>;
  close(): void;
}

export function createSystem(options: SystemOptions): Promise<System> {
  return createSystemState(options);
}

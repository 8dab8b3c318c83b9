/** What an integrator is, and what it may touch. One file per integrator exports one record. */
import type { Bodies } from "../bodies/bodies.ts";

/** A system in motion, as an integrator sees it. */
export interface Motion {
  readonly bodies: Bodies;
  /** Length of one step; may be negative. */
  readonly dt: number;
  /**
   * Makes ax, ay, az those of the present positions. Free when nothing has moved since the last
   * time, which is how a kick-drift-kick step needs one force evaluation, not two.
   */
  accelerate(): void;
  /** Must be called after writing positions, masses or softenings. */
  moved(): void;
}

export interface Integrator {
  readonly name: string;
  /** Order of the global error in dt. */
  readonly order: number;
  readonly symplectic: boolean;
  readonly adaptive: boolean;
  /** Advances the bodies by dt. */
  step(motion: Motion): void;
}

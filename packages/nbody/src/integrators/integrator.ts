/** What an integrator is, and what it may touch. One file per integrator exports one record. */
import type { Bodies } from "../bodies/bodies.ts";
import type { NbodyErrorCode } from "../errors.ts";
import type { Forces, Units } from "../kernels/forces.ts";
import type { KernelName } from "../kernels/load.ts";
import type { IntegratorSettings } from "./settings.ts";
import type { IntegratorState } from "./state.ts";

/** A system in motion, as an integrator sees it. */
export interface Motion {
  readonly bodies: Bodies;
  readonly units: Units;
  readonly forces: Forces;
  readonly settings: IntegratorSettings;
  /** Length of one step; may be negative. */
  readonly dt: number;
  /** What the integrator remembers between steps. Empty at first and after touch() or a merger. */
  readonly state: IntegratorState;
  /**
   * Makes ax, ay, az those of the present positions. Free when nothing has moved since the last
   * time, which is how a kick-drift-kick step needs one force evaluation, not two.
   */
  accelerate(): void;
  /** Must be called after writing positions, masses or softenings. */
  moved(): void;
  /** Whether bodies that touch are of interest. */
  readonly collides: boolean;
  /**
   * For adaptive integrators: called after each of their own steps, of length h, but the last one of a
   * dt, with the bodies between two steps. Sees to collisions; true when bodies were changed or removed
   * and the state is empty again.
   */
  settle(h: number): boolean;
  /** The exports of one of the package's modules, on the memory of the bodies; made once. */
  kernel(name: KernelName): object;
  /** Ends the run: throws the error with the step and the last good checkpoint. */
  fail(code: NbodyErrorCode, message: string, bodies: readonly number[]): never;
}

export interface Integrator {
  readonly name: string;
  /** Order of the global error in dt. */
  readonly order: number;
  readonly symplectic: boolean;
  readonly adaptive: boolean;
  /** What the force backend must give besides accelerations. */
  readonly needs?: "jerks" | "exact-forces";
  /** Throws TypeError or RangeError when it cannot integrate these bodies. */
  accept?(bodies: Bodies): void;
  /** Advances the bodies by dt. */
  step(motion: Motion): void;
  /**
   * Present in an integrator whose step() leaves its bodies between two times: makes them those of
   * the present time, and changes nothing in the state, so that the run goes on as if unobserved.
   */
  synchronize?(motion: Motion): void;
}

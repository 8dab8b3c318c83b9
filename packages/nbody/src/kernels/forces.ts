/**
 * What computes accelerations. Integrators know only this; direct sums, trees and devices implement
 * it. Everything here is synchronous: a backend that is asynchronous by nature (a GPU) runs on a
 * thread of its own and is waited for.
 */
import type { Bodies } from "../bodies/bodies.ts";

/** The gravitational constant and the Plummer softening length, in the units of the bodies. */
export interface Units {
  readonly G: number;
  /** ε, a length: pairs feel r² + ε² instead of r². 0 for point masses. */
  readonly softening: number;
}

export interface Forces {
  /** Which solver and which arithmetic ran, for the record of a result. */
  readonly name: string;
  readonly bodies: Bodies;
  readonly units: Units;
  /** Writes ax, ay, az of every body from the positions and masses. */
  accelerations(): void;
  close(): void;
}

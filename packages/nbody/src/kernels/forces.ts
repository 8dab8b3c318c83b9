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
  /**
   * Accelerations and their time derivatives, of some bodies, from positions and velocities that stand
   * elsewhere than in the columns. Only solvers that can; hermite4 and the variational equations need it.
   */
  jerks?(request: JerkRequest): void;
  /**
   * True where forces are not right to rounding (trees, float32): as the bodies move they jump by their error, and
   * an integrator that looks for the terms of a series in them finds none.
   */
  readonly approximate?: boolean;
  close(): void;
}

/** Byte offsets in the memory of the bodies. Arrays have a row for every body and are padded like columns. */
export interface JerkRequest {
  /** x, y, z, vx, vy, vz one after the other. */
  readonly motion: number;
  /** ax, ay, az, jx, jy, jz one after the other; only the rows of targets are written. */
  readonly result: number;
  /** Bytes from one array to the next. */
  readonly stride: number;
  /** Indices of the bodies that are wanted, u32. */
  readonly targets: number;
  readonly targetCount: number;
}

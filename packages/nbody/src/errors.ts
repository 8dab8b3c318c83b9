/** The one operational error of this package, and the reasons it can carry. */

export type NbodyErrorCode =
  /** A position, velocity, mass or acceleration became NaN or infinite while integrating. */
  | "non-finite-state"
  /** Two bodies at the same place without softening: their force does not exist. */
  | "coincident-bodies"
  /** A step so short that it no longer advances the time. */
  | "step-underflow"
  /** The energy differs from that of the start by more than the stated limit. */
  | "energy-error"
  /** Two bodies touched and the rule for collisions is "halt". */
  | "collision"
  /** There is no GPU, or it went away. */
  | "device-unavailable"
  /** A GPU whose arithmetic fails the self-test. */
  | "device-inaccurate"
  /** WebAssembly memory of the wanted size cannot be had. */
  | "out-of-memory"
  /** The kernels could not be read or compiled. */
  | "kernels-unavailable"
  /** A thread of a computation failed or was ended from outside. */
  | "threads-lost"
  /** Bytes that are not what they should be: a file, a handle, a checkpoint. */
  | "bad-format";

export interface NbodyErrorDetails {
  /** The step during which it happened, counted from 1. */
  readonly step?: number;
  /** Indices of the bodies concerned, at most 16. */
  readonly bodies?: readonly number[];
  /** The last good checkpoint, for restoreSystem(). */
  readonly checkpoint?: Uint8Array<ArrayBuffer>;
  readonly cause?: unknown;
}

export class NbodyError extends Error {
  override readonly name = "NbodyError";
  readonly code: NbodyErrorCode;
  readonly step: number | undefined;
  readonly bodies: readonly number[];
  readonly checkpoint: Uint8Array<ArrayBuffer> | undefined;
  readonly retryable: boolean;

  constructor(code: NbodyErrorCode, message: string, details: NbodyErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.step = details.step;
    this.bodies = details.bodies ?? [];
    this.checkpoint = details.checkpoint;
    this.retryable = code === "out-of-memory";
  }
}

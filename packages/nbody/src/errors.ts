/** The one operational error of this package, and the reasons it can carry. */

export type NbodyErrorCode =
  /** A position, velocity or mass became NaN or infinite while integrating. */
  | "non-finite-state"
  /** WebAssembly memory of the wanted size cannot be had. */
  | "out-of-memory"
  /** The kernels could not be read or compiled. */
  | "kernels-unavailable"
  /** Bytes that are not what they should be: a file, a handle, a checkpoint. */
  | "bad-format";

export interface NbodyErrorDetails {
  /** The step during which it happened, counted from 1. */
  readonly step?: number;
  /** Indices of the bodies concerned, at most 16. */
  readonly bodies?: readonly number[];
  readonly cause?: unknown;
}

export class NbodyError extends Error {
  override readonly name = "NbodyError";
  readonly code: NbodyErrorCode;
  readonly step: number | undefined;
  readonly bodies: readonly number[];
  readonly retryable: boolean;

  constructor(code: NbodyErrorCode, message: string, details: NbodyErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.step = details.step;
    this.bodies = details.bodies ?? [];
    this.retryable = code === "out-of-memory";
  }
}

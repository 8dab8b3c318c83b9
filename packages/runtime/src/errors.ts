/**
 * The errors of the runtime.
 *
 * Misuse that a type checker could have caught is a TypeError or RangeError. What happens to a correct
 * program is a RuntimeError with a `code`. Cancellation is neither: CancelError means exactly one
 * thing, that the scope in which the code runs has been cancelled, and is never logged as a failure.
 */

export type RuntimeErrorCode =
  /** A wait with a timeout was not over in time. */
  | "TIMEOUT"
  /** A channel, broadcast, watch or handle was used after it had been closed. */
  | "CLOSED"
  /** A slow receiver of a broadcast lost values; `lost` says how many. */
  | "LAGGED"
  /** A task waited for a task that waits for it. */
  | "CYCLIC_JOIN"
  /** A joined task had been cancelled and has no result. */
  | "TASK_CANCELLED"
  /** Every task is parked and nothing can wake one of them. */
  | "DEADLOCK"
  /** A scope ended with something still open or held. */
  | "LEAK"
  /** A lock was released that nobody held, or twice. */
  | "NOT_LOCKED"
  /** A lock was released, or taken again, by a task that does not hold it. */
  | "FOREIGN_LOCK"
  /** A task of a barrier's round gave up, so the round cannot complete. */
  | "BROKEN"
  /** A task kept its thread busy for longer than the stated time. */
  | "STALLED"
  /** A thread died while it held the lock; what it guards may be half changed. */
  | "POISONED"
  /** A limit that the program set has been reached. */
  | "LIMIT"
  /** Two tasks used at once what only one can: read the same connection, wait for the same process. */
  | "BUSY"
  /** A stream ended before what was asked for was complete. */
  | "END"
  /** A write was given up half-way, so the stream can only be closed. */
  | "TORN"
  /** An input or output operation failed; `cause` has the system's error. */
  | "IO"
  /** A worker thread died or refused what it was sent. */
  | "THREAD";

export interface RuntimeErrorOptions {
  readonly cause?: unknown;
  /** Whether the same call may succeed when it is made again. */
  readonly retryable?: boolean;
}

export class RuntimeError extends Error {
  override readonly name: string = "RuntimeError";
  readonly code: RuntimeErrorCode;
  readonly retryable: boolean;

  constructor(code: RuntimeErrorCode, message: string, options: RuntimeErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

export class TimeoutError extends RuntimeError {
  override readonly name = "TimeoutError";
  readonly timeoutMs: number;

  constructor(what: string, timeoutMs: number) {
    super("TIMEOUT", `${what} took longer than ${timeoutMs} ms`, { retryable: true });
    this.timeoutMs = timeoutMs;
  }
}

export class ClosedError extends RuntimeError {
  override readonly name = "ClosedError";

  constructor(message: string) {
    super("CLOSED", message);
  }
}

/**
 * Thrown at a suspension point of code whose scope has been cancelled. `reason` is what the canceller
 * gave. Catch it only to clean up, and throw it again: the next suspension point throws it anyway.
 */
export class CancelError extends Error {
  override readonly name = "CancelError";
  readonly code = "CANCELLED";
  readonly reason: unknown;
  /** The scope that was cancelled; tells a timeout's own cancellation from one that came from outside. */
  readonly origin: unknown;

  constructor(what: string, reason: unknown, origin: unknown) {
    super(`${what} was cancelled${describeReason(reason)}`, { cause: reason });
    this.reason = reason;
    this.origin = origin;
  }
}

function describeReason(reason: unknown): string {
  if (reason === undefined) return "";
  if (reason instanceof Error) return `: ${reason.message}`;
  return typeof reason === "string" ? `: ${reason}` : "";
}

/** A rule of this package has been broken by this package. Never caught below main. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

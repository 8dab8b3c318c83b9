/**
 * Blocks with a deadline, and blocks that cancellation from outside does not enter.
 *
 * Whose deadline it was is never in doubt: a block answers for the cancellation that began in its own
 * scope and for no other. When the surroundings are cancelled as well, that wins.
 */
import { CancelError, TimeoutError } from "../errors.ts";
import { currentScope, type Runtime } from "../runtime/runtime.ts";
import { durationMs, formatDuration, type Duration } from "../time/duration.ts";
import type { TimerEntry } from "../time/timer-heap.ts";
import { runBlock } from "./block.ts";
import { Scope } from "./scope.ts";

/** A scope that cancels itself when its time is up. */
class DeadlineScope extends Scope implements TimerEntry {
  dueMs = 0;
  heapIndex = -1;
  timerOrder = 0;
  readonly #timeoutMs: number;

  constructor(runtime: Runtime, parent: Scope, timeoutMs: number) {
    super(runtime, parent);
    this.#timeoutMs = timeoutMs;
    runtime.timers.add(this, timeoutMs);
  }

  fire(): void {
    this.abort(new TimeoutError("The block", this.#timeoutMs));
  }

  override close(): void {
    this.runtime.timers.remove(this);
    super.close();
  }

  /** Whether `error` is this scope's own timeout coming out, with nothing cancelled around it. */
  timedOut(error: unknown): boolean {
    return (
      error instanceof CancelError &&
      error.origin === this &&
      error.reason instanceof TimeoutError &&
      this.parent?.cancellation === undefined
    );
  }
}

async function withinMs<T, L>(
  timeoutMs: number,
  body: () => T | PromiseLike<T>,
  late: (error: TimeoutError) => L,
): Promise<T | L> {
  const parent = currentScope();
  if (parent.cancellation !== undefined) throw parent.cancellation;
  const scope = new DeadlineScope(parent.runtime, parent, timeoutMs);
  try {
    return await runBlock(scope, body);
  } catch (error) {
    if (scope.timedOut(error)) return late((error as CancelError).reason as TimeoutError);
    if (
      error instanceof CancelError &&
      error.origin === scope &&
      parent.cancellation !== undefined
    ) {
      throw parent.cancellation;
    }
    throw error;
  }
}

/** Runs the block; when it is not over in time, cancels what it does and throws TimeoutError. */
export function withTimeout<T>(duration: Duration, body: () => T | PromiseLike<T>): Promise<T> {
  return withinMs(durationMs(duration), body, (error): never => {
    throw error;
  });
}

export type Moved<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "timeout"; readonly timeoutMs: number };

/** Runs the block; when it is not over in time, cancels what it does and goes on without its value. */
export function moveOnAfter<T>(
  duration: Duration,
  body: () => T | PromiseLike<T>,
): Promise<Moved<T>> {
  const timeoutMs = durationMs(duration);
  return withinMs(
    timeoutMs,
    async (): Promise<Moved<T>> => ({ kind: "done", value: await body() }),
    (): Moved<T> => ({ kind: "timeout", timeoutMs }),
  );
}

/**
 * As `withTimeout`, with the instant instead of the length: a Date, or milliseconds on the monotonic
 * clock (`monotonic()`), so that one deadline can be handed through several calls.
 */
export function deadline<T>(at: Date | number, body: () => T | PromiseLike<T>): Promise<T> {
  const { clock } = currentScope().runtime.io;
  const leftMs = at instanceof Date ? at.getTime() - clock.wallMs() : at - clock.monotonicMs();
  if (Number.isNaN(leftMs)) throw new RangeError("A deadline must be a valid Date or a number");
  return withTimeout(Math.max(0, leftMs), body);
}

export interface ShieldOptions {
  /** How long the block may go on after its surroundings have been cancelled. Default: without limit. */
  readonly graceMs?: number;
}

class ShieldScope extends Scope implements TimerEntry {
  dueMs = 0;
  heapIndex = -1;
  timerOrder = 0;
  readonly #graceMs: number;

  constructor(runtime: Runtime, parent: Scope, graceMs: number) {
    super(runtime, parent, true);
    this.#graceMs = graceMs;
    if (parent.cancellation !== undefined) this.outerCancelled();
  }

  override outerCancelled(): void {
    if (this.heapIndex === -1) this.runtime.timers.add(this, this.#graceMs);
  }

  fire(): void {
    this.abort(`its grace of ${formatDuration(this.#graceMs)} is over`);
  }

  override close(): void {
    this.runtime.timers.remove(this);
    super.close();
  }
}

/**
 * Runs the block although the surroundings are, or become, cancelled: for the farewell message, the
 * rollback. Shields nest. Timeouts inside the block work as ever.
 */
export async function shield<T>(
  body: () => T | PromiseLike<T>,
  options: ShieldOptions = {},
): Promise<T> {
  const parent = currentScope();
  const scope = new ShieldScope(parent.runtime, parent, options.graceMs ?? Infinity);
  try {
    return await runBlock(scope, body);
  } catch (error) {
    // The grace ran out: to the outside that is the cancellation that started it.
    if (error instanceof CancelError && error.origin === scope) throw parent.cancellation ?? error;
    throw error;
  }
}

/** Waiting for time to pass. */
import { currentScope } from "../runtime/runtime.ts";
import { NOT_READY, type Got, type Selectable } from "../select/selectable.ts";
import { Park } from "../wait/park.ts";
import type { Waitable, Waiter } from "../wait/waiter.ts";
import { durationMs, type Duration } from "./duration.ts";
import type { TimerEntry } from "./timer-heap.ts";

const CLOCK: Waitable = { describe: () => "the clock" };

/** A park that its timer wakes. */
class Sleep extends Park<void> implements TimerEntry {
  dueMs = 0;
  heapIndex = -1;
  timerOrder = 0;

  fire(): void {
    this.wake(this, undefined);
  }

  protected override release(): void {
    super.release();
    this.scope.runtime.timers.remove(this);
  }
}

/** Suspends the task for a length of time; `sleep(0)` lets the host take its turn. */
export function sleep(duration: Duration): Promise<void> {
  const ms = durationMs(duration);
  const scope = currentScope();
  if (scope.cancellation !== undefined) return scope.refuse();
  const park = new Sleep(scope, CLOCK, "sleep");
  scope.runtime.timers.add(park, ms);
  return park.wait();
}

/** Suspends the task until the monotonic clock shows `dueMs`; not at all when it has passed. */
export function sleepUntil(dueMs: number): Promise<void> {
  const scope = currentScope();
  if (scope.cancellation !== undefined) return scope.refuse();
  if (scope.runtime.timers.nowMs() >= dueMs) return scope.runtime.done();
  const park = new Sleep(scope, CLOCK, "sleep");
  scope.runtime.timers.addAt(park, dueMs);
  return park.wait();
}

/** Lets every other ready task and the host go first. */
export function yieldNow(): Promise<void> {
  const scope = currentScope();
  if (scope.cancellation !== undefined) return scope.refuse();
  return scope.runtime.pause(undefined);
}

/**
 * For loops that compute: costs a few nanoseconds until the turn is used up, then yields. Always a
 * cancellation point.
 */
export function maybeYield(): Promise<void> {
  const scope = currentScope();
  if (scope.cancellation !== undefined) return scope.refuse();
  return scope.runtime.done();
}

/**
 * A case of select that wins when the time is up, counted from this call. It can be used in one select
 * after another; nothing runs while no select waits for it.
 */
export function after(duration: Duration): After {
  const { timers } = currentScope().runtime;
  return new After(timers.nowMs() + durationMs(duration));
}

export class After implements Selectable<Got<void>> {
  declare readonly outcome?: Got<void>;
  readonly dueMs: number;

  constructor(dueMs: number) {
    this.dueMs = dueMs;
  }

  describe(): string {
    return "the clock";
  }

  poll(): unknown {
    return currentScope().runtime.timers.nowMs() >= this.dueMs ? undefined : NOT_READY;
  }

  enlist(waiter: Waiter): void {
    After.enlistAt(waiter, this.dueMs, undefined);
  }

  abandon(waiter: Waiter): void {
    After.withdraw(waiter);
  }

  /** Wakes the waiter at `dueMs` with what `value` says then. */
  static enlistAt(waiter: Waiter, dueMs: number, value: (() => unknown) | undefined): void {
    const entry = new CaseTimer(waiter, value);
    waiter.item = entry;
    waiter.park.scope.runtime.timers.addAt(entry, dueMs);
  }

  static withdraw(waiter: Waiter): void {
    waiter.park.scope.runtime.timers.remove(waiter.item as CaseTimer);
  }
}

class CaseTimer implements TimerEntry {
  dueMs = 0;
  heapIndex = -1;
  timerOrder = 0;
  readonly #waiter: Waiter;
  readonly #value: (() => unknown) | undefined;

  constructor(waiter: Waiter, value: (() => unknown) | undefined) {
    this.#waiter = waiter;
    this.#value = value;
  }

  fire(): void {
    this.#waiter.park.wake(this.#waiter, this.#value?.());
  }
}

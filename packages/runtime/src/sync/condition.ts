/**
 * Waiting under a mutex until its state is right.
 *
 *     using held = await mutex.lock();
 *     while (queue.length === 0) await condition.wait(held);
 *
 * The lock is released while waiting and held again when `wait` is over, however it is over: also when
 * it throws because of a timeout or a cancellation. A signal goes to a live waiter or to nobody; one
 * that has reached a waiter is not turned into a timeout any more.
 */
import { RuntimeError } from "../errors.ts";
import { currentScope } from "../runtime/runtime.ts";
import { Park, type WaitOptions } from "../wait/park.ts";
import { WaitQueue, type Waitable } from "../wait/waiter.ts";
import type { Held } from "./mutex.ts";

export class Condition implements Waitable {
  readonly #waiters = new WaitQueue();
  readonly name: string;

  constructor(options: { readonly name?: string } = {}) {
    this.name = options.name ?? "";
  }

  describe(): string {
    return this.name === "" ? "a condition" : `condition ${this.name}`;
  }

  async wait(held: Held, options?: WaitOptions): Promise<void> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) throw scope.cancellation;
    if (held.owner === undefined) {
      throw new RuntimeError("NOT_LOCKED", `Cannot wait for ${this.describe()} without the lock`);
    }
    const park = new Park<void>(scope, this, "wait for");
    this.#waiters.push(park);
    const woken = park.wait(options);
    held.unlock();
    try {
      await woken;
    } finally {
      await held.mutex.relock(held);
    }
  }

  /** Waits until `predicate` holds, checking it now and after every signal. */
  async waitUntil(held: Held, predicate: () => boolean, options?: WaitOptions): Promise<void> {
    while (!predicate()) await this.wait(held, options);
  }

  /** Wakes the first in line; false when nobody waits. */
  signal(): boolean {
    const waiter = this.#waiters.shift();
    if (waiter === undefined) return false;
    waiter.park.wake(waiter, undefined);
    return true;
  }

  /** Wakes everybody who waits now; how many. */
  broadcast(): number {
    let woken = 0;
    for (let left = this.#waiters.size; left > 0; left--, woken++) this.signal();
    return woken;
  }
}

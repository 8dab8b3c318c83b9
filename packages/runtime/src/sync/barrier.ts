/**
 * A meeting point for a fixed number of tasks, again and again.
 *
 * The last to arrive is the leader and opens the barrier. A task that gives up while waiting breaks the
 * round: the others would wait for ever, so they fail with BROKEN, and so does every later `wait` until
 * `reset`.
 */
import { RuntimeError } from "../errors.ts";
import { currentScope } from "../runtime/runtime.ts";
import { Park, type WaitOptions } from "../wait/park.ts";
import { WaitQueue, type Waitable, type Waiter } from "../wait/waiter.ts";

export class Barrier implements Waitable {
  readonly parties: number;
  readonly #waiters = new WaitQueue();
  #broken: RuntimeError | undefined;

  constructor(parties: number) {
    if (!Number.isSafeInteger(parties) || parties < 1) {
      throw new RangeError(`A barrier is for 1 party or more: not ${parties}`);
    }
    this.parties = parties;
  }

  /** How many are waiting. */
  get arrived(): number {
    return this.#waiters.size;
  }

  get broken(): boolean {
    return this.#broken !== undefined;
  }

  describe(): string {
    return `a barrier (${this.arrived} of ${this.parties} arrived)`;
  }

  /** Waits for the others. True for the one task of the round that is its leader. */
  wait(options?: WaitOptions): Promise<boolean> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    if (this.#waiters.size + 1 === this.parties) {
      for (let waiter = this.#waiters.shift(); waiter; waiter = this.#waiters.shift()) {
        waiter.park.wake(waiter, false);
      }
      return scope.runtime.ready(true);
    }
    const park = new Park<boolean>(scope, this, "wait at");
    this.#waiters.push(park);
    return park.wait(options);
  }

  /** Makes a broken barrier usable again. */
  reset(): void {
    this.#broken = undefined;
  }

  abandon(waiter: Waiter): void {
    const who = waiter.park.scope.describe();
    this.#broken = new RuntimeError("BROKEN", `A barrier is broken: ${who} gave up waiting`);
    for (let next = this.#waiters.shift(); next; next = this.#waiters.shift()) {
      next.park.fail(next, this.#broken);
    }
  }
}

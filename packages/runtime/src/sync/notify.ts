/** A wake-up call without memory: it reaches who waits now, or nobody. */
import { currentScope } from "../runtime/runtime.ts";
import { NOT_READY, type Got, type Selectable } from "../select/selectable.ts";
import { Park, type WaitOptions } from "../wait/park.ts";
import { WaitQueue, type Waiter } from "../wait/waiter.ts";

export class Notify implements Selectable<Got<void>> {
  declare readonly outcome?: Got<void>;
  readonly #waiters = new WaitQueue();

  /** How many are waiting. */
  get waiting(): number {
    return this.#waiters.size;
  }

  describe(): string {
    return "a notification";
  }

  wait(options?: WaitOptions): Promise<void> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    const park = new Park<void>(scope, this, "wait for");
    this.#waiters.push(park);
    return park.wait(options);
  }

  /** Wakes the one that has waited longest; false when nobody waits. */
  notify(): boolean {
    const waiter = this.#waiters.shift();
    if (waiter === undefined) return false;
    waiter.park.wake(waiter, undefined);
    return true;
  }

  /** Wakes everybody who waits now; how many. */
  notifyAll(): number {
    let woken = 0;
    for (let left = this.#waiters.size; left > 0; left--, woken++) this.notify();
    return woken;
  }

  poll(): unknown {
    return NOT_READY;
  }

  enlist(waiter: Waiter): void {
    this.#waiters.push(waiter);
  }
}

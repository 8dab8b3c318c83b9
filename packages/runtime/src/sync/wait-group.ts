/** A count of things that are still to be done. `group` is the better choice for tasks. */
import { currentScope } from "../runtime/runtime.ts";
import { NOT_READY, type Got, type Selectable } from "../select/selectable.ts";
import { Park, type WaitOptions } from "../wait/park.ts";
import { WaitQueue, type Waiter } from "../wait/waiter.ts";

export class WaitGroup implements Selectable<Got<void>> {
  declare readonly outcome?: Got<void>;
  #count = 0;
  readonly #waiters = new WaitQueue();

  get count(): number {
    return this.#count;
  }

  describe(): string {
    return `a wait group (${this.#count} to do)`;
  }

  add(count: number = 1): void {
    if (!Number.isSafeInteger(count) || this.#count + count < 0) {
      throw new RangeError(`A wait group of ${this.#count} cannot change by ${count}`);
    }
    this.#count += count;
    if (this.#count > 0) return;
    for (let waiter = this.#waiters.shift(); waiter; waiter = this.#waiters.shift()) {
      waiter.park.wake(waiter, undefined);
    }
  }

  done(): void {
    this.add(-1);
  }

  /** Waits until the count is 0. */
  wait(options?: WaitOptions): Promise<void> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    if (this.#count === 0) return scope.runtime.done();
    const park = new Park<void>(scope, this, "wait for");
    this.#waiters.push(park);
    return park.wait(options);
  }

  poll(): unknown {
    return this.#count === 0 ? undefined : NOT_READY;
  }

  enlist(waiter: Waiter): void {
    this.#waiters.push(waiter);
  }
}

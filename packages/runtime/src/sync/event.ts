/**
 * A flag that tasks wait for.
 *
 * Manual reset: `set` opens the gate for everybody until `reset`. Auto reset: each `set` lets exactly
 * one waiter through; when nobody waits the flag stays up for the next, however often it was set.
 */
import { currentScope } from "../runtime/runtime.ts";
import { NOT_READY, type Got, type Selectable } from "../select/selectable.ts";
import { Park, type WaitOptions } from "../wait/park.ts";
import { WaitQueue, type Waiter } from "../wait/waiter.ts";

export interface EventOptions {
  /** Default: false, manual reset. */
  readonly autoReset?: boolean;
  /** Whether it begins set. Default: false. */
  readonly set?: boolean;
  readonly name?: string;
}

export class Event implements Selectable<Got<void>> {
  declare readonly outcome?: Got<void>;
  readonly name: string;
  readonly #autoReset: boolean;
  #set: boolean;
  readonly #waiters = new WaitQueue();

  constructor(options: EventOptions = {}) {
    this.#autoReset = options.autoReset ?? false;
    this.#set = options.set ?? false;
    this.name = options.name ?? "";
  }

  get isSet(): boolean {
    return this.#set;
  }

  describe(): string {
    return this.name === "" ? "an event" : `event ${this.name}`;
  }

  set(): void {
    if (this.#autoReset) {
      const waiter = this.#waiters.shift();
      if (waiter === undefined) this.#set = true;
      else waiter.park.wake(waiter, undefined);
      return;
    }
    this.#set = true;
    for (let waiter = this.#waiters.shift(); waiter; waiter = this.#waiters.shift()) {
      waiter.park.wake(waiter, undefined);
    }
  }

  reset(): void {
    this.#set = false;
  }

  wait(options?: WaitOptions): Promise<void> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    if (this.poll() !== NOT_READY) return scope.runtime.done();
    const park = new Park<void>(scope, this, "wait for");
    this.#waiters.push(park);
    return park.wait(options);
  }

  /** Goes through the gate if it is open, without waiting; an auto-reset event closes behind. */
  tryWait(): boolean {
    return this.poll() !== NOT_READY;
  }

  poll(): unknown {
    if (!this.#set) return NOT_READY;
    if (this.#autoReset) this.#set = false;
    return undefined;
  }

  enlist(waiter: Waiter): void {
    this.#waiters.push(waiter);
  }
}

/** A value that is sent once and can be received any number of times: the answer to a request. */
import { currentScope } from "../runtime/runtime.ts";
import { NOT_READY, type Got, type Selectable } from "../select/selectable.ts";
import { Park, type WaitOptions } from "../wait/park.ts";
import { WaitQueue, type Waiter } from "../wait/waiter.ts";

type State = "empty" | "sent" | "failed";

export class Oneshot<T> implements Selectable<Got<T>> {
  declare readonly outcome?: Got<T>;
  readonly name: string;
  #state: State = "empty";
  #result: unknown;
  readonly #waiters = new WaitQueue();

  constructor(options: { readonly name?: string } = {}) {
    this.name = options.name ?? "";
  }

  get done(): boolean {
    return this.#state !== "empty";
  }

  describe(): string {
    return this.name === "" ? "a oneshot" : `oneshot ${this.name}`;
  }

  /** Sends the value; false, and nothing else, when there was one already. */
  send(value: T): boolean {
    if (this.#state !== "empty") return false;
    this.#state = "sent";
    this.#result = value;
    for (let waiter = this.#waiters.shift(); waiter; waiter = this.#waiters.shift()) {
      waiter.park.wake(waiter, value);
    }
    return true;
  }

  /** As `send`, but receivers throw the error. */
  fail(error: unknown): boolean {
    if (this.#state !== "empty") return false;
    this.#state = "failed";
    this.#result = error;
    for (let waiter = this.#waiters.shift(); waiter; waiter = this.#waiters.shift()) {
      waiter.park.fail(waiter, error);
    }
    return true;
  }

  receive(options?: WaitOptions): Promise<T> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    if (this.#state === "sent") return scope.runtime.ready(this.#result as T);
    if (this.#state === "failed") return Promise.reject(this.#result);
    const park = new Park<T>(scope, this, "receive");
    this.#waiters.push(park);
    return park.wait(options);
  }

  /** The value if it has been sent; undefined before. Throws what it failed with. */
  tryReceive(): T | undefined {
    const value = this.poll();
    return value === NOT_READY ? undefined : (value as T);
  }

  poll(): unknown {
    if (this.#state === "failed") throw this.#result;
    return this.#state === "sent" ? this.#result : NOT_READY;
  }

  enlist(waiter: Waiter): void {
    this.#waiters.push(waiter);
  }
}

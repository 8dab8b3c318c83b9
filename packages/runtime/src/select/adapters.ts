/**
 * Promises and AbortSignals as cases of select.
 *
 * `Promise.race` adds a reaction to each promise every time, and a promise that lives long keeps them
 * all. An adapter adds one, once: waiters come and go in its own queue, and the same promise always has
 * the same adapter.
 */
import { currentScope } from "../runtime/runtime.ts";
import { WaitQueue, type Waiter } from "../wait/waiter.ts";
import { NOT_READY, type Got, type Selectable } from "./selectable.ts";

class PromiseCase<T> implements Selectable<Got<T>> {
  declare readonly outcome?: Got<T>;
  #state: "pending" | "fulfilled" | "rejected" = "pending";
  #result: unknown;
  readonly #waiters = new WaitQueue();

  constructor(promise: PromiseLike<T>) {
    promise.then(
      (value) => this.#settle("fulfilled", value),
      (error: unknown) => this.#settle("rejected", error),
    );
  }

  describe(): string {
    return "a promise";
  }

  poll(): unknown {
    if (this.#state === "rejected") throw this.#result;
    return this.#state === "fulfilled" ? this.#result : NOT_READY;
  }

  enlist(waiter: Waiter): void {
    this.#waiters.push(waiter);
  }

  #settle(state: "fulfilled" | "rejected", result: unknown): void {
    this.#state = state;
    this.#result = result;
    for (let waiter = this.#waiters.shift(); waiter; waiter = this.#waiters.shift()) {
      if (state === "fulfilled") waiter.park.wake(waiter, result);
      else waiter.park.fail(waiter, result);
    }
  }
}

class SignalCase implements Selectable<Got<unknown>> {
  declare readonly outcome?: Got<unknown>;
  readonly #signal: AbortSignal;
  readonly #waiters = new WaitQueue();
  readonly #aborted = (): void => this.#wakeAll();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  describe(): string {
    return "an AbortSignal";
  }

  poll(): unknown {
    return this.#signal.aborted ? this.#signal.reason : NOT_READY;
  }

  enlist(waiter: Waiter): void {
    if (this.#waiters.size === 0) this.#signal.addEventListener("abort", this.#aborted);
    this.#waiters.push(waiter);
  }

  abandon(): void {
    if (this.#waiters.size === 0) this.#signal.removeEventListener("abort", this.#aborted);
  }

  #wakeAll(): void {
    this.#signal.removeEventListener("abort", this.#aborted);
    for (let waiter = this.#waiters.shift(); waiter; waiter = this.#waiters.shift()) {
      waiter.park.wake(waiter, this.#signal.reason);
    }
  }
}

const adapters = new WeakMap<object, PromiseCase<unknown> | SignalCase>();

/** A case that wins when the promise is fulfilled, and throws when it is rejected. */
export function fromPromise<T>(promise: PromiseLike<T>): Selectable<Got<T>> {
  let adapter = adapters.get(promise) as PromiseCase<T> | undefined;
  if (adapter === undefined) {
    adapter = new PromiseCase(promise);
    adapters.set(promise, adapter as PromiseCase<unknown>);
  }
  return adapter;
}

/** A case that wins when the signal is aborted; its value is the reason. */
export function fromSignal(signal: AbortSignal): Selectable<Got<unknown>> {
  let adapter = adapters.get(signal) as SignalCase | undefined;
  if (adapter === undefined) {
    adapter = new SignalCase(signal);
    adapters.set(signal, adapter);
  }
  return adapter;
}

/** An AbortSignal that aborts when the current scope is cancelled, for code that is not ours. */
export function currentSignal(): AbortSignal {
  return currentScope().signal;
}

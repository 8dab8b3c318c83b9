/** Values that follow a task and everything it spawns, without being passed: a request id, a user. */
import { AsyncLocalStorage } from "node:async_hooks";

export class TaskLocal<T> {
  readonly #storage = new AsyncLocalStorage<{ readonly value: T }>();
  readonly #initial: T;

  constructor(initial: T) {
    this.#initial = initial;
  }

  /** The value of the innermost `run` around the caller, or around the one that spawned its task. */
  get value(): T {
    const binding = this.#storage.getStore();
    return binding === undefined ? this.#initial : binding.value;
  }

  /** Runs `body` with another value. */
  run<R>(value: T, body: () => R): R {
    return this.#storage.run({ value }, body);
  }
}

/**
 * A value that changes, of which only the latest matters: configuration, progress, leadership.
 *
 * Watchers are told that there is something newer than what they last saw, not how often it changed.
 */
import { ClosedError } from "../errors.ts";
import { currentScope } from "../runtime/runtime.ts";
import { CLOSED, NOT_READY, type Selectable } from "../select/selectable.ts";
import { Park, type WaitOptions } from "../wait/park.ts";
import { WaitQueue, type Waiter } from "../wait/waiter.ts";
import type { Received } from "./channel.ts";

export class Watch<T> implements Disposable {
  #value: T;
  #version = 0;
  #closed = false;
  readonly name: string;
  readonly #waiters = new WaitQueue();

  constructor(initial: T, options: { readonly name?: string } = {}) {
    this.#value = initial;
    this.name = options.name ?? "";
  }

  get value(): T {
    return this.#value;
  }

  /** How often it has been set. */
  get version(): number {
    return this.#version;
  }

  get closed(): boolean {
    return this.#closed;
  }

  describe(): string {
    return this.name === "" ? "a watched value" : `watched value ${this.name}`;
  }

  set(value: T): void {
    if (this.#closed) throw new ClosedError(`Cannot set ${this.describe()}: it is closed`);
    this.#value = value;
    this.#version++;
    for (let waiter = this.#waiters.shift(); waiter; waiter = this.#waiters.shift()) {
      (waiter.item as Watcher<T>).see();
      waiter.park.wake(waiter, value);
    }
  }

  update(change: (value: T) => T): void {
    this.set(change(this.#value));
  }

  /** A watcher that has seen the present value. */
  watch(): Watcher<T> {
    return new Watcher(this);
  }

  /** Watchers still see a last value that they have not seen. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (let waiter = this.#waiters.shift(); waiter; waiter = this.#waiters.shift()) {
      waiter.park.wakeClosed(waiter, this.closedError());
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  queue(waiter: Waiter, watcher: Watcher<T>): void {
    waiter.item = watcher;
    this.#waiters.push(waiter);
  }

  closedError(): ClosedError {
    return new ClosedError(`Cannot wait for ${this.describe()}: it is closed`);
  }
}

export class Watcher<T> implements Selectable<Received<T>>, AsyncIterable<T> {
  declare readonly outcome?: Received<T>;
  readonly #source: Watch<T>;
  #seen: number;

  constructor(source: Watch<T>) {
    this.#source = source;
    this.#seen = source.version;
  }

  describe(): string {
    return this.#source.describe();
  }

  /** Waits for a value that this watcher has not seen; the latest one. ClosedError when none comes. */
  changed(options?: WaitOptions): Promise<T> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    const value = this.poll();
    if (value === CLOSED) return Promise.reject(this.#source.closedError());
    if (value !== NOT_READY) return scope.runtime.ready(value as T);
    const park = new Park<T>(scope, this, "wait for a change of");
    this.enlist(park);
    return park.wait(options);
  }

  /** Each latest value that has not been seen, until the watch is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      try {
        yield await this.changed();
      } catch (error) {
        if (error instanceof ClosedError) return;
        throw error;
      }
    }
  }

  see(): void {
    this.#seen = this.#source.version;
  }

  poll(): unknown {
    if (this.#seen < this.#source.version) {
      this.see();
      return this.#source.value;
    }
    return this.#source.closed ? CLOSED : NOT_READY;
  }

  enlist(waiter: Waiter): void {
    this.#source.queue(waiter, this);
  }
}

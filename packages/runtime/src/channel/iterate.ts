/** Loops over a channel: value by value, or everything that is there at once. */
import { pace } from "../runtime/pace.ts";
import { currentScope } from "../runtime/runtime.ts";
import { CLOSED, NOT_READY } from "../select/selectable.ts";
import { Park } from "../wait/park.ts";
import type { Waiter } from "../wait/waiter.ts";
import type { Channel } from "./channel.ts";

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** A receive whose answer is an iterator's. */
class NextValue<T> extends Park<IteratorResult<T>> {
  protected override answer(_waiter: Waiter, value: unknown): IteratorResult<T> {
    return value === CLOSED ? END : { done: false, value: value as T };
  }

  override wakeClosed(waiter: Waiter): void {
    this.wake(waiter, CLOSED);
  }
}

export class Values<T> implements AsyncIterableIterator<T> {
  readonly #channel: Channel<T>;

  constructor(channel: Channel<T>) {
    this.#channel = channel;
  }

  next(): Promise<IteratorResult<T>> {
    if (pace.credit > 0 && this.#channel.size > 0) {
      pace.credit--;
      return Promise.resolve({ done: false, value: this.#channel.poll() as T });
    }
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    const value = this.#channel.poll();
    if (value === CLOSED) return scope.runtime.ready(END);
    if (value !== NOT_READY) return scope.runtime.ready({ done: false, value: value as T });
    const park = new NextValue<T>(scope, this.#channel, "receive");
    this.#channel.enlist(park);
    return park.wait();
  }

  return(): Promise<IteratorResult<T>> {
    return Promise.resolve(END);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

export class Batches<T> implements AsyncIterableIterator<T[]> {
  readonly #values: Values<T>;
  readonly #channel: Channel<T>;
  readonly #limit: number;

  constructor(channel: Channel<T>, limit: number) {
    this.#values = new Values(channel);
    this.#channel = channel;
    this.#limit = limit;
  }

  async next(): Promise<IteratorResult<T[]>> {
    const first = await this.#values.next();
    if (first.done === true) return END;
    const batch = [first.value];
    this.#channel.drain(batch, this.#limit);
    return { done: false, value: batch };
  }

  return(): Promise<IteratorResult<T[]>> {
    return Promise.resolve(END);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

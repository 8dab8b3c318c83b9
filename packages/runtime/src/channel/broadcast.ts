/**
 * One sender's values to every subscriber, without ever making the sender wait.
 *
 * The last `capacity` values are kept, with their numbers. A subscriber reads at its own pace; when it
 * falls behind by more than that, its next receive throws LaggedError with the number of values it has
 * lost, and the one after that continues with the oldest value that is still there.
 *
 *     kept     [ 4 | 5 | 6 | 7 ]      next number: 8
 *     cursors        ▲       ▲        a subscriber at 2 has lost 2 and 3
 */
import { ClosedError, RuntimeError } from "../errors.ts";
import { currentScope } from "../runtime/runtime.ts";
import { CLOSED, NOT_READY, type Selectable } from "../select/selectable.ts";
import { Park, type WaitOptions } from "../wait/park.ts";
import { WaitQueue, type Waiter } from "../wait/waiter.ts";
import type { Received } from "./channel.ts";
import { Ring } from "./ring.ts";

export class LaggedError extends RuntimeError {
  override readonly name = "LaggedError";
  /** How many values this subscriber has lost since its last receive. */
  readonly lost: number;

  constructor(what: string, lost: number) {
    super("LAGGED", `A subscriber of ${what} was too slow and lost ${lost} values`, {
      retryable: true,
    });
    this.lost = lost;
  }
}

let unnamed = 0;

export class Broadcast<T> implements Disposable {
  readonly capacity: number;
  readonly name: string;
  readonly #kept: Ring<T>;
  #nextNumber = 0;
  #closed = false;
  /** Subscriptions with somebody waiting; the others look when they come. */
  readonly #waiters = new WaitQueue();
  #subscribers = 0;

  constructor(capacity: number, options: { readonly name?: string } = {}) {
    if (!Number.isSafeInteger(capacity) || capacity < 1) {
      throw new RangeError(`A broadcast keeps 1 value or more: not ${capacity}`);
    }
    this.capacity = capacity;
    this.name = options.name ?? `#${++unnamed}`;
    this.#kept = new Ring<T>(Math.min(capacity, 16));
  }

  get subscribers(): number {
    return this.#subscribers;
  }

  get closed(): boolean {
    return this.#closed;
  }

  describe(): string {
    return `broadcast ${this.name}`;
  }

  /** Keeps the value for every subscriber, over the oldest if need be. Throws when closed. */
  send(value: T): void {
    if (this.#closed) throw new ClosedError(`Cannot send to ${this.describe()}: it is closed`);
    if (this.#kept.size === this.capacity) this.#kept.shift();
    this.#kept.push(value);
    this.#nextNumber++;
    for (let left = this.#waiters.size; left > 0; left--) {
      const waiter = this.#waiters.shift()!;
      (waiter.item as Subscription<T>).serve(waiter);
    }
  }

  /** From the next value on. */
  subscribe(): Subscription<T> {
    return new Subscription(this, this.#nextNumber);
  }

  /** Subscribers still receive what is kept. */
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

  // For subscriptions.

  get firstNumber(): number {
    return this.#nextNumber - this.#kept.size;
  }

  get nextNumber(): number {
    return this.#nextNumber;
  }

  valueOf(number: number): T {
    return this.#kept.at(number - this.firstNumber);
  }

  queue(waiter: Waiter, subscription: Subscription<T>): void {
    waiter.item = subscription;
    this.#waiters.push(waiter);
  }

  count(change: number): void {
    this.#subscribers += change;
  }

  closedError(): ClosedError {
    return new ClosedError(`Cannot receive from ${this.describe()}: it is closed`);
  }
}

export class Subscription<T> implements Selectable<Received<T>>, AsyncIterable<T>, Disposable {
  declare readonly outcome?: Received<T>;
  readonly #source: Broadcast<T>;
  #number: number;
  #closed = false;
  #lost = 0;

  constructor(source: Broadcast<T>, number: number) {
    this.#source = source;
    this.#number = number;
    source.count(1);
  }

  /** All the values that this subscriber has lost so far. */
  get lost(): number {
    return this.#lost;
  }

  /** Values that could be received now. */
  get size(): number {
    return this.#source.nextNumber - Math.max(this.#number, this.#source.firstNumber);
  }

  describe(): string {
    return this.#source.describe();
  }

  /** The next value. Throws LaggedError after a loss, ClosedError when closed and read to the end. */
  receive(options?: WaitOptions): Promise<T> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    let value: unknown;
    try {
      value = this.poll();
    } catch (error) {
      return Promise.reject(error);
    }
    if (value === CLOSED) return Promise.reject(this.#source.closedError());
    if (value !== NOT_READY) return scope.runtime.ready(value as T);
    const park = new Park<T>(scope, this, "receive");
    this.enlist(park);
    return park.wait(options);
  }

  /** Values until the broadcast is closed. Losses are skipped over and counted in `lost`. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      try {
        yield await this.receive();
      } catch (error) {
        if (error instanceof ClosedError) return;
        if (!(error instanceof LaggedError)) throw error;
      }
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#source.count(-1);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  poll(): unknown {
    if (this.#closed) return CLOSED;
    const first = this.#source.firstNumber;
    if (this.#number < first) {
      const lost = first - this.#number;
      this.#lost += lost;
      this.#number = first;
      throw new LaggedError(this.#source.describe(), lost);
    }
    if (this.#number < this.#source.nextNumber) return this.#source.valueOf(this.#number++);
    return this.#source.closed ? CLOSED : NOT_READY;
  }

  enlist(waiter: Waiter): void {
    this.#source.queue(waiter, this);
  }

  /** Hands the next value to a waiter of this subscription. */
  serve(waiter: Waiter): void {
    const value = this.poll();
    if (value === NOT_READY) this.#source.queue(waiter, this);
    else waiter.park.wake(waiter, value);
  }
}

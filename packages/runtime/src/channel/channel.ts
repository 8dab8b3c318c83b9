/**
 * Channels: values from tasks to tasks, in order, each to exactly one receiver.
 *
 * Capacity n keeps up to n values; 0 is a rendezvous, where a send is over when a receiver has the
 * value; Infinity never makes a sender wait. Senders and receivers wait first come, first served.
 *
 * Invariants (none survives a single operation violated):
 * 1. Receivers wait only when there is neither a buffered value nor a waiting sender.
 * 2. Senders wait only when the buffer is full.
 * 3. Nobody waits in a closed channel.
 */
import { ClosedError } from "../errors.ts";
import { pace } from "../runtime/pace.ts";
import { DONE, currentScope } from "../runtime/runtime.ts";
import { CLOSED, NOT_READY, type Got, type Selectable } from "../select/selectable.ts";
import { Park, type WaitOptions } from "../wait/park.ts";
import { WaitQueue, type Waiter } from "../wait/waiter.ts";
import { Batches, Values } from "./iterate.ts";
import { Ring } from "./ring.ts";
import { Sender } from "./sender.ts";

/** What a channel that is full does with the next value. */
export type Overflow = "block" | "drop-oldest" | "drop-newest";

export interface ChannelOptions {
  /** For dumps and error messages. */
  readonly name?: string;
  /** Default: "block", the sender waits. The others never wait, and count what they drop. */
  readonly overflow?: Overflow;
}

/** What a receiving case of select adds: a value, or that the channel is closed and empty. */
export type Received<T> =
  | { readonly closed: false; readonly value: T }
  | { readonly closed: true; readonly value: undefined };

export type CloseMode = "graceful" | "immediate";

let unnamed = 0;

export class Channel<T> implements Selectable<Received<T>>, AsyncIterable<T> {
  declare readonly outcome?: Received<T>;
  readonly capacity: number;
  readonly name: string;
  readonly #overflow: Overflow;
  readonly #buffer: Ring<T>;
  readonly #receivers = new WaitQueue();
  readonly #senders = new WaitQueue();
  #closed = false;
  #dropped = 0;

  constructor(capacity: number = 0, options: ChannelOptions = {}) {
    if (capacity !== Infinity && !(Number.isSafeInteger(capacity) && capacity >= 0)) {
      throw new RangeError(
        `A channel's capacity is 0, a whole number or Infinity: not ${capacity}`,
      );
    }
    this.#overflow = options.overflow ?? "block";
    if (this.#overflow === "drop-oldest" && capacity === 0) {
      throw new RangeError("A channel of capacity 0 has no oldest value to drop");
    }
    this.capacity = capacity;
    this.name = options.name ?? `#${++unnamed}`;
    this.#buffer = new Ring<T>(Math.min(capacity, 16));
  }

  /** Buffered values. */
  get size(): number {
    return this.#buffer.size;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Values lost to the overflow policy. */
  get dropped(): number {
    return this.#dropped;
  }

  describe(): string {
    return `channel ${this.name}`;
  }

  /** Sends a value; waits while the channel is full. Throws ClosedError when it is or gets closed. */
  send(value: T, options?: WaitOptions): Promise<void> {
    if (pace.credit > 0 && this.#offer(value)) {
      pace.credit--;
      return DONE;
    }
    return this.#send(value, options);
  }

  #send(value: T, options: WaitOptions | undefined): Promise<void> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    if (this.#closed) return Promise.reject(this.#closedError("send to"));
    if (this.#offer(value)) return scope.runtime.done();
    const park = new Park<void>(scope, this, "send", value);
    this.#senders.push(park);
    return park.wait(options);
  }

  /** Sends if that needs no waiting; says whether it did. False when closed. */
  trySend(value: T): boolean {
    return this.#offer(value);
  }

  /** Sends every value, waiting where the channel is full. Cheaper than one send after another. */
  async sendAll(values: Iterable<T>, options?: WaitOptions): Promise<void> {
    for (const value of values) {
      if (pace.credit <= 0 || !this.#offer(value)) await this.#send(value, options);
    }
  }

  /** Receives a value; waits while there is none. Throws ClosedError when closed and empty. */
  receive(options?: WaitOptions): Promise<T> {
    if (pace.credit > 0 && this.#buffer.size > 0) {
      pace.credit--;
      return Promise.resolve(this.#take());
    }
    return this.#receive(options);
  }

  #receive(options: WaitOptions | undefined): Promise<T> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    const value = this.poll();
    if (value === CLOSED) return Promise.reject(this.#closedError("receive from"));
    if (value !== NOT_READY) return scope.runtime.ready(value as T);
    const park = new Park<T>(scope, this, "receive");
    this.#receivers.push(park);
    return park.wait(options);
  }

  /** Receives if that needs no waiting; undefined when there is nothing, or the channel is closed. */
  tryReceive(): T | undefined {
    const value = this.poll();
    return value === CLOSED || value === NOT_READY ? undefined : (value as T);
  }

  /** A case of select that sends `value`. The channel itself is the case that receives. */
  sending(value: T): Selectable<Got<void>> {
    return new Sending(this, value);
  }

  /** Values until the channel is closed and empty. Leaving the loop leaves the channel open. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return new Values(this);
  }

  /** Everything that is there at once, as arrays of up to `limit`, until the channel is closed. */
  batches(limit: number = 1024): AsyncIterableIterator<T[]> {
    if (!(limit >= 1)) throw new RangeError(`A batch has at least 1 value: ${limit} is not`);
    return new Batches(this, limit);
  }

  /** A handle for one producer. When the last open handle is closed, so is the channel, gracefully. */
  sender(): Sender<T> {
    return Sender.open(this);
  }

  /**
   * No more values. Graceful: those in the buffer can still be received. Immediate: they are dropped.
   * Senders that wait fail with ClosedError. Closing twice does nothing, except that immediate empties.
   */
  close(mode: CloseMode = "graceful"): void {
    if (mode === "immediate") {
      this.#dropped += this.#buffer.size;
      this.#buffer.clear();
    }
    if (this.#closed) return;
    this.#closed = true;
    for (let waiter = this.#senders.shift(); waiter; waiter = this.#senders.shift()) {
      waiter.park.fail(waiter, this.#closedError("send to"));
    }
    for (let waiter = this.#receivers.shift(); waiter; waiter = this.#receivers.shift()) {
      waiter.park.wakeClosed(waiter, this.#closedError("receive from"));
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  // The rest is how select, iterators and handles take part; see select/selectable.ts.

  poll(): unknown {
    if (this.#buffer.size > 0) return this.#take();
    const sender = this.#senders.shift();
    if (sender !== undefined) {
      const value = sender.item;
      sender.park.wake(sender, undefined);
      return value;
    }
    return this.#closed ? CLOSED : NOT_READY;
  }

  enlist(waiter: Waiter): void {
    this.#receivers.push(waiter);
  }

  /** As poll, for a send. */
  pollSend(value: T): unknown {
    if (this.#closed) throw this.#closedError("send to");
    return this.#offer(value) ? undefined : NOT_READY;
  }

  enlistSender(waiter: Waiter): void {
    this.#senders.push(waiter);
  }

  /** Moves what is there into `batch`, and what waiting senders have as far as there is room. */
  drain(batch: T[], limit: number): void {
    while (batch.length < limit && this.#buffer.size > 0) batch.push(this.#take());
    while (batch.length < limit && this.#senders.size > 0) {
      const sender = this.#senders.shift()!;
      batch.push(sender.item as T);
      sender.park.wake(sender, undefined);
    }
  }

  /** Hands the value to a receiver, buffers it or drops one; false when the sender must wait. */
  #offer(value: T): boolean {
    if (this.#closed) return false;
    const receiver = this.#receivers.shift();
    if (receiver !== undefined) {
      if (this.capacity === 0) receiver.park.wake(receiver, value);
      else receiver.park.wakeBehind(receiver, value);
      return true;
    }
    if (this.#buffer.size < this.capacity) {
      this.#buffer.push(value);
      return true;
    }
    if (this.#overflow === "block") return false;
    this.#dropped++;
    if (this.#overflow === "drop-oldest") {
      this.#buffer.shift();
      this.#buffer.push(value);
    }
    return true;
  }

  /** REQUIRES: the buffer is not empty. The place goes to the first waiting sender. */
  #take(): T {
    const value = this.#buffer.shift();
    if (this.#senders.first !== undefined) {
      const sender = this.#senders.shift()!;
      this.#buffer.push(sender.item as T);
      sender.park.wakeBehind(sender, undefined);
    }
    return value;
  }

  #closedError(action: string): ClosedError {
    return new ClosedError(`Cannot ${action} ${this.describe()}: it is closed`);
  }
}

class Sending<T> implements Selectable<Got<void>> {
  declare readonly outcome?: Got<void>;
  readonly #channel: Channel<T>;
  readonly #value: T;

  constructor(channel: Channel<T>, value: T) {
    this.#channel = channel;
    this.#value = value;
  }

  describe(): string {
    return this.#channel.describe();
  }

  poll(): unknown {
    return this.#channel.pollSend(this.#value);
  }

  enlist(waiter: Waiter): void {
    waiter.item = this.#value;
    this.#channel.enlistSender(waiter);
  }
}

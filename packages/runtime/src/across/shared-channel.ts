/**
 * A channel between threads: values in order, each to exactly one receiver.
 *
 * The interface is the local Channel's. What differs: the values are numbers, bytes or what structured
 * clone can copy; there is no rendezvous (capacity 0), since nothing can be handed to a thread that may
 * be dead before it takes it; and who waits longest in another thread is not always served first.
 * `channel-memory.ts` has the layout and the locks.
 */
import { ClosedError } from "../errors.ts";
import type { CloseMode, Received } from "../channel/channel.ts";
import { currentScope } from "../runtime/runtime.ts";
import { CLOSED, NOT_READY, type Got, type Selectable } from "../select/selectable.ts";
import type { WaitOptions } from "../wait/park.ts";
import type { Waiter } from "../wait/waiter.ts";
import {
  ChannelMemory,
  RECEIVER_LINE,
  SENDERS,
  SENDER_COUNTS,
  SENDER_LINE,
  Unsent,
  channelBytes,
} from "./channel-memory.ts";
import type { SyncWaitOptions } from "./doorbell.ts";
import { Line } from "./line.ts";
import {
  SharedPrimitive,
  adoptAs,
  registerKind,
  type SharedHandle,
  type SharedOptions,
} from "./primitive.ts";
import type { CodecName } from "./ring-memory.ts";
import { SeatCounts } from "./seat-counts.ts";
import { SharedBatches, SharedSender, SharedValues } from "./shared-channel-loops.ts";

export class SharedChannel<T, Batch extends ArrayLike<T> & Iterable<T> = ArrayLike<T> & Iterable<T>>
  extends SharedPrimitive
  implements Selectable<Received<T>>, AsyncIterable<T>, Disposable
{
  declare readonly outcome?: Received<T>;
  readonly codec: CodecName;
  /** In values for u32 and f64, in bytes (of values and 4 each) for bytes and structured. */
  readonly capacity: number;
  readonly #channel: ChannelMemory<T, Batch>;
  readonly #receivers: Line;
  readonly #senders: Line;
  readonly #senderCounts: SeatCounts;

  /** Whole numbers from 0 to 2³² − 1. */
  static u32(capacity: number, options?: SharedOptions): SharedChannel<number, Uint32Array> {
    return new SharedChannel("u32", capacity, options);
  }

  static f64(capacity: number, options?: SharedOptions): SharedChannel<number, Float64Array> {
    return new SharedChannel("f64", capacity, options);
  }

  /** Byte strings of any length, as long as they fit into a ring of `sizeBytes`. */
  static bytes(
    sizeBytes: number,
    options?: SharedOptions,
  ): SharedChannel<Uint8Array, Uint8Array[]> {
    return new SharedChannel("bytes", sizeBytes, options);
  }

  /** What structured clone can copy; serialised into a ring of `sizeBytes`. */
  static structured<T>(sizeBytes: number, options?: SharedOptions): SharedChannel<T, T[]> {
    return new SharedChannel("structured", sizeBytes, options);
  }

  /** The channel of another thread. */
  static adopt<T = unknown>(handle: SharedHandle): SharedChannel<T> {
    return adoptAs(SharedChannel, handle) as unknown as SharedChannel<T>;
  }

  constructor(
    codec: CodecName,
    capacity: number,
    options: SharedOptions = {},
    handle?: SharedHandle,
  ) {
    super("shared channel", handle ?? channelBytes(codec, capacity), options.name);
    const { words, roster } = this;
    const fresh = handle === undefined ? { codec, capacity } : undefined;
    this.#channel = new ChannelMemory<T, Batch>(roster, words, fresh);
    this.codec = this.#channel.codec;
    this.capacity = this.#channel.capacity;
    this.#receivers = new Line(this, roster, words, RECEIVER_LINE);
    this.#senders = new Line(this, roster, words, SENDER_LINE);
    this.#senderCounts = new SeatCounts(roster, words, SENDER_COUNTS);
  }

  /** Values (u32, f64) or bytes that can be received now. */
  get size(): number {
    return this.#channel.size;
  }

  get closed(): boolean {
    return this.#channel.closed;
  }

  /** Sends a value; waits while the channel is full. Throws ClosedError when it is or gets closed. */
  send(value: T, options?: WaitOptions): Promise<void> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    try {
      const prepared = this.#channel.ring.prepare(value);
      if (this.#offer(prepared)) return scope.runtime.done();
      return this.park(this.#senders, "send", new Unsent([prepared]), options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Sends if that needs no waiting; says whether it did. False when closed. */
  trySend(value: T): boolean {
    const sent = this.#channel.put(this.#channel.ring.prepare(value)) === true;
    if (sent) this.#receivers.wakeOne();
    return sent;
  }

  /** Sends every value, in as few steps as there is room for. A typed array is copied at memory speed. */
  sendAll(values: Iterable<T>, options?: WaitOptions): Promise<void> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    try {
      const unsent = new Unsent(this.#channel.ring.prepareMany(values));
      if (this.#sendMany(unsent)) return scope.runtime.done();
      return this.park(this.#senders, "send", unsent, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Blocks the thread until the value is sent. */
  sendSync(value: T, options: SyncWaitOptions = {}): void {
    const prepared = this.#channel.ring.prepare(value);
    if (this.#offer(prepared)) return;
    this.#blockSending(new Unsent([prepared]), options);
  }

  sendAllSync(values: Iterable<T>, options: SyncWaitOptions = {}): void {
    this.#blockSending(new Unsent(this.#channel.ring.prepareMany(values)), options);
  }

  /** Receives a value; waits while there is none. Throws ClosedError when closed and empty. */
  receive(options?: WaitOptions): Promise<T> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    const value = this.poll();
    if (value === CLOSED) return Promise.reject(this.#closedError("receive from"));
    if (value !== NOT_READY) return scope.runtime.ready(value as T);
    return this.park(this.#receivers, "receive", undefined, options);
  }

  /** Receives if that needs no waiting; undefined when there is nothing, or the channel is closed. */
  tryReceive(): T | undefined {
    const value = this.poll();
    return value === CLOSED || value === NOT_READY ? undefined : (value as T);
  }

  /** Blocks the thread until there is a value. Throws ClosedError when closed and empty. */
  receiveSync(options: SyncWaitOptions = {}): T {
    return this.#blockReceiving(() => this.poll(), options) as T;
  }

  /** Receives all that is there, up to `limit` values; waits while there is none. */
  receiveBatch(limit: number = 1024, options?: WaitOptions): Promise<Batch> {
    checkLimit(limit);
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    const batch = this.#pollMany(limit);
    if (batch === CLOSED) return Promise.reject(this.#closedError("receive from"));
    if (batch !== NOT_READY) return scope.runtime.ready(batch as Batch);
    return this.park(this.#receivers, "receive", limit, options);
  }

  receiveBatchSync(limit: number = 1024, options: SyncWaitOptions = {}): Batch {
    checkLimit(limit);
    return this.#blockReceiving(() => this.#pollMany(limit), options) as Batch;
  }

  /** A case of select that sends `value`. The channel itself is the case that receives. */
  sending(value: T): Selectable<Got<void>> {
    return new SendingCase(this, this.#channel.ring.prepare(value));
  }

  /** Values until the channel is closed and empty. Leaving the loop leaves the channel open. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return new SharedValues(this);
  }

  /** Everything that is there at once, as arrays of up to `limit`, until the channel is closed. */
  batches(limit: number = 1024): AsyncIterableIterator<Batch> {
    checkLimit(limit);
    return new SharedBatches(this, limit);
  }

  /**
   * A handle for one producer. When the last open handle, in whatever thread, is closed, or its thread
   * dies, so is the channel.
   */
  sender(): SharedSender<T> {
    Atomics.add(this.words, SENDERS, 1);
    this.#releaseSenders(this.#senderCounts.add(1));
    return new SharedSender(this);
  }

  /** For sender handles. */
  senderClosed(): void {
    this.#senderCounts.subtract(1);
    this.#releaseSenders(1);
  }

  /**
   * No more values. Graceful: those in the ring can still be received. Immediate: they are dropped.
   * Senders that wait fail with ClosedError. Closing twice does nothing, except that immediate empties.
   */
  close(mode: CloseMode = "graceful"): void {
    this.#channel.close(mode === "immediate");
    this.#senders.wakeAll();
    this.#receivers.wakeAll();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  // The rest is how select and the lines take part.

  poll(): unknown {
    return this.#taken(this.#channel.take());
  }

  enlist(waiter: Waiter): void {
    this.#receivers.enlist(waiter);
  }

  abandon(waiter: Waiter): void {
    this.#receivers.abandon(waiter);
  }

  pollSend(prepared: unknown): unknown {
    if (this.closed) throw this.#closedError("send to");
    return this.#offer(prepared) ? undefined : NOT_READY;
  }

  enlistSender(waiter: Waiter, prepared: unknown): void {
    waiter.item = new Unsent([prepared]);
    this.#senders.enlist(waiter);
  }

  abandonSender(waiter: Waiter): void {
    this.#senders.abandon(waiter);
  }

  attempt(waiter: Waiter, line: Line): boolean {
    let outcome: unknown;
    try {
      if (line === this.#senders) {
        outcome = this.#sendMany(waiter.item as Unsent) ? undefined : NOT_READY;
      } else {
        outcome = waiter.item === undefined ? this.poll() : this.#pollMany(waiter.item as number);
      }
    } catch (error) {
      line.waiters.remove(waiter);
      waiter.park.fail(waiter, error);
      return true;
    }
    if (outcome === NOT_READY) return false;
    line.waiters.remove(waiter);
    if (outcome === CLOSED) waiter.park.wakeClosed(waiter, this.#closedError("receive from"));
    else waiter.park.wake(waiter, outcome);
    return true;
  }

  leftOver(line: Line): boolean {
    return line === this.#receivers ? this.size > 0 : !this.#channel.isFull;
  }

  mourn(): void {
    this.#releaseSenders(this.#senderCounts.reclaim());
  }

  #offer(prepared: unknown): boolean {
    const put = this.#channel.put(prepared);
    if (put === CLOSED) throw this.#closedError("send to");
    if (put) this.#receivers.wakeOne();
    return put;
  }

  /** Sends what there is room for; whether that was the rest. */
  #sendMany(unsent: Unsent): boolean {
    const count = this.#channel.putMany(unsent);
    if (count === CLOSED) throw this.#closedError("send to");
    if (count > 0) this.#receivers.wakeOne();
    return unsent.sent === unsent.values.length;
  }

  #pollMany(limit: number): unknown {
    return this.#taken(this.#channel.takeMany(limit));
  }

  /** Something was taken: there is room for a sender. */
  #taken(value: unknown): unknown {
    if (value !== CLOSED && value !== NOT_READY) this.#senders.wakeOne();
    return value;
  }

  #blockSending(unsent: Unsent, options: SyncWaitOptions): void {
    this.doorbell.block(
      this.#senders,
      () => `send on ${this.describe()}`,
      () => (this.#sendMany(unsent) ? undefined : NOT_READY),
      options,
    );
  }

  #blockReceiving(poll: () => unknown, options: SyncWaitOptions): unknown {
    return this.doorbell.block(
      this.#receivers,
      () => `receive on ${this.describe()}`,
      () => {
        const value = poll();
        if (value === CLOSED) throw this.#closedError("receive from");
        return value;
      },
      options,
    );
  }

  #releaseSenders(count: number): void {
    if (count > 0 && Atomics.sub(this.words, SENDERS, count) === count) this.close();
  }

  #closedError(action: string): ClosedError {
    return new ClosedError(`Cannot ${action} ${this.describe()}: it is closed`);
  }
}

class SendingCase<T> implements Selectable<Got<void>> {
  declare readonly outcome?: Got<void>;
  readonly #channel: SharedChannel<T, ArrayLike<T> & Iterable<T>>;
  readonly #prepared: unknown;

  constructor(channel: SharedChannel<T, ArrayLike<T> & Iterable<T>>, prepared: unknown) {
    this.#channel = channel;
    this.#prepared = prepared;
  }

  describe(): string {
    return this.#channel.describe();
  }

  poll(): unknown {
    return this.#channel.pollSend(this.#prepared);
  }

  enlist(waiter: Waiter): void {
    this.#channel.enlistSender(waiter, this.#prepared);
  }

  abandon(waiter: Waiter): void {
    this.#channel.abandonSender(waiter);
  }
}

function checkLimit(limit: number): void {
  if (!(limit >= 1)) throw new RangeError(`A batch has at least 1 value: ${limit} is not`);
}

registerKind("shared channel", (handle) => new SharedChannel("u32", 1, {}, handle));

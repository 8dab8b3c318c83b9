/** Loops over a shared channel, and its counted producer handles. */
import { ClosedError } from "../errors.ts";
import type { WaitOptions } from "../wait/park.ts";
import type { SharedChannel } from "./shared-channel.ts";

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

type AnyChannel<T> = SharedChannel<T, ArrayLike<T> & Iterable<T>>;

function endWhenClosed(error: unknown): IteratorReturnResult<undefined> {
  if (error instanceof ClosedError) return END;
  throw error;
}

function yielded<V>(value: V): IteratorYieldResult<V> {
  return { done: false, value };
}

export class SharedValues<T> implements AsyncIterableIterator<T> {
  readonly #channel: AnyChannel<T>;

  constructor(channel: AnyChannel<T>) {
    this.#channel = channel;
  }

  next(): Promise<IteratorResult<T>> {
    return this.#channel.receive().then(yielded, endWhenClosed);
  }

  return(): Promise<IteratorResult<T>> {
    return Promise.resolve(END);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

export class SharedBatches<
  T,
  Batch extends ArrayLike<T> & Iterable<T>,
> implements AsyncIterableIterator<Batch> {
  readonly #channel: SharedChannel<T, Batch>;
  readonly #limit: number;

  constructor(channel: SharedChannel<T, Batch>, limit: number) {
    this.#channel = channel;
    this.#limit = limit;
  }

  next(): Promise<IteratorResult<Batch>> {
    return this.#channel.receiveBatch(this.#limit).then(yielded, endWhenClosed);
  }

  return(): Promise<IteratorResult<Batch>> {
    return Promise.resolve(END);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** A handle of one producer; see `SharedChannel.sender`. It belongs to the thread that made it. */
export class SharedSender<T> implements Disposable {
  readonly #channel: AnyChannel<T>;
  #closed = false;

  constructor(channel: AnyChannel<T>) {
    this.#channel = channel;
  }

  send(value: T, options?: WaitOptions): Promise<void> {
    if (this.#closed) return Promise.reject(this.#closedError());
    return this.#channel.send(value, options);
  }

  trySend(value: T): boolean {
    return !this.#closed && this.#channel.trySend(value);
  }

  /** One more handle of the same channel, for another producer. */
  clone(): SharedSender<T> {
    if (this.#closed) throw this.#closedError();
    return this.#channel.sender();
  }

  /** Closes this handle, and with the last one the channel. Closing twice does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#channel.senderClosed();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #closedError(): ClosedError {
    return new ClosedError(`Cannot use a sender of ${this.#channel.describe()}: it is closed`);
  }
}

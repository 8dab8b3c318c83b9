/** Producer handles, counted: the channel closes when the last one does. */
import { ClosedError } from "../errors.ts";
import type { WaitOptions } from "../wait/park.ts";
import type { Channel } from "./channel.ts";

/** How many handles of a channel are open. */
class Count {
  open = 0;
}

const counts = new WeakMap<object, Count>();

export class Sender<T> implements Disposable {
  readonly #channel: Channel<T>;
  readonly #count: Count;
  #closed = false;

  private constructor(channel: Channel<T>, count: Count) {
    this.#channel = channel;
    this.#count = count;
    count.open++;
  }

  static open<T>(channel: Channel<T>): Sender<T> {
    let count = counts.get(channel);
    if (count === undefined) counts.set(channel, (count = new Count()));
    return new Sender(channel, count);
  }

  send(value: T, options?: WaitOptions): Promise<void> {
    if (this.#closed) return Promise.reject(this.#closedError());
    return this.#channel.send(value, options);
  }

  trySend(value: T): boolean {
    return !this.#closed && this.#channel.trySend(value);
  }

  /** One more handle of the same channel, for another producer. */
  clone(): Sender<T> {
    if (this.#closed) throw this.#closedError();
    return new Sender(this.#channel, this.#count);
  }

  /** Closes this handle, and with the last one the channel. Closing twice does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (--this.#count.open === 0) this.#channel.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #closedError(): ClosedError {
    return new ClosedError(`Cannot use a sender of ${this.#channel.describe()}: it is closed`);
  }
}

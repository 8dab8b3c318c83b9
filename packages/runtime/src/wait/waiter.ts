/**
 * One place in one queue of one primitive.
 *
 * Every primitive of this package parks its callers as Waiters, and every wait that can be woken, be
 * cancelled or time out is settled exactly once, by whichever comes first: whoever settles it takes it
 * out of every queue in the same synchronous step. A queue therefore never holds a dead waiter, no
 * value is handed to a caller that has given up, and nothing is left behind (`park.ts` has the rest).
 */
import type { Park } from "./park.ts";

/** What a task can be parked on. */
export interface Waitable {
  /** For people, in dumps and deadlock reports: `channel "orders"`. */
  describe(): string;
  /**
   * A waiter gave up (cancelled, timed out, or lost in a select) and is already out of its queue.
   * Here a primitive passes on what it had meant for it, or an operation of the host is called off.
   */
  abandon?(waiter: Waiter): void;
  /** The tasks that must act before a waiter can go on, where that is known: a lock's holder. */
  holders?(): Iterable<unknown>;
}

export class Waiter {
  readonly target: Waitable;
  /** The operation that waits; for a plain wait the Park is its own only Waiter. */
  readonly park: Park;
  /** Which case of a select this is; 0 for a plain wait. */
  readonly index: number;
  /** What a sender offers, how many permits are wanted, whether a lock is shared: the target's own. */
  item: unknown;
  queue: WaitQueue | undefined;
  next: Waiter | undefined;
  previous: Waiter | undefined;

  constructor(target: Waitable, park: Park | undefined, index: number, item: unknown) {
    this.target = target;
    // A Park passes undefined: it is the Waiter of its own operation.
    this.park = park ?? (this as unknown as Park);
    this.index = index;
    this.item = item;
    this.queue = undefined;
    this.next = undefined;
    this.previous = undefined;
  }
}

/** First come, first served; any waiter leaves in O(1). */
export class WaitQueue {
  first: Waiter | undefined = undefined;
  last: Waiter | undefined = undefined;
  size = 0;

  push(waiter: Waiter): void {
    waiter.queue = this;
    waiter.previous = this.last;
    if (this.last === undefined) this.first = waiter;
    else this.last.next = waiter;
    this.last = waiter;
    this.size++;
  }

  shift(): Waiter | undefined {
    const waiter = this.first;
    if (waiter !== undefined) this.remove(waiter);
    return waiter;
  }

  remove(waiter: Waiter): void {
    const { next, previous } = waiter;
    if (previous === undefined) this.first = next;
    else previous.next = next;
    if (next === undefined) this.last = previous;
    else next.previous = previous;
    waiter.next = undefined;
    waiter.previous = undefined;
    waiter.queue = undefined;
    this.size--;
  }
}

/**
 * A line: who waits for one thing of one shared primitive, in all threads.
 *
 *     shared     2 words    a bit for every seat that has waiters and wants to be rung
 *                64 words   the epoch in which each seat set its bit
 *     this thread           a WaitQueue of its own tasks, and how many of its calls are blocked
 *
 * Who makes something possible clears one bit and rings that seat. Nothing is reserved for anybody:
 * the woken thread tries again, in the order in which its tasks came, and if something came first it
 * sets its bit and waits on. So no value and no lock is ever handed to a task that has given up or a
 * thread that has died, and a lock that is free can be taken without a hand-over.
 *
 * Invariants:
 * 1. When a thread has waiters, its bit is set, or it has been rung and has not looked yet.
 * 2. Who finds that it was rung for nothing, because its waiters gave up, rings the next in its place.
 * 3. A bit counts only with the epoch of the thread that sits there now.
 */
import { WaitQueue, type Waitable, type Waiter } from "../wait/waiter.ts";
import { Doorbell } from "./doorbell.ts";
import { MAX_SEATS, type Roster } from "./roster.ts";

/** What the primitive does for its line. */
export interface LineOwner {
  describe(): string;
  /** Settles the waiter and returns true if what it waits for is possible now. May fail it too. */
  attempt(waiter: Waiter, line: Line): boolean;
  /** Whether something is left that another thread could take. */
  leftOver(line: Line): boolean;
  /** A waiter of this line gave up. */
  gaveUp?(waiter: Waiter, line: Line): void;
  /** A thread has died since this was called last. */
  mourn?(): void;
  holders?(): Iterable<unknown>;
}

const BIT_WORDS = 2;
export const LINE_WORDS: number = BIT_WORDS + MAX_SEATS;

export class Line implements Waitable {
  readonly waiters: WaitQueue = new WaitQueue();
  /** Calls of this thread that are blocked in this line. */
  blocked = 0;
  /** Whether a waiter came since the line was looked at. */
  fresh = false;
  #pumping = false;
  readonly #owner: LineOwner;
  readonly #roster: Roster;
  readonly #doorbell: Doorbell;
  readonly #words: Int32Array;
  readonly #base: number;
  readonly #wordIndex: number;
  readonly #bit: number;
  readonly #epoch: number;

  constructor(owner: LineOwner, roster: Roster, words: Int32Array, base: number) {
    this.#owner = owner;
    this.#roster = roster;
    this.#doorbell = Doorbell.of(roster);
    this.#words = words;
    this.#base = base;
    this.#wordIndex = base + (roster.seat >>> 5);
    this.#bit = 1 << (roster.seat & 31);
    this.#epoch = roster.tag >>> 8;
  }

  describe(): string {
    return this.#owner.describe();
  }

  holders(): Iterable<unknown> {
    return this.#owner.holders?.() ?? [];
  }

  /** Whether this thread's bit is set. */
  get raised(): boolean {
    return (Atomics.load(this.#words, this.#wordIndex) & this.#bit) !== 0;
  }

  raise(): void {
    Atomics.store(this.#words, this.#base + BIT_WORDS + this.#roster.seat, this.#epoch);
    Atomics.or(this.#words, this.#wordIndex, this.#bit);
  }

  /** Queues a waiter of this thread. It is tried again before the thread goes to sleep. */
  enlist(waiter: Waiter): void {
    this.waiters.push(waiter);
    this.fresh = true;
    this.raise();
    this.#doorbell.follow(this);
  }

  /** A waiter gave up and is out of the queue. */
  abandon(waiter: Waiter): void {
    this.#owner.gaveUp?.(waiter, this);
    this.settle();
  }

  /** Lets waiters of this thread have what they can get; whether there was one. */
  pump(mourning: boolean = false): boolean {
    if (mourning) this.#owner.mourn?.();
    this.fresh = false;
    this.#pumping = true;
    let woken = false;
    for (;;) {
      while (this.waiters.first !== undefined && this.#owner.attempt(this.waiters.first, this)) {
        woken = true;
      }
      if (this.waiters.size === 0 || this.raised) break;
      this.raise();
    }
    this.#pumping = false;
    this.settle();
    return woken;
  }

  /** Nobody left here? Then the bit goes, and what is left goes to another thread. */
  settle(): void {
    if (this.waiters.size > 0 || this.blocked > 0) return;
    this.#doorbell.unfollow(this);
    Atomics.and(this.#words, this.#wordIndex, ~this.#bit);
    if (this.anybody && this.#owner.leftOver(this)) this.wakeOne();
  }

  /** Whether any thread may wait here. */
  get anybody(): boolean {
    return (
      Atomics.load(this.#words, this.#base) !== 0 || Atomics.load(this.#words, this.#base + 1) !== 0
    );
  }

  /** Rings one thread that waits here, beginning after this one's seat so that all get their turn. */
  wakeOne(): void {
    if (!this.anybody) return;
    const start = this.#roster.seat + 1;
    for (let step = 0; step < MAX_SEATS; step++) {
      if (this.#ring((start + step) % MAX_SEATS)) return;
    }
  }

  wakeAll(): void {
    if (!this.anybody) return;
    for (let seat = 0; seat < MAX_SEATS; seat++) this.#ring(seat);
  }

  #ring(seat: number): boolean {
    const word = this.#base + (seat >>> 5);
    const bit = 1 << (seat & 31);
    if ((Atomics.load(this.#words, word) & bit) === 0) return false;
    if ((Atomics.and(this.#words, word, ~bit) & bit) === 0) return false;
    const epoch = Atomics.load(this.#words, this.#base + BIT_WORDS + seat);
    if (!this.#roster.isAlive((epoch << 8) | (seat + 1))) return false;
    if (seat !== this.#roster.seat) this.#roster.ring(seat);
    // A pump in progress sees that its bit is gone and goes round once more.
    else if (this.waiters.size > 0 && !this.#pumping) this.pump();
    return true;
  }
}

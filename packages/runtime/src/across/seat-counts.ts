/**
 * How many of something each thread holds, so that it can be taken back when the thread dies.
 *
 *     per seat   count, epoch     (in `strideWords` words, to keep threads off each other's cache lines)
 */
import { MAX_SEATS, type Roster } from "./roster.ts";

export const SEAT_COUNT_WORDS: number = 2 * MAX_SEATS;

export class SeatCounts {
  readonly #roster: Roster;
  readonly #words: Int32Array;
  readonly #base: number;
  readonly #stride: number;
  readonly #own: number;

  constructor(roster: Roster, words: Int32Array, base: number, strideWords: number = 2) {
    this.#roster = roster;
    this.#words = words;
    this.#base = base;
    this.#stride = strideWords;
    this.#own = base + roster.seat * strideWords;
  }

  /** Adds to what this thread holds; what a dead thread in the same seat had left is returned. */
  add(count: number): number {
    const epoch = this.#roster.tag >>> 8;
    let left = 0;
    if (Atomics.load(this.#words, this.#own + 1) !== epoch) {
      left = Atomics.exchange(this.#words, this.#own, 0);
      Atomics.store(this.#words, this.#own + 1, epoch);
    }
    Atomics.add(this.#words, this.#own, count);
    return left;
  }

  subtract(count: number): void {
    Atomics.sub(this.#words, this.#own, count);
  }

  /** What this thread holds. */
  get own(): number {
    return Atomics.load(this.#words, this.#own);
  }

  /** Takes what dead threads hold. */
  reclaim(): number {
    let count = 0;
    for (let seat = 0; seat < MAX_SEATS; seat++) {
      const index = this.#base + seat * this.#stride;
      if (Atomics.load(this.#words, index) === 0 || this.#isAlive(index, seat)) continue;
      count += Atomics.exchange(this.#words, index, 0);
    }
    return count;
  }

  /** What living threads hold together. */
  total(): number {
    let count = 0;
    for (let seat = 0; seat < MAX_SEATS; seat++) {
      const index = this.#base + seat * this.#stride;
      const held = Atomics.load(this.#words, index);
      if (held !== 0 && this.#isAlive(index, seat)) count += held;
    }
    return count;
  }

  #isAlive(index: number, seat: number): boolean {
    return this.#roster.isAlive((Atomics.load(this.#words, index + 1) << 8) | (seat + 1));
  }
}

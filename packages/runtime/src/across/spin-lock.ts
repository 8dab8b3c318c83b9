/**
 * A lock for a few dozen instructions between threads, with no queue and no owner but a tag.
 *
 * What it guards has one word that makes a change count, written last. So when a thread dies inside
 * (it was terminated), the next takes the lock over and finds everything as it was.
 */
import type { Roster } from "./roster.ts";

const SPINS = 200;
/** A holder that is off its CPU is given this long before its pulse is taken. */
const NAP_MS = 0.2;

export class SpinLock {
  readonly #roster: Roster;
  readonly #words: Int32Array;
  readonly #index: number;
  readonly #tag: number;

  constructor(roster: Roster, words: Int32Array, index: number) {
    this.#roster = roster;
    this.#words = words;
    this.#index = index;
    this.#tag = roster.tag;
  }

  acquire(): void {
    if (Atomics.compareExchange(this.#words, this.#index, 0, this.#tag) !== 0) this.#contend();
  }

  release(): void {
    Atomics.store(this.#words, this.#index, 0);
  }

  #contend(): void {
    for (;;) {
      for (let k = 0; k < SPINS; k++) {
        Atomics.pause();
        if (Atomics.load(this.#words, this.#index) !== 0) continue;
        if (Atomics.compareExchange(this.#words, this.#index, 0, this.#tag) === 0) return;
      }
      const holder = Atomics.load(this.#words, this.#index);
      if (holder === 0) continue;
      if (this.#roster.isAlive(holder)) Atomics.wait(this.#words, this.#index, holder, NAP_MS);
      else if (Atomics.compareExchange(this.#words, this.#index, holder, this.#tag) === holder) {
        return;
      }
    }
  }
}

/** The late rows of a range, one after the other, in the direction of the range. Most ranges have none. */
import type { LateRow } from "./late-rows.ts";

export class LateMerge {
  readonly #rows: readonly LateRow[];
  readonly #step: number;
  #at: number;

  constructor(rows: readonly LateRow[], reverse: boolean) {
    this.#rows = rows;
    this.#step = reverse ? -1 : 1;
    this.#at = reverse ? rows.length - 1 : 0;
  }

  get current(): LateRow | undefined {
    return this.#rows[this.#at];
  }

  move(): void {
    this.#at += this.#step;
  }

  /** Whether the current row comes before one of the main run at `time`; of equal times, the main run's is older. */
  comesBefore(time: number): boolean {
    const late = this.#rows[this.#at];
    if (late === undefined) return false;
    return this.#step === 1 ? late.time < time : late.time >= time;
  }
}

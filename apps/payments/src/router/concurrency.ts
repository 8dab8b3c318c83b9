/**
 * How many payments may be in flight at a processor: doubles with every full window of good answers until
 * the processor has refused for the first time, then grows by one per window; is
 * halved when the processor says that it is full or times out, at most once per round trip (AIMD, as TCP's
 * congestion window; RFC 5681). A processor that is slow but answers keeps its limit: its delay is the router's
 * business, and what is in flight there was worth sending.
 */
export interface ConcurrencyOptions {
  readonly initial: number;
  readonly min: number;
  /** Below what the processor is known to refuse: 800 in the contest. */
  readonly max: number;
}

export class Concurrency {
  readonly #options: ConcurrencyOptions;
  #limit: number;
  #reducedAtMs = -Infinity;

  constructor(options: ConcurrencyOptions) {
    const { initial, min, max } = options;
    if (!(1 <= min && min <= initial && initial <= max)) {
      throw new RangeError(
        `A concurrency needs 1 <= min <= initial <= max: ${min}, ${initial}, ${max}`,
      );
    }
    this.#options = options;
    this.#limit = initial;
  }

  /** A whole number, at least 1. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** An answer came while `inFlight` others were on their way; an idle window does not grow. */
  answered(inFlight: number): void {
    if (inFlight * 2 < this.#limit) return;
    const growth = this.#reducedAtMs === -Infinity ? 1 : 1 / this.#limit;
    this.#limit = Math.min(this.#options.max, this.#limit + growth);
  }

  /** The processor was full, or did not answer in time. `sentAtMs`: when that payment was sent. */
  refused(sentAtMs: number, nowMs: number): void {
    // What was sent before the last reduction tells nothing about the present limit.
    if (sentAtMs < this.#reducedAtMs) return;
    this.#reducedAtMs = nowMs;
    this.#limit = Math.max(this.#options.min, this.#limit / 2);
  }
}

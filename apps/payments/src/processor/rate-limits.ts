/**
 * The two limiters of the contest's processors, as ASP.NET's rate limiting middleware behaves: so many at
 * work and so many waiting, oldest first; and so many per window with waiters that hang until theirs.
 */
import { monotonic, Semaphore, sleep, type Permit } from "@hotpath/runtime";

/** At most `permits` at work and `queueLimit` waiting. */
export class ConcurrencyLimiter {
  readonly #semaphore: Semaphore;
  readonly #queueLimit: number;
  #waiting = 0;

  constructor(permits: number, queueLimit: number) {
    this.#semaphore = new Semaphore(permits, { name: "processor permits" });
    this.#queueLimit = queueLimit;
  }

  /** A permit, at once or after waiting; undefined when too many wait. */
  async acquire(): Promise<Permit | undefined> {
    const permit = this.#semaphore.tryAcquire();
    if (permit !== undefined) return permit;
    if (this.#waiting >= this.#queueLimit) return undefined;
    this.#waiting++;
    try {
      return await this.#semaphore.acquire();
    } finally {
      this.#waiting--;
    }
  }
}

/** One call per window of fixed length; `queueLimit` more hang until windows of their own. */
export class FixedWindowLimiter {
  readonly #windowMs: number;
  readonly #queueLimit: number;
  readonly #startMs = monotonic();
  #lastWindow = -1;
  #waiting = 0;

  constructor(windowMs: number, queueLimit: number) {
    this.#windowMs = windowMs;
    this.#queueLimit = queueLimit;
  }

  /** True when it is the caller's turn, at once or after hanging; false when too many hang already. */
  async acquire(): Promise<boolean> {
    const elapsedMs = monotonic() - this.#startMs;
    const present = Math.floor(elapsedMs / this.#windowMs);
    if (this.#lastWindow < present) {
      this.#lastWindow = present;
      return true;
    }
    if (this.#waiting >= this.#queueLimit) return false;
    const window = ++this.#lastWindow;
    this.#waiting++;
    try {
      await sleep(window * this.#windowMs - elapsedMs);
      return true;
    } finally {
      this.#waiting--;
    }
  }
}

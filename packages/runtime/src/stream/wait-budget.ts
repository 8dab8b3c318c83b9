/** One timeout for an operation that waits several times. */
import { currentRuntime } from "../runtime/runtime.ts";
import { durationMs } from "../time/duration.ts";
import type { WaitOptions } from "../wait/park.ts";

export class WaitBudget {
  readonly #options: WaitOptions | undefined;
  readonly #dueMs: number;
  #used = false;

  constructor(options: WaitOptions | undefined) {
    this.#options = options;
    this.#dueMs =
      options?.timeout === undefined
        ? Infinity
        : currentRuntime().timers.nowMs() + durationMs(options.timeout);
  }

  /** The options for the next wait: what is left of the timeout, and the signal. */
  left(): WaitOptions | undefined {
    if (this.#dueMs === Infinity || !this.#used) {
      this.#used = true;
      return this.#options;
    }
    const leftMs = Math.max(0, this.#dueMs - currentRuntime().timers.nowMs());
    return { ...this.#options, timeout: leftMs };
  }
}

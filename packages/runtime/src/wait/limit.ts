/** What ends a wait from outside: its timeout and its AbortSignal. Most waits have neither. */
import { TimeoutError } from "../errors.ts";
import { durationMs, type Duration } from "../time/duration.ts";
import type { TimerEntry } from "../time/timer-heap.ts";
import type { Park } from "./park.ts";

/** What every wait accepts. */
export interface WaitOptions {
  /** Give up with a TimeoutError after this long. Default: wait forever. */
  readonly timeout?: Duration;
  /** Give up when this signal aborts, with its reason. For the edges: scopes are cheaper. */
  readonly signal?: AbortSignal;
}

export class WaitLimit implements TimerEntry {
  dueMs = 0;
  heapIndex = -1;
  timerOrder = 0;
  readonly #park: Park;
  readonly #timeoutMs: number;
  readonly #signal: AbortSignal | undefined;
  readonly #abort = (): void => this.#park.giveUp(this.#signal!.reason);

  constructor(park: Park, options: WaitOptions) {
    this.#park = park;
    this.#timeoutMs = options.timeout === undefined ? Infinity : durationMs(options.timeout);
    this.#signal = options.signal;
  }

  start(): void {
    this.#park.scope.runtime.timers.add(this, this.#timeoutMs);
    if (this.#signal === undefined) return;
    if (this.#signal.aborted) this.#abort();
    else this.#signal.addEventListener("abort", this.#abort, { once: true });
  }

  end(): void {
    this.#park.scope.runtime.timers.remove(this);
    this.#signal?.removeEventListener("abort", this.#abort);
  }

  fire(): void {
    const { operation, target } = this.#park;
    this.#park.giveUp(new TimeoutError(`${operation} on ${target.describe()}`, this.#timeoutMs));
  }
}

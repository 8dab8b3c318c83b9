/** Reading the time: always the runtime's, so that a simulation can say what time it is. */
import { currentRuntime } from "../runtime/runtime.ts";

/** Milliseconds, with a fraction, since some fixed moment. For measuring: it never goes back. */
export function monotonic(): number {
  return currentRuntime().io.clock.monotonicMs();
}

/** The date and time of day, in milliseconds since 1970 UTC. For people: it can be set back. */
export function wallClock(): number {
  return currentRuntime().io.clock.wallMs();
}

/** Measures how long things take. */
export class Stopwatch {
  #startMs: number;
  #lapMs: number;

  constructor() {
    this.#startMs = monotonic();
    this.#lapMs = this.#startMs;
  }

  /** Since it was started, in milliseconds. */
  get elapsedMs(): number {
    return monotonic() - this.#startMs;
  }

  /** Since the last lap, in milliseconds; begins the next one. */
  lap(): number {
    const nowMs = monotonic();
    const ms = nowMs - this.#lapMs;
    this.#lapMs = nowMs;
    return ms;
  }

  restart(): void {
    this.#startMs = monotonic();
    this.#lapMs = this.#startMs;
  }
}

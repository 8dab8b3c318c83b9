/**
 * Beats at a fixed rate, for loops and for select.
 *
 * A ticker is a sequence of instants, not a running timer: nothing happens while nobody waits, so there
 * is nothing to stop. Beats that nobody waited for are not made up: the next wait gets one beat, which
 * says how many were missed, and the rhythm stays that of the first.
 */
import { currentScope } from "../runtime/runtime.ts";
import { NOT_READY, type Got, type Selectable } from "../select/selectable.ts";
import type { Waiter } from "../wait/waiter.ts";
import { durationMs, type Duration } from "./duration.ts";
import { After, sleepUntil } from "./sleep.ts";
import type { TimerHeap } from "./timer-heap.ts";

export interface Tick {
  /** Beats since the ticker was made, missed ones included; the first is 1. */
  readonly count: number;
  /** Beats missed since the last wait. */
  readonly missed: number;
}

export class Ticker implements Selectable<Got<Tick>>, AsyncIterable<Tick> {
  declare readonly outcome?: Got<Tick>;
  readonly intervalMs: number;
  readonly #timers: TimerHeap;
  readonly #startMs: number;
  #count = 0;

  constructor(interval: Duration) {
    this.intervalMs = durationMs(interval);
    if (!(this.intervalMs > 0 && this.intervalMs < Infinity)) {
      throw new RangeError(`A ticker needs an interval above 0: ${interval} is not`);
    }
    this.#timers = currentScope().runtime.timers;
    this.#startMs = this.#timers.nowMs();
  }

  describe(): string {
    return "a ticker";
  }

  /** Waits for the next beat. */
  async next(): Promise<Tick> {
    await sleepUntil(this.#dueMs);
    return this.#beat();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Tick, void, undefined> {
    for (;;) yield await this.next();
  }

  poll(): unknown {
    return this.#timers.nowMs() >= this.#dueMs ? this.#beat() : NOT_READY;
  }

  enlist(waiter: Waiter): void {
    After.enlistAt(waiter, this.#dueMs, () => this.#beat());
  }

  abandon(waiter: Waiter): void {
    After.withdraw(waiter);
  }

  get #dueMs(): number {
    return this.#startMs + (this.#count + 1) * this.intervalMs;
  }

  #beat(): Tick {
    const nowMs = this.#timers.nowMs();
    const passed = Math.floor((nowMs - this.#startMs) / this.intervalMs);
    const count = Math.max(passed, this.#count + 1);
    const missed = count - this.#count - 1;
    this.#count = count;
    return { count, missed };
  }
}

/** A beat every `interval`, counted from now. */
export function ticker(interval: Duration): Ticker {
  return new Ticker(interval);
}

/**
 * How long each phase of a request may take.
 *
 *     queue     connect      send          head              body
 *     ├─────────┼────────────┼─────────────┼─────────────────┼──────────────┤
 *     waits for a connection │ each write  │ from the last   │ each read of
 *               │ TCP and TLS│ of the body │ byte sent to    │ the body
 *                                          │ the final head  │
 *     ├──────────────────────────── total ──────────────────────────────────┤
 *
 * A phase that repeats (send, body) is limited per step, so a long transfer that moves is no failure;
 * `total` is over everything, redirects, retries and pauses included. It is no timer of its own: every
 * wait is limited to what is left of it, and whoever does not wait has nothing that could be late.
 */
import { durationMs, monotonic, type Duration, type WaitOptions } from "@hotpath/runtime";

export interface RequestTimeouts {
  /** Waiting for a connection of the pool, until one is free or made. Default: 10 s. */
  readonly queue?: Duration;
  /**
   * Making one: name lookup, TCP, TLS. Set for a pool or client: which request a new connection will
   * serve is open until it is there. Default: 10 s.
   */
  readonly connect?: Duration;
  /** Until the other side takes the next piece of the request. Default: 30 s. */
  readonly send?: Duration;
  /** From the end of the request to the head of the response. Default: 30 s. */
  readonly head?: Duration;
  /** Until the next piece of the response's body. Default: 30 s. */
  readonly body?: Duration;
  /** All of it, to the end of the body. Default: no limit. */
  readonly total?: Duration;
}

export interface TimeoutsMs {
  readonly queueMs: number;
  readonly connectMs: number;
  readonly sendMs: number;
  readonly headMs: number;
  readonly bodyMs: number;
  readonly totalMs: number;
}

const DEFAULTS: TimeoutsMs = {
  queueMs: 10_000,
  connectMs: 10_000,
  sendMs: 30_000,
  headMs: 30_000,
  bodyMs: 30_000,
  totalMs: Infinity,
};

/** What `base` has, except where `changes` says otherwise. */
export function timeoutsMs(
  changes: RequestTimeouts | undefined,
  base: TimeoutsMs = DEFAULTS,
): TimeoutsMs {
  if (changes === undefined) return base;
  const { queue, connect, send, head, body, total } = changes;
  return {
    queueMs: queue === undefined ? base.queueMs : durationMs(queue),
    connectMs: connect === undefined ? base.connectMs : durationMs(connect),
    sendMs: send === undefined ? base.sendMs : durationMs(send),
    headMs: head === undefined ? base.headMs : durationMs(head),
    bodyMs: body === undefined ? base.bodyMs : durationMs(body),
    totalMs: total === undefined ? base.totalMs : durationMs(total),
  };
}

/** One request's time: when all of it must be over. */
export class TimeBudget {
  readonly limits: TimeoutsMs;
  readonly signal: AbortSignal | undefined;
  /** On the monotonic clock. */
  readonly #endMs: number;

  constructor(limits: TimeoutsMs, signal: AbortSignal | undefined) {
    this.limits = limits;
    this.signal = signal;
    // Most have no total limit, and need not look at the clock.
    this.#endMs = limits.totalMs === Infinity ? Infinity : monotonic() + limits.totalMs;
  }

  /** The shorter of a phase's limit and what is left of the whole. */
  leftMs(phaseMs: number): number {
    if (this.#endMs === Infinity) return phaseMs;
    return Math.max(0, Math.min(phaseMs, this.#endMs - monotonic()));
  }

  /** What limits the next wait of a phase. */
  wait(phaseMs: number): WaitOptions | undefined {
    const { signal } = this;
    const timeout = this.leftMs(phaseMs);
    if (signal !== undefined) return { timeout, signal };
    return timeout === Infinity ? undefined : { timeout };
  }

  /** Whether it is the whole that is over. */
  get isOver(): boolean {
    return this.#endMs !== Infinity && monotonic() >= this.#endMs;
  }
}

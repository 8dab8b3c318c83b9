/**
 * What is known about one processor, kept from its health answers and from what becomes of payments.
 *
 * Breaker: a run of failures makes it "failing"; from then on one payment at a time is let through as a
 * probe, at growing intervals, until one succeeds or a health answer that is newer says that it works.
 */
import { Concurrency, type ConcurrencyOptions } from "./concurrency.ts";
import type { ProcessorView } from "./route.ts";

export interface ProcessorSettings extends ConcurrencyOptions {
  readonly feeRate: number;
  /** Definite failures in a row that open the breaker. */
  readonly failuresToOpen: number;
  readonly firstProbeMs: number;
  readonly maxProbeMs: number;
}

export type Outcome = "settled" | "failed" | "full" | "unknown";

/** Weight of the newest answer in the averages. */
const NEWEST = 0.1;

export class ProcessorState {
  readonly #settings: ProcessorSettings;
  readonly #concurrency: Concurrency;
  #inFlight = 0;
  #latencyMs = 0;
  #failureRate = 0;
  #failuresInRow = 0;
  #open = false;
  #nextProbeAtMs = 0;
  #probeMs: number;
  #healthFailing = false;
  #healthMinMs = 0;
  #healthAtMs = -Infinity;
  #latencyAtMs = -Infinity;

  constructor(settings: ProcessorSettings) {
    this.#settings = settings;
    this.#concurrency = new Concurrency(settings);
    this.#probeMs = settings.firstProbeMs;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  view(nowMs: number): ProcessorView {
    return {
      feeRate: this.#settings.feeRate,
      failing: this.#open || this.#healthFailing,
      probeDue: this.#open && nowMs >= this.#nextProbeAtMs && this.#inFlight === 0,
      // Whichever is newer: a health answer sees a change before the payments in flight do.
      expectedMs:
        this.#healthAtMs > this.#latencyAtMs
          ? this.#healthMinMs
          : Math.max(this.#latencyMs, this.#healthMinMs),
      failureRate: this.#failureRate,
      inFlight: this.#inFlight,
      limit: this.#concurrency.limit,
    };
  }

  /** When a probe is due; Infinity when the breaker is closed. */
  get nextProbeAtMs(): number {
    return this.#open ? this.#nextProbeAtMs : Infinity;
  }

  sent(): void {
    this.#inFlight++;
  }

  finished(outcome: Outcome, sentAtMs: number, nowMs: number): void {
    this.#inFlight--;
    if (outcome === "full" || outcome === "unknown") this.#concurrency.refused(sentAtMs, nowMs);
    if (outcome === "full") return;
    const failed = outcome === "settled" ? 0 : 1;
    this.#failureRate += (failed - this.#failureRate) * NEWEST;
    if (outcome === "settled") this.#succeeded(sentAtMs, nowMs);
    else this.#failed(sentAtMs, nowMs);
  }

  health(failing: boolean, minResponseMs: number, nowMs: number): void {
    this.#healthFailing = failing;
    this.#healthMinMs = minResponseMs;
    this.#healthAtMs = nowMs;
    if (!failing) this.#close();
  }

  #succeeded(sentAtMs: number, nowMs: number): void {
    const tookMs = nowMs - sentAtMs;
    this.#latencyMs =
      this.#latencyMs === 0 ? tookMs : this.#latencyMs + (tookMs - this.#latencyMs) * NEWEST;
    this.#latencyAtMs = nowMs;
    this.#healthFailing = false;
    this.#concurrency.answered(this.#inFlight);
    this.#close();
  }

  #failed(sentAtMs: number, nowMs: number): void {
    this.#failuresInRow++;
    if (this.#open) {
      // What was under way when it opened is no probe.
      if (sentAtMs < this.#nextProbeAtMs) return;
      this.#probeMs = Math.min(this.#settings.maxProbeMs, this.#probeMs * 2);
    } else if (this.#failuresInRow < this.#settings.failuresToOpen) return;
    this.#open = true;
    this.#nextProbeAtMs = nowMs + this.#probeMs;
  }

  #close(): void {
    // The failures belong to the outage that is over; kept, they would turn payments away for good.
    if (this.#open) this.#failureRate = 0;
    this.#open = false;
    this.#failuresInRow = 0;
    this.#probeMs = this.#settings.firstProbeMs;
  }
}

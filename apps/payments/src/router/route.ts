/**
 * Where a payment goes next: one pure function of what is known about both processors.
 *
 * A processor that works has an expected cost, as a fraction of the amount:
 *
 *     fee + price of the expected delay, a wait for a free slot included
 *         + chance of failure × (one more try: its delay again)
 *
 * The cheaper one gets the payment, or the payment waits for a slot there: a slow processor's queue makes it
 * dearer until the other is worth its fee, so that it never takes everything. When the processor with the lower
 * fee is down, a payment waits as long as the saving is worth: at 0.02 a second, 5 s for a tenth of the amount.
 * This patience shrinks with the queue, so that a long queue drains through the other before it is full.
 */

/** What is known about one processor at the moment of the choice. */
export interface ProcessorView {
  /** Of the amount: 0.05. */
  readonly feeRate: number;
  /** From the last health answer or a run of failures; false when nothing is known. */
  readonly failing: boolean;
  /** It is failing, and a payment may be sent to see whether it still is. */
  readonly probeDue: boolean;
  /** How long an answer is expected to take, from health and from what was seen. */
  readonly expectedMs: number;
  /** Share of recent answers that were definite failures, 0 to 1. */
  readonly failureRate: number;
  readonly inFlight: number;
  /** How many may be in flight. */
  readonly limit: number;
}

export interface PaymentView {
  /** Since it was accepted. */
  readonly waitedMs: number;
}

export interface RoutePolicy {
  /** What a second of delay costs, as a fraction of the amount: 0.01 is one per cent. */
  readonly delayPricePerSecond: number;
  /** Payments that may be queued; nobody waits for a saving when the queue is that long. */
  readonly queueLimit: number;
}

export const DEFAULT_POLICY: RoutePolicy = {
  delayPricePerSecond: 0.02,
  queueLimit: 100_000,
};

export type Choice =
  | { readonly kind: "send"; readonly processor: 0 | 1 }
  /** Nothing can be sent now; ask again when a processor changes or after `forMs`. */
  | { readonly kind: "wait"; readonly forMs: number };

/** A failed try costs its delay again and ties a payment up: never cheaper than a second's delay. */
const RETRY_MS = 1000;

export function route(
  processors: readonly [ProcessorView, ProcessorView],
  payment: PaymentView,
  queued: number,
  policy: RoutePolicy,
): Choice {
  const [first, second] = processors;
  const low = first.feeRate <= second.feeRate ? 0 : 1;
  const high = low === 0 ? 1 : 0;
  if (processors[low].probeDue) return { kind: "send", processor: low };
  if (processors[low].failing) {
    const savedRate = processors[high].feeRate - processors[low].feeRate;
    const worthMs = (savedRate / policy.delayPricePerSecond) * 1000;
    const patienceMs = worthMs * Math.max(0, 1 - queued / policy.queueLimit);
    const leftMs = patienceMs - payment.waitedMs;
    if (leftMs > 0) return { kind: "wait", forMs: leftMs };
    if (processors[high].probeDue) return { kind: "send", processor: high };
    return processors[high].failing ? WAIT : sendTo(high, processors);
  }
  if (processors[high].failing) return sendTo(low, processors);
  const costLow = cost(processors[low], queued, policy);
  const costHigh = cost(processors[high], queued, policy);
  return sendTo(costLow <= costHigh ? low : high, processors);
}

/** Until something changes: what is in flight lands, a probe falls due, a health answer comes. */
const WAIT: Choice = { kind: "wait", forMs: Infinity };

function sendTo(processor: 0 | 1, processors: readonly [ProcessorView, ProcessorView]): Choice {
  const { inFlight, limit } = processors[processor];
  return inFlight < limit ? { kind: "send", processor } : WAIT;
}

/** Expected cost of sending a payment there, as a fraction of its amount. */
function cost(processor: ProcessorView, queued: number, policy: RoutePolicy): number {
  const { feeRate, expectedMs, failureRate, inFlight, limit } = processor;
  const rounds = Math.max(0, inFlight + queued - limit) / limit;
  const tries = 1 / Math.max(0.01, 1 - failureRate);
  const delayMs = expectedMs * (tries + rounds) + RETRY_MS * (tries - 1);
  return feeRate + (delayMs / 1000) * policy.delayPricePerSecond;
}

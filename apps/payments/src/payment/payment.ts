/**
 * The life of a payment.
 *
 *                    ┌──────────── not recorded, for sure ───────────┐
 *                    v                                               │
 *     accepted ──dispatch──> dispatched ──────────────────────────> (answer)
 *        │                                                           │
 *        │                    unknown <──── no answer, or one that does not tell ──┤
 *        │                       │                                   │
 *        └──> dead <─ too long ──┴──> settled | rejected <───────────┘
 *
 * A dispatched payment is pinned to its processor with its requestedAt. It is let go only by an answer that
 * says that it was not recorded; an unknown one never is: it is sent there again, under the same id, until
 * the processor says what became of it.
 */
import type { ProcessorIndex } from "../summary/leaf.ts";

/** A UUID in lower case, 36 characters. */
export type PaymentId = string;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isPaymentId(text: string): boolean {
  return UUID.test(text);
}

export type PaymentState =
  | { readonly kind: "accepted" }
  | {
      readonly kind: "dispatched" | "unknown" | "settled";
      readonly processor: ProcessorIndex;
      /** What the processor is told and what summaries go by. Milliseconds since 1970. */
      readonly requestedAtMs: number;
    }
  | { readonly kind: "rejected"; readonly processor: ProcessorIndex; readonly reason: string }
  /** Given up; `pinned` when it may have been recorded there. */
  | { readonly kind: "dead"; readonly reason: string; readonly pinned: Pin | undefined };

export interface Pin {
  readonly processor: ProcessorIndex;
  readonly requestedAtMs: number;
}

export type StateKind = PaymentState["kind"];

const NEXT: Readonly<Record<StateKind, readonly StateKind[]>> = {
  accepted: ["dispatched", "dead"],
  dispatched: ["settled", "accepted", "unknown", "rejected"],
  unknown: ["settled", "rejected", "dead"],
  settled: [],
  rejected: [],
  dead: ["accepted", "unknown"],
};

/** Whether the drawing above has an arrow from one to the other. */
export function mayBecome(from: StateKind, to: StateKind): boolean {
  return NEXT[from].includes(to);
}

export interface Payment {
  readonly id: PaymentId;
  readonly amountMinor: number;
  readonly acceptedAtMs: number;
  readonly state: PaymentState;
  /** Times it was sent. */
  readonly attempts: number;
}

/** A processor as the dispatcher talks to it: what its answers mean, not how they look. */
import type { PaymentId } from "../payment/payment.ts";

export interface Order {
  readonly id: PaymentId;
  readonly amountMinor: number;
  readonly requestedAtMs: number;
}

export type PayAnswer =
  /** Recorded by this call. */
  | { readonly kind: "recorded" }
  /** Recorded by an earlier call of the same id. */
  | { readonly kind: "duplicate" }
  /** Surely not recorded by this call: never sent, refused for load (429), or the failure answer. */
  | { readonly kind: "failed"; readonly full: boolean; readonly retryAfterMs?: number }
  /** Refused for what it is; sending it again would be refused again. */
  | { readonly kind: "rejected"; readonly reason: string }
  /** Sent, and no answer that tells. */
  | { readonly kind: "unknown" };

export type LookupAnswer =
  | { readonly kind: "found"; readonly amountMinor: number; readonly requestedAtMs: number }
  /** Not recorded by now; a call that is on its way may still record it. */
  | { readonly kind: "absent" }
  | { readonly kind: "unknown" };

export type HealthAnswer =
  | { readonly kind: "health"; readonly failing: boolean; readonly minResponseMs: number }
  | { readonly kind: "unknown" };

/** No call throws but by cancellation; each has a time limit of its own. */
export interface ProcessorLink {
  pay(order: Order): Promise<PayAnswer>;
  lookUp(id: PaymentId): Promise<LookupAnswer>;
  health(): Promise<HealthAnswer>;
}

/** What a pool and its threads say to each other. */
import type { EncodedValue } from "./error-codec.ts";

/** What a thread is born with. */
export interface ThreadData {
  readonly hotpathThread: number;
  readonly roster: SharedArrayBuffer;
  readonly seat: number;
  /** INBOX words: the calls that are offered; then HUNGRY. */
  readonly offers: SharedArrayBuffer;
}

/** Calls that are posted to a thread and not yet begun: one to run next, and one more. */
export const INBOX = 2;
/** The word after the offers: the pool has work that waits. */
export const HUNGRY: number = INBOX;
export const OFFER_WORDS: number = INBOX + 1;

export type ToThread =
  | {
      readonly kind: "start";
      readonly id: number;
      /** The word of `offers` that holds `id` as long as nobody has taken the call. */
      readonly slot: number;
      readonly module: string;
      readonly name: string;
      readonly caller: string;
      readonly each: boolean;
      readonly args: readonly unknown[];
    }
  | { readonly kind: "cancel"; readonly id: number; readonly reason: EncodedValue }
  | { readonly kind: "ping"; readonly count: number };

export type FromThread =
  | { readonly kind: "done"; readonly id: number; readonly value: unknown }
  | { readonly kind: "failed"; readonly id: number; readonly error: EncodedValue }
  /** What was started is parked, and the pool may have more. */
  | { readonly kind: "more" };

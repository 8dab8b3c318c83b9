/**
 * Where payments are kept. The ledger decides, the journal remembers: the newest state of each payment, by
 * id. Backends: the storage engine, PostgreSQL, and memory with faults for tests.
 */
import type { Payment, PaymentId } from "../payment/payment.ts";

export interface Journal {
  /**
   * Makes these states the newest ones, all or none. Resolved means durable: no crash takes it back. Calls
   * take effect in the order in which they were made. When it rejects, nobody knows whether they did, and
   * every later call rejects too.
   */
  commit(payments: readonly Payment[]): Promise<void>;
  /** The newest state of a payment; undefined when there is none of that id. */
  find(id: PaymentId): Payment | undefined | Promise<Payment | undefined>;
  /** Those that are neither settled nor rejected nor dead, by the time of acceptance. */
  active(): AsyncIterable<Payment>;
  settled(): AsyncIterable<SettledBatch>;
  dead(): AsyncIterable<Payment>;
  /** Forgets everything, durably. */
  clear(): Promise<void>;
}

/** Columns of settled payments, for rebuilding the summary. */
export interface SettledBatch {
  readonly length: number;
  readonly requestedAtMs: Float64Array;
  readonly amountMinor: Float64Array;
  readonly processor: Uint8Array;
}

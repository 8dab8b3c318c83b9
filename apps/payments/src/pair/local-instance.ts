/** This process's own ledger as an instance. */
import type { Ledger, Receipt } from "../ledger/ledger.ts";
import type { Payment, PaymentId } from "../payment/payment.ts";
import type { Totals } from "../summary/leaf.ts";
import type { Instance } from "./instance.ts";

export class LocalInstance implements Instance {
  readonly #ledger: Ledger;
  readonly #summaryWaitMs: number;

  /** `summaryWaitMs`: how long a summary waits for payments in its window that are with a processor. */
  constructor(ledger: Ledger, summaryWaitMs: number) {
    this.#ledger = ledger;
    this.#summaryWaitMs = summaryWaitMs;
  }

  accept(id: PaymentId, amountMinor: number): Promise<Receipt> {
    return this.#ledger.accept(id, amountMinor);
  }

  find(id: PaymentId): Promise<Payment | undefined> {
    return this.#ledger.find(id);
  }

  summary(fromMs: number, toMs: number): Promise<Totals> {
    return this.#ledger.summary(fromMs, toMs, this.#summaryWaitMs);
  }

  purge(): Promise<void> {
    return this.#ledger.purge();
  }
}

/**
 * One of the instances that share the work, here or behind a socket.
 *
 * Each payment has one owner, chosen by its id, so that the same payment sent to both is still one payment.
 */
import type { Payment, PaymentId } from "../payment/payment.ts";
import type { Receipt } from "../ledger/ledger.ts";
import { Totals } from "../summary/leaf.ts";

export interface Instance {
  accept(id: PaymentId, amountMinor: number): Promise<Receipt>;
  find(id: PaymentId): Promise<Payment | undefined>;
  /** Settled payments with fromMs <= requestedAt <= toMs. */
  summary(fromMs: number, toMs: number): Promise<Totals>;
  purge(): Promise<void>;
}

/** All instances as one. A silent one is an error, never half an answer. */
export class Together implements Instance {
  readonly #instances: readonly Instance[];

  /** In the same order on every instance. */
  constructor(instances: readonly Instance[]) {
    if (instances.length === 0) throw new RangeError("There must be an instance");
    this.#instances = instances;
  }

  accept(id: PaymentId, amountMinor: number): Promise<Receipt> {
    return this.#owner(id).accept(id, amountMinor);
  }

  find(id: PaymentId): Promise<Payment | undefined> {
    return this.#owner(id).find(id);
  }

  async summary(fromMs: number, toMs: number): Promise<Totals> {
    const totals = new Totals();
    const halves = await Promise.all(this.#instances.map((one) => one.summary(fromMs, toMs)));
    for (const half of halves) totals.add(half);
    return totals;
  }

  async purge(): Promise<void> {
    await Promise.all(this.#instances.map((one) => one.purge()));
  }

  #owner(id: PaymentId): Instance {
    const { length } = this.#instances;
    // The last 8 digits are random in every version of UUID that is in use.
    return this.#instances[Number.parseInt(id.slice(-8), 16) % length]!;
  }
}

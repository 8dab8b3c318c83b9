/**
 * The only writer of payments' states. Holds those that are not final in memory, everything in the journal,
 * and the settled ones in the summary index.
 *
 * Invariants:
 * 1. accept() resolves after the journal has the payment; only then can it be sent.
 * 2. dispatched() resolves after the journal has processor and requestedAt; only then is it sent.
 * 3. A payment leaves "dispatched" for "accepted" only when its processor said that it was not recorded.
 * 4. The index has exactly the payments whose newest state is "settled". Its entry is made at once and the
 *    journal's follows: after a crash in between, the processor is asked again and says the same.
 * 5. After purge() nothing that was known before changes anything: it belongs to an epoch that is over.
 */
import { Event, moveOnAfter, Notify, shield, wallClock } from "@hotpath/runtime";
import assert from "node:assert/strict";
import {
  mayBecome,
  type Payment,
  type PaymentId,
  type PaymentState,
  type Pin,
} from "../payment/payment.ts";
import type { ProcessorIndex, Totals } from "../summary/leaf.ts";
import { SummaryIndex } from "../summary/summary-index.ts";
import { PaymentsError } from "./errors.ts";
import type { Journal } from "./journal.ts";
import { WaitingLine } from "./waiting-line.ts";

export interface LedgerOptions {
  /** Payments that may be unsettled at the same time. Default: 100,000. */
  readonly activeLimit?: number;
}

/** A payment that is not final, as the ledger holds it. */
export class Active implements Payment {
  readonly id: PaymentId;
  readonly amountMinor: number;
  readonly acceptedAtMs: number;
  readonly epoch: number;
  state: PaymentState;
  attempts: number;
  /** Set when the journal has it. */
  readonly durable: Event = new Event();

  constructor(payment: Payment, epoch: number) {
    this.id = payment.id;
    this.amountMinor = payment.amountMinor;
    this.acceptedAtMs = payment.acceptedAtMs;
    this.state = payment.state;
    this.attempts = payment.attempts;
    this.epoch = epoch;
  }
}

/** A summary that waits for payments in its window. */
interface Barrier {
  readonly waitsFor: Set<Active>;
  readonly clear: Event;
}

export type Receipt = "accepted" | "known";

export class Ledger {
  readonly #journal: Journal;
  readonly #activeLimit: number;
  readonly #active = new Map<PaymentId, Active>();
  readonly #line = new WaitingLine<Active>();
  readonly #inFlight = new Set<Active>();
  readonly #lost: Active[] = [];
  readonly #barriers = new Set<Barrier>();
  readonly #index = new SummaryIndex();
  #epoch = 0;
  #lastStampMs = 0;
  #failure: unknown = undefined;
  /** Tells the dispatcher that a payment can be sent, and the resolver that one is unknown. */
  readonly changed: Notify = new Notify();

  private constructor(journal: Journal, options: LedgerOptions) {
    this.#journal = journal;
    this.#activeLimit = options.activeLimit ?? 100_000;
  }

  /** Takes up what the journal has. What was dispatched then is unknown now. */
  static async open(journal: Journal, options: LedgerOptions = {}): Promise<Ledger> {
    const ledger = new Ledger(journal, options);
    for await (const batch of journal.settled()) {
      for (let row = 0; row < batch.length; row++) {
        const processor = batch.processor[row]! as ProcessorIndex;
        ledger.#index.add(batch.requestedAtMs[row]!, batch.amountMinor[row]!, processor);
      }
    }
    for await (const found of journal.active()) ledger.#adopt(found);
    return ledger;
  }

  /** How many wait to be sent. */
  get queued(): number {
    return this.#line.length;
  }

  /** The next to be sent. */
  get next(): Active | undefined {
    return this.#line.first;
  }

  get activeCount(): number {
    return this.#active.size;
  }

  get settledCount(): number {
    return this.#index.size;
  }

  /** Payments that have become unknown since the last call. */
  takeLost(): Active[] {
    return this.#lost.splice(0);
  }

  /** Whether a payment belongs to what was purged. */
  isOver(payment: Active): boolean {
    return payment.epoch !== this.#epoch;
  }

  /** Milliseconds since the oldest unsettled payment was accepted; 0 when there is none. */
  oldestAgeMs(): number {
    const [oldest] = this.#active.values();
    return oldest === undefined ? 0 : Math.max(0, wallClock() - oldest.acceptedAtMs);
  }

  /**
   * Takes a payment on, durably. "known": the same payment has been accepted before. Throws CONFLICT for a
   * known id with another amount, FULL, JOURNAL.
   */
  async accept(id: PaymentId, amountMinor: number): Promise<Receipt> {
    this.#check();
    const known = this.#active.get(id) ?? (await this.#journal.find(id)) ?? this.#active.get(id);
    if (known !== undefined) {
      if (known.amountMinor !== amountMinor) {
        throw new PaymentsError("CONFLICT", `Payment ${id} is known with another amount`);
      }
      if (known instanceof Active) await known.durable.wait();
      this.#check();
      return "known";
    }
    if (this.#active.size >= this.#activeLimit) {
      throw new PaymentsError("FULL", `${this.#active.size} payments wait already`);
    }
    const state: PaymentState = { kind: "accepted" };
    const acceptedAtMs = wallClock();
    const payment = new Active({ id, amountMinor, acceptedAtMs, state, attempts: 0 }, this.#epoch);
    this.#active.set(id, payment);
    await this.#commit(payment);
    payment.durable.set();
    if (payment.epoch === this.#epoch) {
      this.#line.push(payment);
      this.changed.notifyAll();
    }
    return "accepted";
  }

  /** Takes `next` from the line for a processor and stamps it. */
  take(processor: ProcessorIndex): Active {
    const payment = this.#line.shift();
    assert(payment !== undefined, "nothing waits to be sent");
    payment.attempts++;
    this.#become(payment, { kind: "dispatched", processor, requestedAtMs: this.#stamp() });
    this.#inFlight.add(payment);
    return payment;
  }

  /** Resolved: what was taken may be sent now. False: purged meanwhile. */
  async dispatch(payment: Active): Promise<boolean> {
    if (this.isOver(payment)) return false;
    await this.#commit(payment);
    return !this.isOver(payment);
  }

  /** The processor said that it did not record it: another try, there or elsewhere. */
  async release(payment: Active): Promise<void> {
    if (this.isOver(payment)) return;
    this.#become(payment, { kind: "accepted" });
    this.#landed(payment);
    await this.#commit(payment);
    if (this.isOver(payment)) return;
    this.#line.putBack(payment);
    this.changed.notifyAll();
  }

  /** Nobody knows whether it was recorded. */
  async lose(payment: Active): Promise<void> {
    if (this.isOver(payment)) return;
    this.#become(payment, { kind: "unknown", ...pinOf(payment) });
    await this.#commit(payment);
    this.#lost.push(payment);
    this.changed.notifyAll();
  }

  /** Recorded. `requestedAtMs`: as the processor has it. */
  async settle(payment: Active, requestedAtMs: number): Promise<void> {
    if (this.isOver(payment)) return;
    const { processor } = pinOf(payment);
    this.#index.add(requestedAtMs, payment.amountMinor, processor);
    await this.#finish(payment, { kind: "settled", processor, requestedAtMs });
  }

  /** The processor refuses it for good. */
  async reject(payment: Active, reason: string): Promise<void> {
    if (this.isOver(payment)) return;
    const { processor } = pinOf(payment);
    await this.#finish(payment, { kind: "rejected", processor, reason });
  }

  /** Given up, for an operator to see. */
  async bury(payment: Active, reason: string): Promise<void> {
    if (this.isOver(payment)) return;
    const pinned = payment.state.kind === "accepted" ? undefined : pinOf(payment);
    await this.#finish(payment, { kind: "dead", reason, pinned });
  }

  /** Brings a dead payment back to where it was: to the line, or to its processor as unknown. */
  async replay(id: PaymentId): Promise<void> {
    const found = await this.#journal.find(id);
    if (found?.state.kind !== "dead") {
      throw new PaymentsError("NOT_FOUND", `There is no dead payment ${id}`);
    }
    const { pinned } = found.state;
    const state: PaymentState =
      pinned === undefined ? { kind: "accepted" } : { kind: "unknown", ...pinned };
    assert(mayBecome(found.state.kind, state.kind));
    const payment = { ...found, state };
    await this.#journal.commit([payment]);
    this.#adopt(payment);
  }

  async find(id: PaymentId): Promise<Payment | undefined> {
    return this.#active.get(id) ?? (await this.#journal.find(id));
  }

  dead(): AsyncIterable<Payment> {
    return this.#journal.dead();
  }

  /**
   * Settled payments with fromMs <= requestedAt <= toMs. Waits, at most `waitMs`, for those of them that are
   * with a processor at this moment, so that its count and ours are of the same payments.
   */
  async summary(fromMs: number, toMs: number, waitMs: number): Promise<Totals> {
    const waitsFor = new Set<Active>();
    for (const payment of this.#inFlight) {
      const { requestedAtMs } = pinOf(payment);
      if (requestedAtMs >= fromMs && requestedAtMs <= toMs) waitsFor.add(payment);
    }
    if (waitsFor.size > 0 && waitMs > 0) {
      const barrier: Barrier = { waitsFor, clear: new Event() };
      this.#barriers.add(barrier);
      try {
        await moveOnAfter(waitMs, () => barrier.clear.wait());
      } finally {
        this.#barriers.delete(barrier);
      }
    }
    return this.#index.summary(fromMs, toMs);
  }

  /** Forgets everything: what is queued, what is on its way, what is settled. */
  async purge(): Promise<void> {
    this.#epoch++;
    this.#active.clear();
    this.#line.clear();
    this.#inFlight.clear();
    this.#lost.length = 0;
    for (const { clear } of this.#barriers) clear.set();
    this.#index.clear();
    await shield(() => this.#journal.clear());
  }

  #adopt(found: Payment): void {
    const payment = new Active(found, this.#epoch);
    payment.durable.set();
    this.#active.set(payment.id, payment);
    if (payment.state.kind === "dispatched") payment.state = { ...payment.state, kind: "unknown" };
    if (payment.state.kind === "accepted") this.#line.push(payment);
    else {
      this.#inFlight.add(payment);
      this.#lost.push(payment);
    }
    this.changed.notifyAll();
  }

  #become(payment: Active, state: PaymentState): void {
    assert(mayBecome(payment.state.kind, state.kind), `${payment.state.kind} → ${state.kind}`);
    payment.state = state;
  }

  async #finish(payment: Active, state: PaymentState): Promise<void> {
    this.#become(payment, state);
    this.#landed(payment);
    // Until the journal has it, a second request of this id finds it here.
    await this.#commit(payment);
    if (this.#active.get(payment.id) === payment) this.#active.delete(payment.id);
  }

  #landed(payment: Active): void {
    this.#inFlight.delete(payment);
    for (const { waitsFor, clear } of this.#barriers) {
      if (waitsFor.delete(payment) && waitsFor.size === 0) clear.set();
    }
  }

  async #commit(payment: Active): Promise<void> {
    this.#check();
    const { id, amountMinor, acceptedAtMs, state, attempts } = payment;
    try {
      // A caller that goes away meanwhile does not stop what the journal has begun.
      await shield(() =>
        this.#journal.commit([{ id, amountMinor, acceptedAtMs, state, attempts }]),
      );
    } catch (cause) {
      this.#failure ??= cause;
      // Whoever waits for it is told by #check.
      payment.durable.set();
      throw new PaymentsError("JOURNAL", "The journal failed", { cause });
    }
  }

  #check(): void {
    if (this.#failure === undefined) return;
    throw new PaymentsError("JOURNAL", "The journal failed", { cause: this.#failure });
  }

  /** Never goes back, whatever the clock does. */
  #stamp(): number {
    return (this.#lastStampMs = Math.max(this.#lastStampMs, Math.floor(wallClock())));
  }
}

/** Where a dispatched or unknown payment is, and since when. */
export function pinOf(payment: Active): Pin {
  const { state } = payment;
  assert("requestedAtMs" in state, `a payment that is ${state.kind} is at no processor`);
  return { processor: state.processor, requestedAtMs: state.requestedAtMs };
}

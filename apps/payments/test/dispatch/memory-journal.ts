/**
 * A journal in memory that takes its time and, when the program crashes, keeps what had become durable and
 * any beginning of what was on its way.
 */
import { sleep, type Group, type Task } from "@hotpath/runtime";
import type { Journal, SettledBatch } from "../../src/ledger/journal.ts";
import type { Payment, PaymentId } from "../../src/payment/payment.ts";

type Change = readonly Payment[] | "clear";

export class MemoryJournal implements Journal {
  readonly #newest = new Map<PaymentId, Payment>();
  readonly #onTheWay: Change[] = [];
  readonly #world: Group;
  readonly #syncMs: () => number;
  #syncing: Task<void> | undefined = undefined;

  /** Syncs are tasks of `world`: they go on when whoever asked for one is gone. */
  constructor(world: Group, syncMs: () => number) {
    this.#world = world;
    this.#syncMs = syncMs;
  }

  commit(payments: readonly Payment[]): Promise<void> {
    return this.#append(payments);
  }

  clear(): Promise<void> {
    return this.#append("clear");
  }

  /** What a program that starts after a crash finds: the first `kept` changes on the way became durable. */
  crash(kept: (onTheWay: number) => number): MemoryJournal {
    const found = new MemoryJournal(this.#world, this.#syncMs);
    for (const payment of this.#newest.values()) found.#newest.set(payment.id, payment);
    for (const change of this.#onTheWay.slice(0, kept(this.#onTheWay.length))) found.#apply(change);
    return found;
  }

  find(id: PaymentId): Payment | undefined {
    return this.#newest.get(id);
  }

  async *active(): AsyncIterable<Payment> {
    const kinds = new Set(["accepted", "dispatched", "unknown"]);
    yield* [...this.#newest.values()].filter(({ state }) => kinds.has(state.kind));
  }

  async *dead(): AsyncIterable<Payment> {
    yield* [...this.#newest.values()].filter(({ state }) => state.kind === "dead");
  }

  async *settled(): AsyncIterable<SettledBatch> {
    for (const { amountMinor, state } of this.#newest.values()) {
      if (state.kind !== "settled") continue;
      yield {
        length: 1,
        requestedAtMs: Float64Array.of(state.requestedAtMs),
        amountMinor: Float64Array.of(amountMinor),
        processor: Uint8Array.of(state.processor),
      };
    }
  }

  /** Group commit: what comes while a sync is on its way is covered by the next one. */
  async #append(change: Change): Promise<void> {
    this.#onTheWay.push(change);
    while (this.#onTheWay.includes(change)) {
      this.#syncing ??= this.#world.spawn(() => this.#sync());
      await this.#syncing;
    }
  }

  async #sync(): Promise<void> {
    const count = this.#onTheWay.length;
    await sleep(this.#syncMs());
    for (const change of this.#onTheWay.splice(0, count)) this.#apply(change);
    this.#syncing = undefined;
  }

  #apply(change: Change): void {
    if (change === "clear") this.#newest.clear();
    else for (const payment of change) this.#newest.set(payment.id, payment);
  }
}

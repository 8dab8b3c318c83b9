/**
 * The journal on the storage engine: payments by id, in one of three tables.
 *
 *     active    accepted, dispatched, unknown: read when the service starts
 *     settled   read when the service starts, for the summary
 *     closed    rejected and dead
 *
 * A payment is in one table only; moving it is one transaction.
 */
import { shield } from "@hotpath/runtime";
import { open, ordered, type Database, type Disk, type Transaction } from "@hotpath/storage";
import type { Payment, PaymentId } from "../payment/payment.ts";
import type { Journal, SettledBatch } from "./journal.ts";
import { decodePayment, encodeId, encodePayment } from "./payment-record.ts";

const ACTIVE = ordered("active");
const SETTLED = ordered("settled");
const CLOSED = ordered("closed");
const TABLES = [ACTIVE, SETTLED, CLOSED] as const;
const BATCH = 4096;

export class StorageJournal implements Journal, AsyncDisposable {
  readonly #database: Database;

  private constructor(database: Database) {
    this.#database = database;
  }

  /** `disk`: another than the host's, for simulations. */
  static async open(folder: string, disk?: Disk): Promise<StorageJournal> {
    const options = disk === undefined ? {} : { disk };
    return new StorageJournal(await open(folder, { tables: TABLES, ...options }));
  }

  async commit(payments: readonly Payment[]): Promise<void> {
    await this.#database.transaction((transaction) => {
      for (const payment of payments) put(transaction, payment);
    });
  }

  find(id: PaymentId): Payment | undefined {
    const key = encodeId(id);
    for (const table of TABLES) {
      const value = this.#database.table(table).get(key);
      if (value !== undefined) return decodePayment(key, value);
    }
    return undefined;
  }

  async *active(): AsyncIterable<Payment> {
    using snapshot = this.#database.snapshot();
    const found: Payment[] = [];
    for (const [key, value] of snapshot.table(ACTIVE).range())
      found.push(decodePayment(key, value));
    yield* found.sort((a, b) => a.acceptedAtMs - b.acceptedAtMs);
  }

  async *dead(): AsyncIterable<Payment> {
    using snapshot = this.#database.snapshot();
    for (const [key, value] of snapshot.table(CLOSED).range()) {
      const payment = decodePayment(key, value);
      if (payment.state.kind === "dead") yield payment;
    }
  }

  async *settled(): AsyncIterable<SettledBatch> {
    const requestedAtMs = new Float64Array(BATCH);
    const amountMinor = new Float64Array(BATCH);
    const processor = new Uint8Array(BATCH);
    const columns = { requestedAtMs, amountMinor, processor };
    using snapshot = this.#database.snapshot();
    let length = 0;
    for (const [key, value] of snapshot.table(SETTLED).range()) {
      const payment = decodePayment(key, value);
      if (payment.state.kind !== "settled") continue;
      requestedAtMs[length] = payment.state.requestedAtMs;
      processor[length] = payment.state.processor;
      amountMinor[length++] = payment.amountMinor;
      if (length < BATCH) continue;
      yield { length, ...columns };
      length = 0;
    }
    yield { length, ...columns };
  }

  async clear(): Promise<void> {
    await this.#database.transaction((transaction) => {
      for (const table of TABLES) transaction.table(table).clear();
    });
  }

  /** Waits for what is on its way. */
  async [Symbol.asyncDispose](): Promise<void> {
    await shield(() => this.#database.close());
  }
}

function put(transaction: Transaction, payment: Payment): void {
  const key = encodeId(payment.id);
  const { kind } = payment.state;
  const isActive = kind === "accepted" || kind === "dispatched" || kind === "unknown";
  if (isActive) {
    // Only a dead payment comes back.
    transaction.table(CLOSED).delete(key);
    transaction.table(ACTIVE).put(key, encodePayment(payment));
    return;
  }
  transaction.table(ACTIVE).delete(key);
  transaction.table(kind === "settled" ? SETTLED : CLOSED).put(key, encodePayment(payment));
}

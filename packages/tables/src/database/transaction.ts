/** Transactions that are tried again when PostgreSQL could not serialise them. */
import type { IsolationLevel, Kysely, Transaction } from "kysely";
import { TablesError } from "../errors.ts";

export interface TransactionOptions {
  /** @default the server's, "read committed" */
  readonly isolation?: Exclude<IsolationLevel, "snapshot">;
  readonly readOnly?: boolean;
  /** How often the whole body is run again after a serialization failure or deadlock. @default 0 */
  readonly retries?: number;
}

/**
 * Runs `body` in a transaction: committed when it resolves, rolled back when it throws. With
 * `retries`, a body must be safe to run again: no effects outside the transaction.
 */
export async function transaction<Schema, Value>(
  db: Kysely<Schema>,
  options: TransactionOptions,
  body: (trx: Transaction<Schema>) => Promise<Value>,
): Promise<Value> {
  const retries = options.retries ?? 0;
  for (let attempt = 0; ; attempt++) {
    try {
      let builder = db.transaction();
      if (options.isolation !== undefined) builder = builder.setIsolationLevel(options.isolation);
      if (options.readOnly === true) builder = builder.setAccessMode("read only");
      return await builder.execute(body);
    } catch (error) {
      const again = error instanceof TablesError && error.code === "SERIALIZATION_FAILURE";
      if (!again || attempt >= retries) throw error;
    }
  }
}

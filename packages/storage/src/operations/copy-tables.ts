/** Copies tables from a snapshot into another database, in transactions of about a megabyte. */
import { checkCancelled } from "@hotpath/runtime";
import type { Database } from "../database/database.ts";
import type { Snapshot } from "../database/snapshot.ts";
import type { TableDefinition } from "../engine/engine.ts";
import { orderedKind } from "../ordered/ordered-engine.ts";
import { seriesKind } from "../series/series-engine.ts";
import type { SeriesReads } from "../series/series-reads.ts";
import type { SeriesWrites } from "../series/series-writes.ts";
import { unknownKind } from "./dump.ts";
import type { OrderedReads } from "../ordered/ordered-reads.ts";
import type { OrderedWrites } from "../ordered/ordered-writes.ts";
import type { Progress } from "./stored-database.ts";

const BATCH_BYTES = 1 << 20;

/** Entries on their way into an ordered table. */
export class OrderedBatch {
  readonly #into: Database;
  readonly #table: TableDefinition;
  #entries: [Uint8Array, Uint8Array][] = [];
  #bytes = 0;
  #written: Promise<void> = Promise.resolve();
  count = 0;

  constructor(into: Database, table: TableDefinition) {
    this.#into = into;
    this.#table = table;
  }

  /** Answers a promise when it is time to wait. */
  put(key: Uint8Array, value: Uint8Array): Promise<void> | undefined {
    this.#entries.push([key, value]);
    this.#bytes += key.length + value.length;
    this.count++;
    return this.#bytes < BATCH_BYTES ? undefined : this.flush();
  }

  /** Begins to write what was put, after waiting for what was begun before. */
  async flush(): Promise<void> {
    const entries = this.#entries;
    this.#entries = [];
    this.#bytes = 0;
    await this.#written;
    this.#written = this.#into.transaction((transaction) => {
      const table = transaction.table(this.#table) as OrderedWrites;
      for (const [key, value] of entries) table.put(key, value);
    });
    // Whoever waits next is told of a failure.
    this.#written.catch(() => {});
  }

  async end(): Promise<void> {
    await this.flush();
    await this.#written;
  }
}

export async function copyTables(
  snapshot: Snapshot,
  tables: readonly TableDefinition[],
  into: Database,
  progress?: Progress,
): Promise<number> {
  let copied = 0;
  for (const table of tables) {
    if (table.kind === seriesKind) {
      copied += await copySeries(snapshot, table, into, progress);
      continue;
    }
    if (table.kind !== orderedKind) throw unknownKind("copy", table);
    const reads = snapshot.table(table) as OrderedReads;
    const batch = new OrderedBatch(into, table);
    for (const [key, value] of reads.range()) {
      const full = batch.put(key, value);
      if (full === undefined) continue;
      await full;
      checkCancelled();
      progress?.(batch.count, reads.size, table.name);
    }
    await batch.end();
    progress?.(batch.count, Math.max(1, reads.size), table.name);
    copied += batch.count;
  }
  return copied;
}

/** Rows of a transaction of a copied series. */
const BATCH_ROWS = 2000;

async function copySeries(
  snapshot: Snapshot,
  table: TableDefinition,
  into: Database,
  progress: Progress | undefined,
): Promise<number> {
  let rows: object[] = [];
  let copied = 0;
  const write = async (): Promise<void> => {
    const batch = rows;
    rows = [];
    await into.transaction((transaction) => {
      const writes = transaction.table(table) as SeriesWrites;
      for (const row of batch) writes.put(row as never);
    });
    copied += batch.length;
    checkCancelled();
    progress?.(copied, copied + 1, table.name);
  };
  for (const row of (snapshot.table(table) as SeriesReads).rows()) {
    rows.push(row);
    if (rows.length === BATCH_ROWS) await write();
  }
  if (rows.length > 0) await write();
  return copied;
}

/** What a transaction is while its function runs. */
import { StorageError } from "../errors.ts";
import type { CommitNumber, RecordSink, TableDefinition } from "../engine/engine.ts";
import type { Log } from "../log/log.ts";
import type { Tables } from "./snapshot.ts";

/** Changes several tables at once: all of it happens, or nothing. Usable until its function returns. */
export interface Transaction {
  table<Reads, Writes>(definition: TableDefinition<Reads, Writes>): Writes;
}

/** Where engines put records: the log's buffer, while a transaction runs. */
export class TransactionRecords implements RecordSink {
  turn = 0;
  #log: Log | undefined = undefined;

  get #running(): Log {
    if (this.#log !== undefined) return this.#log;
    throw new StorageError("CLOSED", "Tables are changed inside of a transaction only");
  }

  get bytes(): Uint8Array {
    return this.#running.buffer.bytes;
  }

  get view(): DataView {
    return this.#running.buffer.view;
  }

  get commit(): CommitNumber {
    return this.#running.nextCommit;
  }

  append(type: number, table: number, sizeBytes: number): number {
    return this.#running.buffer.append(type, table, sizeBytes);
  }

  /** Runs a function during which records are taken; what it appended is taken out again when it throws. */
  during<T>(log: Log, body: () => T): T {
    if (this.#log !== undefined) throw new TypeError("Transactions do not nest");
    this.#log = log;
    this.turn++;
    try {
      return body();
    } catch (error) {
      log.buffer.rollback();
      throw error;
    } finally {
      this.#log = undefined;
    }
  }
}

/** The one Transaction object of a database. */
export class TableWrites implements Transaction {
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  table<Reads, Writes>(definition: TableDefinition<Reads, Writes>): Writes {
    const { engine, number } = this.#tables.entry(definition);
    return engine.writes(number) as Writes;
  }
}

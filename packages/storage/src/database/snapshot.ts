/** The database at one commit, for as long as it is open. */
import { StorageError } from "../errors.ts";
import type {
  CommitNumber,
  Engine,
  ReadEngine,
  SnapshotView,
  TableDefinition,
  TableNumber,
} from "../engine/engine.ts";
import type { SharedState } from "./shared-state.ts";

/** A table that is open: which engine has it, and where its roots stand among all. */
export interface TableEntry<E extends ReadEngine = Engine> {
  readonly number: TableNumber;
  readonly definition: TableDefinition;
  readonly engine: E;
  readonly firstRoot: number;
  readonly rootCount: number;
}

/** The tables that are open. */
export class Tables<E extends ReadEngine = Engine> {
  readonly all: readonly TableEntry<E>[];
  readonly #byNumber: (TableEntry<E> | undefined)[] = [];
  readonly #byDefinition = new Map<TableDefinition, TableEntry<E>>();

  constructor(all: readonly TableEntry<E>[]) {
    this.all = all;
    for (const entry of all) {
      this.#byNumber[entry.number] = entry;
      this.#byDefinition.set(entry.definition, entry);
    }
  }

  /** Of a record in the log. */
  at(number: TableNumber): TableEntry<E> {
    const entry = this.#byNumber[number];
    if (entry !== undefined) return entry;
    throw new StorageError("CORRUPT", `A record is of table ${number}, which does not exist`);
  }

  entry(definition: TableDefinition): TableEntry<E> {
    const entry = this.#byDefinition.get(definition);
    if (entry !== undefined) return entry;
    throw new TypeError(`Table ${definition.name} is not one that the database was opened with`);
  }

  /** Where a table's root stands among all roots. */
  rootAt(table: TableNumber, index: number): number {
    return this.at(table).firstRoot + index;
  }
}

export class Snapshot implements SnapshotView, Disposable {
  readonly commit: CommitNumber;
  readonly #roots: Float64Array;
  readonly #slot: number;
  readonly #state: SharedState;
  readonly #tables: Tables<ReadEngine>;
  #open = true;

  /** Made by `database.snapshot()`. */
  constructor(state: SharedState, tables: Tables<ReadEngine>) {
    this.#state = state;
    this.#tables = tables;
    this.#roots = new Float64Array(state.rootCount);
    this.#slot = state.pin(this.#roots);
    this.commit = state.pinnedCommit(this.#slot);
  }

  root(table: TableNumber, index: number): number {
    return this.#roots[this.#tables.rootAt(table, index)]!;
  }

  /** The table as it is in this snapshot. What it answers must not be used after `close`. */
  table<Reads, Writes>(definition: TableDefinition<Reads, Writes>): Reads {
    const { engine, number } = this.#tables.entry(definition);
    return engine.reads(number, () => this.#here()) as Reads;
  }

  #here(): this {
    if (this.#open) return this;
    throw new StorageError("CLOSED", "The snapshot is closed");
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#state.unpin(this.#slot);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

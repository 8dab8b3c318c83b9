/**
 * What the database asks of a kind of table (series, ordered). All calls come from the writer's thread.
 *
 *     transaction ── writes() validates ──> records ──> apply (at once, in commit order)
 *                                              └──> log ── durable ──> publish ──> visible to snapshots
 *     recovery    ── records from the log ──> apply ──> publish
 *
 * Invariants:
 * 1. `apply` runs when the transaction commits, before its records are durable, so that the next transaction
 *    is validated against it. What no published commit covers must not be shown to a snapshot.
 * 2. `root` is called when a group of commits is complete. What is applied later must not change what these
 *    roots show (a tree copies what it changes from then on).
 * 3. `checkpoint` takes the state of the moment of the call: all that has been applied, nothing that is
 *    applied while its promise is pending. What it answers is all that `restore` gets.
 * 4. Pages that the state given at the last `checkpoint` that was followed by `checkpointed` reaches, or that a
 *    snapshot at or after `snapshots.horizon()` reaches, are not used for anything else.
 */
import type { Disk } from "../disk/disk.ts";
import type { SharedPool } from "../pool/shared-pool.ts";

/** The number of a commit: 1, 2, 3, …, without holes; below 2^53. */
export type CommitNumber = number;

/** The number of a table in this database, from 1; below 65536. It never means another table. */
export type TableNumber = number;

/** One record as it stands in the log. The object and the bytes are valid during the call only. */
export interface LogRecord {
  /** Which of the kind's records it is: the numbers are the kind's own, below 65536. */
  readonly type: number;
  readonly table: TableNumber;
  /** The payload is bytes[at, at + sizeBytes); `at` is a multiple of 8. `view` is on the same memory. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly at: number;
  readonly sizeBytes: number;
}

/**
 * A table as a program declares it. `Reads` and `Writes` are what the database's `table(definition)` and the
 * transaction's answer: a definition function of the kind says which.
 */
export interface TableDefinition<Reads = unknown, Writes = unknown> {
  readonly name: string;
  readonly kind: TableKind;
  /** What is stored about the table, as JSON, and handed to `kind.compatible` when it is opened again. */
  readonly schema: unknown;
  /** Never there: carries the types. */
  readonly declares?: { readonly reads: Reads; readonly writes: Writes };
}

/** One object per kind: it is how a database comes to its engines. */
export interface TableKind {
  /** "series", "ordered": the name of its part of the manifest. */
  readonly name: string;
  createEngine(host: EngineHost): Engine;
  /** For threads that only read. A kind without it cannot be read there. */
  attach?(host: ReaderHost): ReadEngine;
  /** Why the stored table cannot be used as declared; undefined when it can. */
  incompatible?(stored: unknown, declared: unknown): string | undefined;
}

export interface OpenTable {
  readonly number: TableNumber;
  readonly definition: TableDefinition;
}

/** What the database gives an engine. */
export interface EngineHost {
  readonly disk: Disk;
  /** Made when an engine first asks for it. */
  readonly pool: SharedPool;
  /** All tables of the kind. */
  readonly tables: readonly OpenTable[];
  /** Where `writes` puts records; outside a transaction it refuses. */
  readonly records: RecordSink;
  readonly snapshots: SnapshotHorizon;
}

export interface SnapshotHorizon {
  /** The newest commit that snapshots may see. */
  readonly published: CommitNumber;
  /** No snapshot that is open or will be opened, here or on another thread, is older than this commit. */
  horizon(): CommitNumber;
}

/** The end of the log's buffer. `bytes` and `view` may be others after each `append`. */
export interface RecordSink {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** The commit that the running transaction will be. */
  readonly commit: CommitNumber;
  /** Another number each time that a transaction's function begins. */
  readonly turn: number;
  /** Adds a record whose payload the caller fills in at the answered offset, a multiple of 8, at once. */
  append(type: number, table: TableNumber, sizeBytes: number): number;
}

/** Where a snapshot stands: what `reads` is given. */
export interface SnapshotView {
  readonly commit: CommitNumber;
  /** What `Engine.root` answered for this commit. */
  root(table: TableNumber, index: number): number;
}

/** What a thread that only reads needs of an engine. */
export interface ReadEngine {
  /** What programs read with. `view()` is where to read now: a snapshot's place, or the latest published. */
  reads(table: TableNumber, view: () => SnapshotView): unknown;
  close?(): Promise<void>;
}

/** What a reader's thread gives a kind of table. */
export interface ReaderHost {
  readonly pool: SharedPool;
  /** All tables of the kind, each with what the engine's `handle` answered. */
  readonly tables: readonly (OpenTable & { readonly handle: unknown })[];
}

export interface Engine extends ReadEngine {
  /** Applies one record, in memory. It was validated when it was made, so that it cannot fail but by corruption. */
  apply(record: LogRecord, commit: CommitNumber): void;
  /** How many numbers a snapshot needs of a table. Fixed while the database is open; at most 64. */
  rootCount(table: TableNumber): number;
  /** Root page of a tree, number of rows of a series, …: a whole number below 2^53. */
  root(table: TableNumber, index: number): number;
  /** Makes everything applied so far durable in page files; the answer goes into the manifest. */
  checkpoint(): Promise<Uint8Array>;
  /** After a commit: what to wait for before the next one, when too much that is not written is in memory. */
  backlog?(): Promise<void> | undefined;
  /** The manifest with the state of the last `checkpoint` is durable. */
  checkpointed?(): void;
  /** Takes up what `checkpoint` answered. Before any other call; not called for a new database. */
  restore(state: Uint8Array): void;
  /** What a transaction writes with; one object for all transactions. It reads what has been applied. */
  writes(table: TableNumber): unknown;
  /** What another thread needs to read the table, besides roots and pool; it is cloned. Default: nothing. */
  handle?(table: TableNumber): unknown;
}

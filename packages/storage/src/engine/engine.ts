/**
 * What the database asks of a kind of table (series, ordered). All calls come from the writer's thread.
 *
 *     transaction ──validate──> records ──log──> apply (in commit order) ──publish──> visible
 *     recovery:                 records ──read from the log──> apply ──publish──> visible
 */

/** The number of a commit: 1, 2, 3, …, without holes; below 2^53. */
export type CommitNumber = number;

/** The bytes of one record as they stand in the log, valid during the call only. */
export interface LogRecord {
  readonly type: number;
  readonly table: number;
  readonly payload: Uint8Array;
}

export interface Engine {
  /** Applies one record, in memory. It was validated when it was made, so that it cannot fail but by corruption. */
  apply(record: LogRecord, commit: CommitNumber): void;
  /**
   * The root that a snapshot at this moment needs: page number of a tree, number of rows of a series, …
   * Stored by the database when it publishes, in shared memory, one 64-bit value per table.
   */
  root(table: number): number;
  /** Makes everything applied so far durable in page files; the answer goes into the manifest. */
  checkpoint(): Promise<Uint8Array>;
  /** Takes up what `checkpoint` answered. */
  restore(state: Uint8Array): void;
}

/**
 * An open database, in the thread that writes.
 *
 *     transaction(fn) ─ door ─> fn appends records ─> apply ─> group ─> durable ─> publish ─> resolve
 *
 * Transactions run one after another, each to its end within one call of its function. The door is shut while the
 * log has no room: the transaction that needs it has not been applied, and those who come wait behind it.
 */
import type { Disk } from "../disk/disk.ts";
import type { Engine, SnapshotView, TableDefinition } from "../engine/engine.ts";
import { StorageError } from "../errors.ts";
import type { GroupBuffer } from "../log/group-buffer.ts";
import { RecordCursor } from "../log/group-reader.ts";
import { Log } from "../log/log.ts";
import type { ScanResult } from "../log/scan.ts";
import { noSpace, SegmentRing } from "../log/segment-ring.ts";
import { Checkpointer } from "./checkpoint.ts";
import type { Manifest } from "./manifest.ts";
import type { Settings } from "./options.ts";
import type { LazyPool } from "./lazy-pool.ts";
import { Publication } from "./publication.ts";
import { type DatabaseHandle, databaseHandle } from "./reader.ts";
import type { SharedState } from "./shared-state.ts";
import { tellIfSlow } from "./slow-event.ts";
import type { DatabaseStats } from "./stats.ts";
import { Snapshot, type Tables } from "./snapshot.ts";
import { TableWrites, type Transaction, type TransactionRecords } from "./transaction.ts";

export interface DatabaseParts {
  readonly disk: Disk;
  readonly lock: AsyncDisposable;
  readonly settings: Settings;
  readonly pool: LazyPool;
  readonly manifest: Manifest;
  readonly scan: ScanResult;
  readonly records: TransactionRecords;
  readonly state: SharedState;
  readonly engines: ReadonlyMap<string, Engine>;
  readonly tables: Tables;
}

export class Database implements AsyncDisposable {
  readonly #parts: DatabaseParts;
  readonly #log: Log;
  readonly #tables: Tables;
  readonly #writes: TableWrites;
  readonly #cursor = new RecordCursor();
  readonly #publication: Publication;
  readonly #checkpointer: Checkpointer;
  readonly #latest: SnapshotView;
  readonly #relaxed: boolean;
  /** Shut while a transaction waits for room. */
  #door: Promise<void> | undefined = undefined;
  #publishing: Promise<void> | undefined = undefined;
  #closing: Promise<void> | undefined = undefined;

  /** Made by `open`. */
  constructor(parts: DatabaseParts) {
    this.#parts = parts;
    const { disk, settings, scan, state, tables } = parts;
    this.#tables = tables;
    this.#relaxed = settings.durability === "relaxed";
    this.#writes = new TableWrites(tables);
    const publication = new Publication(state, tables.all, scan.end.nextCommit - 1);
    this.#publication = publication;
    this.#latest = {
      get commit() {
        return publication.latest.commit;
      },
      root: (table, index) => publication.latest.values[tables.rootAt(table, index)]!,
    };
    const sizes = { firstBytes: settings.firstSegmentBytes, largestBytes: settings.segmentBytes };
    const grouping = {
      maxDelayMs: settings.groupDelayMs,
      maxBytes: settings.groupBytes,
      inline: settings.flush === "inline",
    };
    this.#log = new Log(new SegmentRing(disk, sizes, scan), scan.end, grouping, {
      written: (ms) => tellIfSlow("log write", ms, settings.slowMs),
      begins: () => this.#checkpointer.reopen(),
      sealed: (commit) => publication.seal(commit),
      durable: (commit) => publication.durable(commit, !this.#relaxed),
      poisoned: () => publication.poison(),
    });
    this.#checkpointer = new Checkpointer(parts, this.#log);
  }

  /**
   * Runs a function that changes tables, at once and alone, and resolves with its result when the durability
   * that was chosen is reached. When the function throws, nothing has happened.
   */
  transaction<T>(body: (transaction: Transaction) => T): Promise<T> {
    if (this.#door !== undefined) return this.#behindDoor(body);
    try {
      return this.#run(body);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  /** Resolves when everything that has been committed so far is durable. */
  get flushed(): Promise<void> {
    return this.#log.flushed;
  }

  /** A view that stays as it is until it is closed. */
  snapshot(): Snapshot {
    this.#checkOpen();
    return new Snapshot(this.#parts.state, this.#tables);
  }

  /** The table as it is at the time of each read. */
  table<Reads, Writes>(definition: TableDefinition<Reads, Writes>): Reads {
    const { engine, number } = this.#tables.entry(definition);
    return engine.reads(number, () => this.#latest) as Reads;
  }

  /** What another thread needs to read this database: `openReader`. */
  get handle(): DatabaseHandle {
    this.#checkOpen();
    const { disk, state, pool } = this.#parts;
    return databaseHandle(disk.folder, state, pool.made, this.#tables);
  }

  /** What it has done since it was opened, and how large it is. */
  stats(): DatabaseStats {
    const { state, pool } = this.#parts;
    const log = this.#log;
    return {
      published: state.published,
      durable: state.durable,
      horizon: state.horizon(),
      snapshots: state.openSnapshots,
      poisoned: log.poison !== undefined,
      checkpoints: this.#checkpointer.count,
      log: {
        files: log.ring.fileCount,
        fileBytes: log.ring.sizeBytes,
        recoveryBytes: this.#checkpointer.logBytes,
        groups: log.groups,
        writtenBytes: log.writtenBytes,
        slowestWriteMs: log.slowestWriteMs,
      },
      pool: pool.made?.stats(),
    };
  }

  /** Writes what has changed to page files and lets the log begin anew. Happens by itself too. */
  async checkpoint(): Promise<void> {
    this.#checkWritable();
    await this.#checkpointer.run();
  }

  /** Waits for what is committed, makes a checkpoint, closes. After a failure of the log it only closes. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #run<T>(body: (transaction: Transaction) => T): Promise<T> {
    this.#checkWritable();
    const log = this.#log;
    const result = this.#parts.records.during(log, () => body(this.#writes));
    if (isThenable(result)) {
      log.buffer.rollback();
      throw new TypeError("A transaction's function must not be async: it runs alone, to its end");
    }
    if (!log.buffer.isRunning) return Promise.resolve(result);
    if (log.hasRoom() && !this.#checkpointer.isBehind) return this.#commit(result);
    return this.#commitWithRoom(log.suspend(), result);
  }

  #commit<T>(result: T): Promise<T> {
    const log = this.#log;
    const { buffer, nextCommit } = log;
    const cursor = this.#cursor.over(buffer.bytes, buffer.view, buffer.committedEnd, buffer.end);
    try {
      while (cursor.next()) this.#tables.at(cursor.table).engine.apply(cursor, nextCommit);
    } catch (error) {
      // The tables in memory may be half changed.
      throw log.fail(error);
    }
    const durable = log.commit();
    this.#checkpointer.consider();
    this.#slowDown();
    if (!this.#relaxed) return durable.then(() => result);
    return this.#publishSoon().then(() => result);
  }

  /** Shuts the door while an engine brings pages to the disk that memory has no more room for. */
  #slowDown(): void {
    for (const engine of this.#parts.engines.values()) {
      const writing = engine.backlog?.();
      if (writing === undefined) continue;
      const door: Promise<void> = writing
        .catch((error: unknown) => {
          // A full disk may have room later: the engine is asked again after the next commit.
          if (!noSpace(error)) this.#log.fail(error);
        })
        .finally(() => {
          if (this.#door === door) this.#door = undefined;
        });
      this.#door = door;
    }
  }

  /** The transactions of one turn become visible together. */
  #publishSoon(): Promise<void> {
    return (this.#publishing ??= Promise.resolve().then(() => {
      this.#publishing = undefined;
      if (this.#log.poison !== undefined) throw this.#log.poison;
      this.#publication.publishApplied(this.#log.nextCommit - 1);
    }));
  }

  async #behindDoor<T>(body: (transaction: Transaction) => T): Promise<T> {
    while (this.#door !== undefined) await this.#door;
    return this.#run(body);
  }

  async #commitWithRoom<T>(held: GroupBuffer, result: T): Promise<T> {
    const room = this.#room(held.bodyBytes);
    this.#door = room.catch(() => {});
    try {
      await room;
      this.#checkWritable();
    } catch (error) {
      this.#log.discard(held);
      throw error;
    } finally {
      this.#door = undefined;
    }
    this.#log.resume(held);
    return this.#commit(result);
  }

  async #room(bodyBytes: number): Promise<void> {
    while (this.#checkpointer.isBehind) {
      this.#checkWritable();
      await this.#checkpointer.run();
    }
    while (!this.#log.fits(bodyBytes)) {
      this.#checkWritable();
      await this.#log.makeRoom(bodyBytes);
    }
  }

  #checkOpen(): void {
    if (this.#closing === undefined) return;
    throw new StorageError("CLOSED", `The database in ${this.#parts.disk.folder} is closed`);
  }

  #checkWritable(): void {
    this.#checkOpen();
    if (this.#log.poison !== undefined) throw this.#log.poison;
  }

  async #close(): Promise<void> {
    const { lock, engines, pool } = this.#parts;
    try {
      await this.#door;
      await this.#checkpointer.finish();
    } finally {
      await this.#log.close();
      for (const engine of engines.values()) await engine.close?.();
      await pool.close();
      await lock[Symbol.asyncDispose]();
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

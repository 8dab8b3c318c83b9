/** Series in a database. */
import type {
  CommitNumber,
  Engine,
  EngineHost,
  LogRecord,
  ReadEngine,
  ReaderHost,
  SnapshotView,
  TableKind,
  TableNumber,
} from "../engine/engine.ts";
import { StorageError } from "../errors.ts";
import { PAGE_BYTES, type Address, type PageNumber } from "../pool/page-pool.ts";
import type { SeriesDefinition } from "./definition.ts";
import { Words } from "./row-view.ts";
import { SeriesCursor, type SeriesPlace } from "./series-cursor.ts";
import { SeriesReads } from "./series-reads.ts";
import { decodeSeriesState, encodeSeriesState } from "./series-state.ts";
import { SeriesTable } from "./series-table.ts";
import { STAGING_BYTES, type SeriesWrites } from "./series-writes.ts";

/** Full pages are written when there are so many, without waiting for a checkpoint: 2 MiB. */
const WRITE_PAGES = 512;
/** Transactions wait when so much of the pool is not written. */
const DIRTY_SHARE = 0.3;
const FULL_SHARE = 0.5;
/** Pages that are read for the index in one turn of the loop: about 1 ms. */
const INDEX_PAGES = 64;
/** How often the tables are asked for full pages: every so many records. */
const LOOK_EVERY = 64;

export class SeriesEngine implements Engine {
  readonly #host: EngineHost;
  readonly #tables = new Map<TableNumber, SeriesTable>();
  readonly #words: Words;
  readonly #staging: Address;
  /** Full pages that are not in their segments yet. */
  #full: PageNumber[] = [];
  #writing: Promise<void> | undefined = undefined;
  #indexing: NodeJS.Immediate | undefined = undefined;
  #generation = 0;
  #records = 0;

  constructor(host: EngineHost) {
    this.#host = host;
    this.#words = new Words(host.pool);
    this.#staging = host.pool.reserve(STAGING_BYTES / PAGE_BYTES);
  }

  #table(number: TableNumber): SeriesTable {
    let table = this.#tables.get(number);
    if (table !== undefined) return table;
    const open = this.#host.tables.find((candidate) => candidate.number === number);
    if (open === undefined) throw new StorageError("CORRUPT", `Table ${number} is not a series`);
    table = new SeriesTable(this.#host, open, this.#words);
    this.#tables.set(number, table);
    return table;
  }

  apply(record: LogRecord, commit: CommitNumber): void {
    this.#table(record.table).apply(record, commit, this.#staging);
    if (++this.#records % LOOK_EVERY === 0) this.#writeFull(WRITE_PAGES);
    // Recovery, or one large transaction: nobody waits for the writing that is under way.
    if (this.#host.pool.dirtyShare > FULL_SHARE) this.#writeNow();
  }

  #writeNow(): void {
    this.#collect();
    this.#host.pool.writeSync(this.#full);
    this.#full = [];
  }

  backlog(): Promise<void> | undefined {
    const { pool } = this.#host;
    if (pool.dirtyShare < DIRTY_SHARE) return undefined;
    if (this.#writing === undefined) this.#writeFull(1);
    return this.#writing;
  }

  /** Begins to write what is full, so that frames can be had when they are needed. */
  #writeFull(least: number): void {
    this.#collect();
    if (this.#full.length < least || this.#writing !== undefined) return;
    const pages = this.#full;
    this.#full = [];
    this.#writing = this.#host.pool.write(pages, { recent: true, unsynced: true }).then(
      () => {
        this.#writing = undefined;
      },
      () => {
        // The next checkpoint tries again, and tells.
        this.#full = [...pages, ...this.#full];
        this.#writing = undefined;
      },
    );
  }

  #collect(): void {
    for (const table of this.#tables.values()) {
      for (const page of table.takeFullPages()) this.#full.push(page);
    }
  }

  /** Rows know their commits: a snapshot needs nothing else. */
  rootCount(): number {
    return 0;
  }

  root(): number {
    return 0;
  }

  async checkpoint(): Promise<Uint8Array> {
    const { pool, disk } = this.#host;
    const generation = ++this.#generation;
    this.#collect();
    const tables = [...this.#tables.values()].map((table) => table.checkpoint(generation));
    const pages = this.#full;
    this.#full = [];
    try {
      await this.#writing;
      await pool.write(pages, { recent: true });
      for (const { sides } of tables) {
        for (const { name, content } of sides) await disk.replace(name, content);
      }
    } catch (error) {
      this.#full = [...pages, ...this.#full];
      throw error;
    }
    return encodeSeriesState({ generation, tables: tables.map(({ state }) => state) });
  }

  checkpointed(): void {
    for (const table of this.#tables.values()) {
      const { segments, files } = table.takeGarbage();
      void this.#remove(segments, files);
    }
  }

  /** What cannot be removed now is not in the manifest: it takes room, and does no harm. */
  async #remove(segments: readonly PageNumber[], files: readonly string[]): Promise<void> {
    const { pool, disk } = this.#host;
    for (const first of segments) await pool.releaseSegment(first).catch(() => {});
    for (const file of files) await disk.remove(file).catch(() => {});
  }

  restore(bytes: Uint8Array): void {
    const { generation, tables } = decodeSeriesState(bytes);
    this.#generation = generation;
    for (const state of tables) {
      const open = this.#host.tables.find(({ number }) => number === state.table);
      if (open === undefined) {
        throw new StorageError(
          "CORRUPT",
          `The manifest has a series ${state.table} that is no table`,
        );
      }
      this.#tables.set(state.table, new SeriesTable(this.#host, open, this.#words, state));
    }
    this.#indexLater();
  }

  /**
   * Opening reads no rows: their keys enter the index afterwards, the youngest first, between what else there is
   * to do. A key that is not found before that is done has it done at once, run by run, until it is.
   */
  #indexLater(): void {
    this.#indexing = setImmediate(() => {
      this.#indexing = undefined;
      try {
        let more = false;
        for (const table of this.#tables.values()) more = table.indexSome(INDEX_PAGES) || more;
        if (more) this.#indexLater();
      } catch {
        // Who needs the page that cannot be read is told so.
      }
    }).unref();
  }

  reads(table: TableNumber, view: () => SnapshotView): SeriesReads {
    const { place, shared } = this.#table(table);
    return new SeriesReads(place, view, shared);
  }

  writes(table: TableNumber): SeriesWrites {
    return this.#table(table).writes;
  }

  /** Address of the control block. */
  handle(table: TableNumber): number {
    return this.#table(table).place.control;
  }

  async close(): Promise<void> {
    clearImmediate(this.#indexing);
    await this.#writing;
    for (const table of this.#tables.values()) table.close();
  }
}

/** Series on a thread that only reads. */
class SeriesReadEngine implements ReadEngine {
  readonly #places = new Map<TableNumber, { place: SeriesPlace; shared: SeriesCursor }>();

  constructor({ pool, tables }: ReaderHost) {
    const words = new Words(pool);
    for (const { number, definition, handle } of tables) {
      const { layout, name } = definition as SeriesDefinition;
      const place = { pool, words, layout, control: handle as Address, name };
      this.#places.set(number, { place, shared: new SeriesCursor(place, 0) });
    }
  }

  reads(table: TableNumber, view: () => SnapshotView): SeriesReads {
    const { place, shared } = this.#places.get(table)!;
    return new SeriesReads(place, view, shared);
  }

  close(): Promise<void> {
    for (const { shared } of this.#places.values()) shared[Symbol.dispose]();
    return Promise.resolve();
  }
}

/** Rows with a time, in column pages. */
export const seriesKind: TableKind = {
  name: "series",
  createEngine: (host) => new SeriesEngine(host),
  attach: (host) => new SeriesReadEngine(host),
};

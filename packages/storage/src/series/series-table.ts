/**
 * One series in the writer's thread: what is applied to it, and what a checkpoint keeps of it.
 *
 * Full pages are written once, soon after they have filled. The page that is being filled goes into the manifest
 * itself, so that no page in a segment is ever written over.
 */
import { randomBytes } from "node:crypto";
import type { Disk } from "../disk/disk.ts";
import type { EngineHost, LogRecord, OpenTable } from "../engine/engine.ts";
import { StorageError } from "../errors.ts";
import { SERIES_HEADER } from "../page/header.ts";
import { MEMORY_MAP } from "../pool/memory-map.ts";
import { PAGE_BYTES, type Address, type PageNumber } from "../pool/page-pool.ts";
import { segmentOf } from "../pool/segment-files.ts";
import type { SharedPool } from "../pool/shared-pool.ts";
import { BATCH_HEADER_BYTES } from "./batch-encoder.ts";
import type { SeriesDefinition } from "./definition.ts";
import { freeLate, lateBytes, restoreLate } from "./late-rows.ts";
import type { Words } from "./row-view.ts";
import { SeriesCursor, type SeriesPlace } from "./series-cursor.ts";
import { SeriesMemory } from "./series-memory.ts";
import { RECORD_TYPE } from "./series-record.ts";
import type { RunState, TableState } from "./series-state.ts";
import { SeriesWrites } from "./series-writes.ts";
import { decodeSide, encodeSide, sideName, type SideContent } from "./side-file.ts";
import { RUN, TABLE } from "./table-map.ts";

interface Side {
  /** Of the file that is in the manifest; 0 when there is none. */
  generation: number;
  lateRows: number;
}

/** What a checkpoint of a table has to write besides what it answers. */
export interface TableCheckpoint {
  readonly state: TableState;
  readonly sides: readonly { readonly name: string; readonly content: Uint8Array }[];
}

export class SeriesTable {
  readonly place: SeriesPlace;
  readonly shared: SeriesCursor;
  readonly writes: SeriesWrites;
  readonly #memory: SeriesMemory;
  readonly #host: EngineHost;
  readonly #definition: SeriesDefinition;
  readonly #number: number;
  readonly #seed: bigint;
  readonly #sides: Side[] = [];
  #tail = 0;
  #dropped: PageNumber[] = [];
  #stale: string[] = [];

  constructor(
    host: EngineHost,
    { number, definition }: OpenTable,
    words: Words,
    state?: TableState,
  ) {
    const { pool } = host;
    this.#host = host;
    this.#number = number;
    this.#definition = definition as SeriesDefinition;
    const { layout, name } = this.#definition;
    this.#seed = state === undefined ? randomBytes(8).readBigUInt64LE() : BigInt(state.seed);
    this.#memory = new SeriesMemory(pool, name, number, layout, this.#seed, () =>
      host.snapshots.horizon(),
    );
    this.place = {
      pool,
      words,
      layout,
      control: this.#memory.control,
      name,
      indexMore: () => this.#memory.indexRun(),
    };
    this.shared = new SeriesCursor(this.place, 0);
    const cursor = new SeriesCursor(this.place, 0);
    this.writes = new SeriesWrites(number, name, layout, host.records, cursor);
    if (state !== undefined) this.#restore(state);
  }

  get #pool(): SharedPool {
    return this.#memory.pool;
  }

  /** `staging`: where a record's batch may be put in shared memory. */
  apply({ type, bytes, view, at, sizeBytes }: LogRecord, commit: number, staging: Address): void {
    if (type === RECORD_TYPE.end) {
      const word = (k: number): number => view.getInt32(at + 4 * k, true);
      this.#memory.end(word(0), word(1), word(2), word(3), commit);
      return;
    }
    if (type !== RECORD_TYPE.rows) {
      throw new StorageError("CORRUPT", `A record of ${this.#definition.name} has type ${type}`);
    }
    const batch = bytes.subarray(at + BATCH_HEADER_BYTES, at + sizeBytes);
    this.#pool.bytes.set(batch, staging);
    this.#memory.append(staging, view.getUint32(at, true), view.getUint32(at + 4, true), commit);
    const tail = this.#memory.word(TABLE.tailPage);
    if (tail !== this.#tail) {
      this.#tail = tail;
      this.#pool.kernel.settlePages(this.#memory.control, this.#host.snapshots.published);
    }
  }

  /** Enters some more rows into the index, after an opening; false when it has all. */
  indexSome(pages: number): boolean {
    if (this.#memory.isIndexing) this.#memory.indexRun(pages);
    return this.#memory.isIndexing;
  }

  /** Full pages that nobody has written yet. */
  takeFullPages(): PageNumber[] {
    return this.#memory.takeFullPages();
  }

  /** The state of this moment. */
  checkpoint(generation: number): TableCheckpoint {
    this.#dropOld();
    const { view } = this.#pool;
    const runs: RunState[] = [];
    const sides: { name: string; content: Uint8Array }[] = [];
    const count = this.#memory.word(TABLE.runCount);
    for (let k = this.#memory.word(TABLE.runFirst); k < count; k++) {
      const run = this.#memory.run(k);
      const first = view.getUint32(run + RUN.page, true);
      const side = (this.#sides[k] ??= { generation: 0, lateRows: 0 });
      const late = view.getUint32(run + RUN.lateRows, true);
      if (this.#memory.takeMapChange(first) || late !== side.lateRows) {
        if (side.generation !== 0) this.#stale.push(sideName(segmentOf(first), side.generation));
        side.generation = generation;
        side.lateRows = late;
        const name = sideName(segmentOf(first), generation);
        sides.push({ name, content: encodeSide(this.#sideContent(run, first)) });
      }
      runs.push({
        first,
        pages: view.getUint32(run + RUN.pages, true),
        time: String(view.getBigInt64(run + RUN.time, true)),
        side: side.generation,
      });
    }
    const state: TableState = {
      table: this.#number,
      seed: String(this.#seed),
      lastTime: String(view.getBigInt64(this.#memory.control + TABLE.lastTime, true)),
      rows: view.getFloat64(this.#memory.control + TABLE.rows, true),
      runs,
      tail: this.#tailImage(),
    };
    return { state, sides };
  }

  #sideContent(run: Address, first: PageNumber): SideContent {
    const map = this.#memory.mapOf(first);
    const { bytes } = this.#pool;
    return {
      map: map === undefined ? undefined : bytes.slice(map, map + this.#memory.mapBytes),
      late: lateBytes(this.#pool, run),
    };
  }

  #tailImage(): Uint8Array | undefined {
    const tail = this.#memory.word(TABLE.tail);
    return tail === 0 ? undefined : this.#pool.bytes.slice(tail, tail + PAGE_BYTES);
  }

  /** Drops runs that are too old or too many, unless a snapshot may read them. */
  #dropOld(): void {
    const { age = Infinity, sizeBytes = Infinity } = this.#definition.keep;
    if (age === Infinity && sizeBytes === Infinity) return;
    const { snapshots } = this.#host;
    if (snapshots.horizon() < snapshots.published) return;
    const { view } = this.#pool;
    const { control } = this.#memory;
    const count = this.#memory.word(TABLE.runCount);
    const newest = Number(view.getBigInt64(control + TABLE.lastTime, true));
    const pagesOf = (k: number): number => view.getUint32(this.#memory.run(k) + RUN.pages, true);
    let bytes = 0;
    for (let k = this.#memory.word(TABLE.runFirst); k < count; k++)
      bytes += pagesOf(k) * PAGE_BYTES;
    for (let k = this.#memory.word(TABLE.runFirst); k < count - 1; k++) {
      const last = Number(view.getBigInt64(this.#memory.run(k) + RUN.time, true));
      if (newest - last <= age && bytes <= sizeBytes) return;
      bytes -= pagesOf(k) * PAGE_BYTES;
      this.#dropRun(k);
    }
  }

  #dropRun(index: number): void {
    this.#memory.sweep(index);
    Atomics.store(this.#pool.words, (this.#memory.control + TABLE.runFirst) >>> 2, index + 1);
    const first = this.#memory.forgetRun(index);
    freeLate(this.#pool, this.#memory.run(index));
    const side = this.#sides[index];
    if (side !== undefined && side.generation !== 0) {
      this.#stale.push(sideName(segmentOf(first), side.generation));
    }
    this.#dropped.push(first);
  }

  /** The manifest no longer names these: segments by their first page, files. */
  takeGarbage(): { readonly segments: readonly PageNumber[]; readonly files: readonly string[] } {
    const garbage = { segments: this.#dropped, files: this.#stale };
    this.#dropped = [];
    this.#stale = [];
    return garbage;
  }

  #restore(state: TableState): void {
    const { view } = this.#pool;
    const { control } = this.#memory;
    for (const { first, pages, time, side } of state.runs) {
      this.#pool.adoptSegment(first);
      const run = this.#memory.adoptRun(first, pages);
      view.setBigInt64(run + RUN.time, BigInt(time), true);
      this.#sides.push({ generation: side, lateRows: 0 });
      if (side !== 0) this.#restoreSide(run, first, side, this.#sides.at(-1)!);
    }
    view.setBigInt64(control + TABLE.lastTime, BigInt(state.lastTime), true);
    view.setFloat64(control + TABLE.rows, state.rows, true);
    this.#memory.restoreTail(state.tail);
    const tail = this.#memory.word(TABLE.tail);
    if (tail !== 0) {
      this.#tail = this.#memory.word(TABLE.tailPage);
      const commit = view.getBigInt64(tail + SERIES_HEADER.lastCommit, true);
      if (commit > view.getBigInt64(MEMORY_MAP.settledTo, true)) {
        view.setBigInt64(MEMORY_MAP.settledTo, commit, true);
      }
    }
    this.#memory.deferIndex();
  }

  #restoreSide(run: Address, first: PageNumber, generation: number, side: Side): void {
    const name = sideName(segmentOf(first), generation);
    const { map, late } = decodeSide(readWhole(this.#host.disk, name), name);
    if (map !== undefined) {
      if (map.length !== this.#memory.mapBytes) {
        throw new StorageError("CORRUPT", `Cannot read ${name}: its map has another size`, {
          file: name,
        });
      }
      this.#memory.restoreMap(first, map);
    }
    if (!restoreLate(this.#pool, run, late)) {
      throw new StorageError("LIMIT", "Cannot take up the late rows: raise poolBytes");
    }
    side.lateRows = view32(this.#pool, run + RUN.lateRows);
  }

  close(): void {
    this.shared[Symbol.dispose]();
    this.writes.close();
    this.#memory.close();
  }
}

function view32(pool: SharedPool, at: Address): number {
  return pool.view.getUint32(at, true);
}

function readWhole(disk: Disk, name: string): Uint8Array {
  const file = disk.openSync(name);
  try {
    const bytes = new Uint8Array(file.sizeBytes);
    if (file.readSync(bytes, 0) !== bytes.length) {
      throw new StorageError("CORRUPT", `Cannot read ${name}: it ends early`, { file: name });
    }
    return bytes;
  } finally {
    // Nothing was written: how closing goes does not matter.
    void file.close();
  }
}

/**
 * A series in shared memory: its control block, which readers on every thread use, and what the writer does to it.
 * The kernel (wasm/append.ts) does the work; what it cannot do, because it lacks a segment, a page or a map, is done here.
 */
import { StorageError } from "../errors.ts";
import { SERIES_HEADER } from "../page/header.ts";
import { MEMORY_MAP } from "../pool/memory-map.ts";
import { PAGE_BYTES, SEGMENT_PAGES, type Address, type PageNumber } from "../pool/page-pool.ts";
import { READ_PAGES, type PoolHazard, type SharedPool } from "../pool/shared-pool.ts";
import type { RowLayout } from "./row-layout.ts";
import { ANSWER, CURSOR, RUN, TABLE, VERSION_BYTES } from "./table-map.ts";

const SHARD_FRAMES = 64;
const FIRST_RUN_FRAMES = 1;
const FIRST_VERSIONS = 512;
const MAP_PAGES = 16_384;

/** i64 as two words: nothing yet, so that the first time is not late. */
const LEAST: bigint = -(2n ** 63n);
const GREATEST: bigint = 2n ** 63n - 1n;

export class SeriesMemory {
  readonly pool: SharedPool;
  readonly layout: RowLayout;
  readonly name: string;
  /** Address of the control block. */
  readonly control: Address;
  readonly #hazard: PoolHazard;
  readonly #horizon: () => number;
  #runFrames = FIRST_RUN_FRAMES;
  /** For how many rows the offsets in a batch have been entered. */
  #batchRows = 0;
  /** Maps of dropped segments, to be used again. */
  readonly #freeMaps: Address[] = [];
  /** Version tables that were outgrown, by size. */
  readonly #freeVersions = new Map<number, Address>();
  /** Pages of the youngest run that is not in the index which are not either; they are entered from the last on. */
  #unindexedPages = 0;
  /** The first page that has not been handed out to be written. */
  #writtenRuns = 0;
  #writtenPages = 0;

  constructor(
    pool: SharedPool,
    name: string,
    number: number,
    layout: RowLayout,
    seed: bigint,
    horizon: () => number,
  ) {
    this.pool = pool;
    this.name = name;
    this.layout = layout;
    this.#horizon = horizon;
    this.#hazard = pool.hazard();
    this.control = pool.reserve(1);
    this.#set(TABLE.capacity, layout.capacity);
    this.#set(TABLE.keyAt, layout.key?.offset ?? 0);
    this.#set(TABLE.keyWidth, layout.key?.width ?? 0);
    this.#set(TABLE.commitAt, layout.commitOffset);
    this.#set(TABLE.timeAt, layout.time.offset);
    this.#set(TABLE.dataPages, layout.dataPages);
    this.#set(TABLE.owner, number + 1);
    this.#set(TABLE.columns, layout.columns.length);
    this.#set(TABLE.columnsEnd, layout.columnsEnd);
    this.#set(TABLE.variableColumns, layout.variableColumns);
    this.#set(TABLE.deadBytes, Math.ceil(layout.capacity / 8));
    this.#set(TABLE.writer, this.#hazard.address);
    this.#set(TABLE.runs, pool.reserve(FIRST_RUN_FRAMES));
    pool.view.setBigUint64(this.control + TABLE.seed, seed, true);
    pool.view.setBigInt64(this.control + TABLE.lastTime, LEAST, true);
    for (const [index, column] of layout.columns.entries()) {
      const at = TABLE.columnList + index * TABLE.columnBytes;
      this.#set(at, column.offset);
      this.#set(at + 4, column.width);
      this.#set(at + 8, column.variable ? 1 : 0);
    }
    if (layout.key === undefined) return;
    this.#set(TABLE.shards, pool.reserve(SHARD_FRAMES));
    if (pool.kernel.createIndex(this.control) !== ANSWER.done) throw this.#noRoom();
  }

  #set(at: number, value: number): void {
    this.pool.view.setUint32(this.control + at, value, true);
  }

  word(at: number): number {
    return this.pool.view.getUint32(this.control + at, true);
  }

  /** Address of a run. */
  run(index: number): Address {
    return this.word(TABLE.runs) + index * RUN.bytes;
  }

  /** Appends the rows of a batch in shared memory (wasm/append.ts says how it is laid out). */
  append(batch: Address, rows: number, variableAt: number, commit: number): void {
    const { kernel } = this.pool;
    if (rows !== this.#batchRows) this.#layOut(rows);
    kernel.beginBatch(batch + variableAt);
    for (;;) {
      const lacks = kernel.append(this.control, batch, rows, commit);
      if (lacks === ANSWER.done) return;
      this.#provide(lacks);
    }
  }

  /** Ends the row with this key; nothing happens when there is none. */
  end(k0: number, k1: number, k2: number, k3: number, commit: number): void {
    for (;;) {
      const lacks = this.pool.kernel.end(this.control, k0, k1, k2, k3, commit);
      if (lacks === ANSWER.done) return;
      this.#provide(lacks);
    }
  }

  /** Where the columns of a batch of so many rows begin. */
  #layOut(rows: number): void {
    let at = 0;
    for (let index = 0; index < this.layout.columns.length; index++) {
      this.#set(TABLE.columnList + index * TABLE.columnBytes + 12, at);
      at += this.layout.columns[index]!.width * rows;
    }
    this.#batchRows = rows;
  }

  #provide(lacks: number): void {
    if (lacks === ANSWER.needPage) {
      const page = this.pool.view.getUint32(this.#hazard.address + CURSOR.lacks, true);
      this.pool.load(page, true);
    } else if (lacks === ANSWER.needSegment) this.#addRun();
    else if (lacks === ANSWER.needMap) this.#addMap(this.pool.kernel.needMapOf.value);
    else if (lacks === ANSWER.needIndex) this.indexRun();
    else if (lacks === ANSWER.needVersions) this.#roomForVersions();
    else throw this.#noRoom();
  }

  #addRun(): void {
    const first = this.pool.claimSegment();
    this.adoptRun(first, 0);
    this.#set(TABLE.tail, 0);
  }

  /** Adds a run that begins at this page, of so many pages. */
  adoptRun(first: PageNumber, pages: number): Address {
    const { view } = this.pool;
    const count = this.word(TABLE.runCount);
    if ((count + 1) * RUN.bytes > this.#runFrames * PAGE_BYTES) this.#growRuns();
    const run = this.run(count);
    view.setUint32(run + RUN.page, first, true);
    view.setUint32(run + RUN.pages, pages, true);
    view.setBigInt64(run + RUN.time, view.getBigInt64(this.control + TABLE.lastTime, true), true);
    view.setBigInt64(run + RUN.lateFrom, GREATEST, true);
    view.setBigInt64(run + RUN.lateTo, LEAST, true);
    const segment = this.#segmentAt(first);
    view.setUint32(segment + 4, 0, true);
    view.setUint32(segment + 8, 0, true);
    Atomics.store(this.pool.words, segment >>> 2, this.word(TABLE.owner));
    Atomics.store(this.pool.words, (this.control + TABLE.runCount) >>> 2, count + 1);
    return run;
  }

  /** Twice the room for runs; who reads the old ones still finds them. */
  #growRuns(): void {
    const from = this.word(TABLE.runs);
    const to = this.pool.reserve(this.#runFrames * 2);
    this.pool.bytes.copyWithin(to, from, from + this.#runFrames * PAGE_BYTES);
    this.#runFrames *= 2;
    this.#set(TABLE.runs, to);
  }

  #segmentAt(page: PageNumber): Address {
    return MEMORY_MAP.segments + Math.floor(page / SEGMENT_PAGES) * MEMORY_MAP.segmentBytes;
  }

  /** A map of dead rows for the page's segment. */
  #addMap(page: PageNumber): Address {
    const bytes = this.mapBytes;
    let map = this.#freeMaps.pop();
    if (map === undefined) map = this.pool.reserve(Math.ceil(bytes / PAGE_BYTES));
    else this.pool.bytes.fill(0, map, map + bytes);
    Atomics.store(this.pool.words, (this.#segmentAt(page) + 4) >>> 2, map | 0);
    return map;
  }

  get mapBytes(): number {
    return MAP_PAGES * this.word(TABLE.deadBytes);
  }

  /** The page's segment's map of dead rows, if it has one. */
  mapOf(page: PageNumber): Address | undefined {
    const map = this.pool.view.getUint32(this.#segmentAt(page) + 4, true);
    return map === 0 ? undefined : map;
  }

  /** Whether the map has changed since this was last asked. */
  takeMapChange(page: PageNumber): boolean {
    const at = this.#segmentAt(page) + 8;
    const changed = this.pool.view.getUint32(at, true) !== 0;
    this.pool.view.setUint32(at, 0, true);
    return changed;
  }

  /** Gives the segment the map that was stored. */
  restoreMap(page: PageNumber, content: Uint8Array): void {
    this.pool.bytes.set(content, this.#addMap(page));
  }

  /** Forgets a run's pages; cursors that stand on one keep it. The segment's file is the caller's to remove. */
  forgetRun(index: number): PageNumber {
    const first = this.pool.view.getUint32(this.run(index) + RUN.page, true);
    const segment = this.#segmentAt(first);
    const map = this.mapOf(first);
    Atomics.store(this.pool.words, segment >>> 2, 0);
    Atomics.store(this.pool.words, (segment + 4) >>> 2, 0);
    if (map !== undefined) this.#freeMaps.push(map);
    return first;
  }

  /** A version table that is less than half full, without what no snapshot can ask for any more. */
  #roomForVersions(): void {
    const capacity = this.word(TABLE.versions) === 0 ? 0 : this.word(TABLE.versionMask) + 1;
    if (this.word(TABLE.versionCount) + 2 <= capacity / 2) return;
    const next = Math.max(FIRST_VERSIONS, capacity);
    this.#moveVersions(next);
    if (this.word(TABLE.versionCount) + 2 > next / 4) this.#moveVersions(next * 2);
  }

  #moveVersions(entries: number): void {
    const bytes = entries * VERSION_BYTES;
    const old = this.word(TABLE.versions);
    const oldEntries = this.word(TABLE.versionMask) + 1;
    let to = this.#freeVersions.get(entries);
    if (to === undefined) to = this.pool.reserve(Math.ceil(bytes / PAGE_BYTES));
    else this.pool.bytes.fill(0, to, to + bytes);
    this.#freeVersions.delete(entries);
    this.pool.kernel.moveVersions(this.control, to, entries - 1, this.#horizon());
    if (old !== 0) this.#freeVersions.set(oldEntries, old);
  }

  /** Pages that are full and have not been answered yet: the caller writes them. */
  takeFullPages(): PageNumber[] {
    const taken: PageNumber[] = [];
    const { view } = this.pool;
    const runs = this.word(TABLE.runCount);
    const tail = this.word(TABLE.tail) === 0 ? 0 : this.word(TABLE.tailPage);
    while (this.#writtenRuns < runs) {
      const first = view.getUint32(this.run(this.#writtenRuns) + RUN.page, true);
      const pages = view.getUint32(this.run(this.#writtenRuns) + RUN.pages, true);
      for (; this.#writtenPages < pages; this.#writtenPages++) {
        if (first + this.#writtenPages === tail) return taken;
        taken.push(first + this.#writtenPages);
      }
      if (this.#writtenRuns === runs - 1) return taken;
      this.#writtenRuns++;
      this.#writtenPages = 0;
    }
    return taken;
  }

  /** Takes up the page that was being filled when the state was stored. Pages before it are in their segments. */
  restoreTail(image: Uint8Array | undefined): void {
    const runs = this.word(TABLE.runCount);
    if (runs === 0) return;
    const { view } = this.pool;
    const run = this.run(runs - 1);
    const pages = view.getUint32(run + RUN.pages, true);
    this.#writtenRuns = runs - 1;
    this.#writtenPages = pages;
    if (image === undefined || pages === 0) return;
    const page = view.getUint32(run + RUN.page, true) + pages - 1;
    const address = this.pool.create(page);
    this.pool.bytes.set(image, address);
    this.#writtenPages = pages - 1;
    this.#set(TABLE.tail, address);
    this.#set(TABLE.tailPage, page);
    this.#set(TABLE.copied, view.getUint32(address + SERIES_HEADER.rows, true));
  }

  /** Says that no run is in the index, but for the page that is being filled. */
  deferIndex(): void {
    const { layout } = this;
    const runs = this.word(TABLE.runCount);
    if (layout.key === undefined || runs === 0) return;
    this.#unindexedPages = this.pool.view.getUint32(this.run(runs - 1) + RUN.pages, true);
    const tail = this.word(TABLE.tail);
    if (tail !== 0) {
      this.#unindexedPages--;
      if (this.pool.kernel.indexPage(this.control, tail) !== ANSWER.done) throw this.#noRoom();
    }
    Atomics.store(this.pool.words, (this.control + TABLE.unindexed) >>> 2, runs);
  }

  /** Whether there are runs that are not in the index. */
  get isIndexing(): boolean {
    return this.word(TABLE.unindexed) > this.word(TABLE.runFirst);
  }

  /** Enters the youngest run that is not in the index, all of it or only so many pages. */
  indexRun(most: number = Infinity): void {
    const index = this.word(TABLE.unindexed) - 1;
    const first = this.pool.view.getUint32(this.run(index) + RUN.page, true);
    for (let left = most; left > 0 && this.#unindexedPages > 0;) {
      const count = Math.min(left, READ_PAGES, this.#unindexedPages);
      const from = this.#unindexedPages - count;
      const pages = this.pool.readRun(first + from, count);
      for (let k = 0; k < count; k++) {
        const failed = this.pool.kernel.indexPage(this.control, pages + k * PAGE_BYTES);
        if (failed !== ANSWER.done) throw this.#noRoom();
      }
      this.#unindexedPages = from;
      left -= count;
    }
    if (this.#unindexedPages > 0) return;
    const at = (this.control + TABLE.unindexed) >>> 2;
    if (index > 0) {
      this.#unindexedPages = this.pool.view.getUint32(this.run(index - 1) + RUN.pages, true);
    }
    Atomics.store(this.pool.words, at, index);
    Atomics.notify(this.pool.words, at);
  }

  /** Takes the keys of a run's rows out of the index. */
  sweep(index: number): void {
    if (this.layout.key === undefined) return;
    const first = this.pool.view.getUint32(this.run(index) + RUN.page, true);
    const pages = this.pool.view.getUint32(this.run(index) + RUN.pages, true);
    for (let page = first; page < first + pages; page++) {
      this.pool.kernel.unindexPage(this.control, this.#hazard.fix(page));
    }
  }

  close(): void {
    this.#hazard[Symbol.dispose]();
  }

  #noRoom(): StorageError {
    return new StorageError(
      "LIMIT",
      `Cannot add to ${this.name}: every frame of the pool holds what must stay; raise memoryBytes`,
      { table: this.name },
    );
  }
}

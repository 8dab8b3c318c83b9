/**
 * A place in a series: found by key, or moved along a range of time. Its row stands in the page; the page stays
 * while the cursor is on it. Seeking and moving take no lock and make no garbage.
 */
import type { PoolHazard, SharedPool } from "../pool/shared-pool.ts";
import type { Kernel } from "../pool/kernel.ts";
import type { Columns, KeyOf, RowOf } from "./column.ts";
import { aggregatePages, withLate, type Aggregate, type LateValue } from "./aggregate.ts";
import { KeyWords } from "./key-words.ts";
import { LateMerge } from "./late-merge.ts";
import { lateRows } from "./late-rows.ts";
import type { RowLayout } from "./row-layout.ts";
import { copyRow, rowViewClass, type RowView, type Words } from "./row-view.ts";
import { ANSWER, CURSOR, FIRST_ADDRESS, TABLE } from "./table-map.ts";

/** What a cursor reads: a series in this thread's view of the memory. */
export interface SeriesPlace {
  readonly pool: SharedPool;
  readonly words: Words;
  readonly layout: RowLayout;
  readonly control: number;
  readonly name: string;
  /** Enters older rows into the index; on the writer's thread. Others wait for it. */
  readonly indexMore?: () => void;
}

export interface TimeRange {
  /** From this time on. Default: the first. */
  readonly from?: number;
  /** Before this time. Default: no end. */
  readonly to?: number;
  /** Newest first. */
  readonly reverse?: boolean;
}

const INDEX_WAIT_MS = 10;
const EARLIEST: number = -(2 ** 62);
const LATEST: number = 2 ** 62;

export class SeriesCursor<C extends Columns = Columns> implements Disposable {
  /** The row that the cursor stands on: read its columns. It changes when the cursor moves. */
  readonly row: RowView<C>;
  /** The commit up to which it sees. */
  commit: number;
  readonly #place: SeriesPlace;
  readonly #pool: SharedPool;
  readonly #kernel: Kernel;
  readonly #layout: RowLayout;
  readonly #control: number;
  readonly #hazard: PoolHazard;
  readonly #at: number;
  readonly #word: number;
  readonly #i32: Int32Array<SharedArrayBuffer>;
  readonly #key: KeyWords | undefined;
  #from = EARLIEST;
  #to = LATEST;
  #step = 1;
  #ordinal = 0;
  #lastOrdinal = 0;
  #next = 0;
  #end = 0;
  #mixed = 0;
  /** Only for ranges with late rows: the main run's next row, at which the cursor does not stand yet. */
  #late: LateMerge | undefined = undefined;
  #lateHazard: PoolHazard | undefined = undefined;
  #waiting = false;
  #runPage = 0;
  #runRow = 0;
  #runTime = 0;

  constructor(place: SeriesPlace, commit: number) {
    const { pool, words, layout, control } = place;
    this.#place = place;
    this.#pool = pool;
    this.#kernel = pool.kernel;
    this.#layout = layout;
    this.#control = control | 0;
    this.#hazard = pool.hazard();
    this.#at = this.#hazard.address;
    this.#word = this.#at >>> 2;
    this.#i32 = pool.words;
    this.#key = layout.key === undefined ? undefined : new KeyWords(layout.key);
    this.row = new (rowViewClass<C>(layout))(words);
    this.commit = commit;
  }

  /** Stands on the row with this key, if the table has one. */
  seek(key: KeyOf<C>): boolean {
    const words = this.#key;
    if (words === undefined) throw new TypeError("The series has no key");
    words.take(key);
    return this.seekWords(words.k0, words.k1, words.k2, words.k3);
  }

  /** `seek` with the key as four little-endian words, those beyond its length 0. */
  seekWords(k0: number, k1: number, k2: number, k3: number): boolean {
    for (;;) {
      const found = this.#kernel.find(this.#control, this.#at, k0, k1, k2, k3, this.commit);
      if (found >>> 0 >= FIRST_ADDRESS) {
        this.row.$page = found & ~4095;
        this.row.$row = found & 255;
        return true;
      }
      if (found === ANSWER.absent) return false;
      if (found === ANSWER.needIndex) this.#awaitIndex();
      else this.#load();
    }
  }

  /** The key may be in a run that is not in the index since the database was opened. */
  #awaitIndex(): void {
    const { indexMore } = this.#place;
    if (indexMore !== undefined) return indexMore();
    const at = (this.#place.control + TABLE.unindexed) >>> 2;
    Atomics.wait(this.#i32, at, Atomics.load(this.#i32, at), INDEX_WAIT_MS);
  }

  /** Stands before the first row of the range; `next` moves. */
  range({ from = EARLIEST, to = LATEST, reverse = false }: TimeRange = {}): this {
    this.#from = from;
    this.#to = to;
    this.#step = reverse ? -1 : 1;
    const first = this.#seekTime(from);
    const last = to === LATEST ? this.#kernel.endOrdinal(this.#control) - 1 : this.#seekTime(to);
    const end = this.#kernel.endOrdinal(this.#control) - 1;
    this.#ordinal = (reverse ? Math.min(last, end) : first) - this.#step;
    this.#lastOrdinal = reverse ? first : Math.min(last, end);
    this.#next = 0;
    this.#end = 0;
    const late = lateRows(this.#pool, this.#control >>> 0, from, to);
    this.#late = late === undefined ? undefined : new LateMerge(late, reverse);
    this.#waiting = false;
    this.#runPage = 0;
    return this;
  }

  /** Moves to the next row of the range; false when there is none. */
  next(): boolean {
    return this.#late === undefined ? this.#nextOfRun() : this.#nextMerged(this.#late);
  }

  /** The next row of the main run. */
  #nextOfRun(): boolean {
    for (;;) {
      while (this.#next !== this.#end) {
        const row = this.#next;
        this.#next += this.#step;
        if (this.#mixed === 0 || this.#wanted(row)) {
          this.row.$row = row;
          return true;
        }
      }
      if (this.#ordinal === this.#lastOrdinal || !this.#turn()) return false;
    }
  }

  /** The next of both, the main run and the late rows. */
  #nextMerged(late: LateMerge): boolean {
    const { row } = this;
    if (!this.#waiting) this.#advanceRun();
    for (;;) {
      const next = late.current;
      if (next === undefined || (this.#runPage !== 0 && !late.comesBefore(this.#runTime))) break;
      late.move();
      row.$page = (this.#lateHazard ??= this.#pool.hazard()).fix(next.page) | 0;
      row.$row = next.row;
      if (this.#kernel.visible(this.#control, row.$page, row.$row, this.commit) !== 0) return true;
    }
    if (this.#runPage === 0) return false;
    this.#waiting = false;
    row.$page = this.#runPage;
    row.$row = this.#runRow;
    return true;
  }

  /** Looks at the next row of the main run without standing on it. */
  #advanceRun(): void {
    if (this.#runPage !== 0) this.row.$page = this.#runPage;
    this.#waiting = true;
    if (this.#nextOfRun()) {
      this.#runPage = this.row.$page;
      this.#runRow = this.row.$row;
      this.#runTime = (this.row as Readonly<Record<string, unknown>>)[
        this.#layout.time.name
      ] as number;
    } else this.#runPage = 0;
  }

  #wanted(row: number): boolean {
    const { $page: page } = this.row;
    return this.#kernel.wanted(this.#control, page, row, this.commit, this.#from, this.#to) !== 0;
  }

  /** Stands on the next page. */
  #turn(): boolean {
    if ((this.#lastOrdinal - this.#ordinal) * this.#step <= 0) return false;
    this.#ordinal += this.#step;
    const { commit } = this;
    for (;;) {
      const lacks = this.#kernel.openPage(
        this.#control,
        this.#at,
        this.#ordinal,
        commit,
        this.#from,
        this.#to,
      );
      if (lacks === ANSWER.done) break;
      this.#load();
    }
    const words = this.#i32;
    const at = this.#word;
    this.row.$page = words[at + CURSOR.base / 4]!;
    const first = words[at + CURSOR.first / 4]!;
    const end = words[at + CURSOR.end / 4]!;
    this.#mixed = words[at + CURSOR.mixed / 4]!;
    this.#next = this.#step === 1 ? first : end - 1;
    this.#end = this.#step === 1 ? end : first - 1;
    return true;
  }

  #seekTime(time: number): number {
    for (;;) {
      const ordinal = this.#kernel.seekTime(this.#control, this.#at, time);
      if (ordinal >= 0) return ordinal;
      this.#load();
    }
  }

  /** Over the rows with from ≤ time < to. The cursor stands nowhere afterwards. */
  aggregate(name: string, { from = EARLIEST, to = LATEST }: TimeRange = {}): Aggregate {
    const column = this.#layout.columns.find((candidate) => candidate.name === name);
    if (column === undefined) throw new TypeError(`There is no column ${name}`);
    this.range({ from, to });
    const span = { first: this.#ordinal + 1, last: this.#lastOrdinal };
    const range = { from, to, commit: this.commit };
    const late = this.#lateValues(name, from, to);
    const main = aggregatePages(this.#pool, this.#control >>> 0, this.#at, span, range, column);
    if (late.length === 0) return main;
    return withLate(main, this.#mainTimes(from, to), late);
  }

  /** The late rows of the range that can be seen, with their values. */
  #lateValues(name: string, from: number, to: number): LateValue[] {
    const found = lateRows(this.#pool, this.#control >>> 0, from, to) ?? [];
    const { row } = this;
    return found.flatMap((late) => {
      row.$page = this.#hazard.fix(late.page) | 0;
      row.$row = late.row;
      if (this.#kernel.visible(this.#control, row.$page, late.row, this.commit) === 0) return [];
      return [{ ...late, value: (row as Readonly<Record<string, unknown>>)[name] as number }];
    });
  }

  /** Of the main run's first and last row in the range; infinite when it has none. */
  #mainTimes(from: number, to: number): { first: number; last: number } {
    const timeOf = (reverse: boolean): number => {
      this.range({ from, to, reverse });
      this.#late = undefined;
      return this.next()
        ? ((this.row as Readonly<Record<string, unknown>>)[this.#layout.time.name] as number)
        : Infinity;
    };
    return { first: timeOf(false), last: timeOf(true) };
  }

  /** Makes the page resident that the kernel lacked. */
  #load(): void {
    this.#pool.load(this.#pool.view.getUint32(this.#at + CURSOR.lacks, true), true);
  }

  /** The row as an object of its own. */
  copy(): RowOf<C> {
    return copyRow<C>(this.#layout, this.row);
  }

  [Symbol.dispose](): void {
    this.row.$page = 0;
    this.#hazard[Symbol.dispose]();
    this.#lateHazard?.[Symbol.dispose]();
  }
}

/** What programs read a series with: of a snapshot, or of what was published last. */
import type { SnapshotView } from "../engine/engine.ts";
import type { Aggregate } from "./aggregate.ts";
import type { Columns, KeyOf, RowOf } from "./column.ts";
import { SeriesCursor, type SeriesPlace, type TimeRange } from "./series-cursor.ts";

export interface RowRange extends TimeRange {
  /** At most so many rows; all when absent. */
  readonly limit?: number;
}

export interface BucketRange {
  readonly from: number;
  readonly to: number;
  readonly every: number;
}

export interface Bucket extends Aggregate {
  readonly from: number;
  readonly to: number;
}

/** Names of the columns whose values are numbers. */
export type NumberColumn<C extends Columns> = {
  [Name in keyof C & string]: RowOf<C>[Name] extends number ? Name : never;
}[keyof C & string];

export class SeriesReads<C extends Columns = Columns> {
  readonly #place: SeriesPlace;
  readonly #view: () => SnapshotView;
  /** One cursor that single reads share. */
  readonly #shared: SeriesCursor<C>;

  /** Made by `snapshot.table(…)` and `database.table(…)`. */
  constructor(place: SeriesPlace, view: () => SnapshotView, shared: SeriesCursor<C>) {
    this.#place = place;
    this.#view = view;
    this.#shared = shared;
  }

  /** The newest commit that can be seen. */
  get commit(): number {
    return this.#view().commit;
  }

  /** The row with this key as an object of its own. */
  get(key: KeyOf<C>): RowOf<C> | undefined {
    return this.has(key) ? this.#shared.copy() : undefined;
  }

  has(key: KeyOf<C>): boolean {
    return this.seek(this.#shared, key);
  }

  /** Moves a cursor of this table to the row with this key as it can be seen now. */
  seek(cursor: SeriesCursor<C>, key: KeyOf<C>): boolean {
    for (;;) {
      const { commit } = this.#view();
      cursor.commit = commit;
      // Not found at a commit that is no longer the newest: what came since may have taken the row's place, and
      // nobody keeps older versions for whom no snapshot is open.
      if (cursor.seek(key)) return true;
      if (this.#view().commit === commit) return false;
    }
  }

  /** A cursor on what can be seen now. Dispose it: it holds one of 1,024 places. */
  cursor(): SeriesCursor<C> {
    return new SeriesCursor<C>(this.#place, this.#view().commit);
  }

  /** Count, sum, min, max, first and last of a number column over a range of time. */
  aggregate(column: NumberColumn<C>, range: TimeRange = {}): Aggregate {
    this.#shared.commit = this.#view().commit;
    return this.#shared.aggregate(column, range);
  }

  /** The same for every bucket of `every` from `from` to `to`; a bucket without rows has count 0. */
  *buckets(column: NumberColumn<C>, range: BucketRange): IterableIterator<Bucket> {
    const { from, to, every } = range;
    if (!(every > 0) || !Number.isFinite(to - from)) {
      throw new RangeError("buckets needs from, to and every as finite numbers, every above 0");
    }
    for (let start = from; start < to; start += every) {
      const end = Math.min(to, start + every);
      yield { from: start, to: end, ...this.aggregate(column, { from: start, to: end }) };
    }
  }

  /** The rows of a range of time as objects of their own. */
  *rows(range: RowRange = {}): IterableIterator<RowOf<C>> {
    using cursor = this.cursor();
    cursor.range(range);
    const { limit = Infinity } = range;
    for (let count = 0; count < limit && cursor.next(); count++) yield cursor.copy();
  }
}

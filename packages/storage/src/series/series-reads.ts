/** What programs read a series with: of a snapshot, or of what was published last. */
import type { SnapshotView } from "../engine/engine.ts";
import type { Columns, KeyOf, RowOf } from "./column.ts";
import { SeriesCursor, type SeriesPlace, type TimeRange } from "./series-cursor.ts";

export interface RowRange extends TimeRange {
  /** At most so many rows; all when absent. */
  readonly limit?: number;
}

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

  /** The row with this key as an object of its own. */
  get(key: KeyOf<C>): RowOf<C> | undefined {
    this.#shared.commit = this.#view().commit;
    return this.#shared.seek(key) ? this.#shared.copy() : undefined;
  }

  has(key: KeyOf<C>): boolean {
    this.#shared.commit = this.#view().commit;
    return this.#shared.seek(key);
  }

  /** A cursor on what can be seen now. Dispose it: it holds one of 1,024 places. */
  cursor(): SeriesCursor<C> {
    return new SeriesCursor<C>(this.#place, this.#view().commit);
  }

  /** The rows of a range of time as objects of their own. */
  *rows(range: RowRange = {}): IterableIterator<RowOf<C>> {
    using cursor = this.cursor();
    cursor.range(range);
    const { limit = Infinity } = range;
    for (let count = 0; count < limit && cursor.next(); count++) yield cursor.copy();
  }
}

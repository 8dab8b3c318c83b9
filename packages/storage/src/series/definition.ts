/** Declaring a series. */
import type { TableDefinition } from "../engine/engine.ts";
import type { Columns } from "./column.ts";
import { rowLayout, type RowLayout } from "./row-layout.ts";
import { seriesKind } from "./series-engine.ts";
import type { SeriesReads } from "./series-reads.ts";
import type { SeriesWrites } from "./series-writes.ts";

/** When segments, 64 MiB each, are dropped. The newest stays. */
export interface Retention {
  /** When all its rows are older than the newest row by so much, in the unit of the time column. */
  readonly age?: number;
  /** When the series has more bytes of pages than this. */
  readonly sizeBytes?: number;
}

export interface SeriesOptions {
  readonly keep?: Retention;
}

export interface SeriesDefinition<C extends Columns = Columns> extends TableDefinition<
  SeriesReads<C>,
  SeriesWrites<C>
> {
  readonly columns: C;
  readonly layout: RowLayout;
  readonly keep: Retention;
}

/** A table with a time column and, if wanted, a key. What is wrong with the columns is said here. */
export function series<const C extends Columns>(
  name: string,
  columns: C,
  options: SeriesOptions = {},
): SeriesDefinition<C> {
  if (name === "") throw new TypeError("A series needs a name");
  const layout = rowLayout(columns);
  const schema = {
    version: 1,
    columns: Object.entries(columns).map(([column, { role, type, widthBytes, typicalBytes }]) => ({
      column,
      role,
      type,
      widthBytes,
      ...(typicalBytes === undefined ? {} : { typicalBytes }),
    })),
  };
  return { name, kind: seriesKind, schema, columns, layout, keep: options.keep ?? {} };
}

/** Count, sum, minimum, maximum, first and last of a number column over a range of time, whole or by buckets. */
import type { Kernel } from "../pool/kernel.ts";
import type { SharedPool } from "../pool/shared-pool.ts";
import type { Address } from "../pool/page-pool.ts";
import type { ColumnType } from "./column.ts";
import type { LateRow } from "./late-rows.ts";
import type { PlacedColumn } from "./row-layout.ts";
import { CURSOR } from "./table-map.ts";

/** What an aggregate answers. Without rows `count` and `sum` are 0 and the others NaN. */
export interface Aggregate {
  readonly count: number;
  /** Of whole numbers of 64 bits: exact, unless it does not fit a number. */
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** The values with the smallest and with the largest time. */
  readonly first: number;
  readonly last: number;
}

/** The kernel's numbers of what it can aggregate: wasm/aggregate.ts. */
const AGGREGATED: Readonly<Partial<Record<ColumnType, number>>> = {
  f64: 0,
  i64: 1,
  u64: 1,
  f32: 2,
  u32: 3,
  i32: 4,
  u16: 5,
  u8: 6,
};

export function aggregatedKind({ name, column: { type } }: PlacedColumn): number {
  const kind = AGGREGATED[type];
  if (kind === undefined) throw new TypeError(`Column ${name} (${type}) holds no numbers`);
  return kind;
}

export interface AggregatedRange {
  readonly from: number;
  readonly to: number;
  readonly commit: number;
}

/** Which pages: ordinals, the last one included. */
export interface PageSpan {
  readonly first: number;
  readonly last: number;
}

/** The main run's part. */
export function aggregatePages(
  pool: SharedPool,
  control: Address,
  hazard: Address,
  { first, last }: PageSpan,
  { from, to, commit }: AggregatedRange,
  column: PlacedColumn,
): Aggregate {
  const { kernel, view } = pool;
  const kind = aggregatedKind(column);
  kernel.beginAggregate();
  for (let at = first; at <= last;) {
    at = kernel.aggregate(control, hazard, at, last + 1, commit, from, to, column.offset, kind);
    if (at <= last) pool.load(view.getUint32(hazard + CURSOR.lacks, true), false);
  }
  kernel.endAggregate(kind);
  return answerOf(kernel);
}

function answerOf(kernel: Kernel): Aggregate {
  const count = kernel.count.value;
  if (count === 0) return EMPTY;
  return {
    count,
    sum: kernel.sum.value,
    min: kernel.least.value,
    max: kernel.greatest.value,
    first: kernel.first.value,
    last: kernel.last.value,
  };
}

const EMPTY: Aggregate = {
  count: 0,
  sum: 0,
  min: Number.NaN,
  max: Number.NaN,
  first: Number.NaN,
  last: Number.NaN,
};

/** A late row with its value. */
export interface LateValue extends LateRow {
  readonly value: number;
}

/** The main run's answer with late rows, in order of time; `times`: of the main run's first and last row. */
export function withLate(
  main: Aggregate,
  times: { readonly first: number; readonly last: number },
  late: readonly LateValue[],
): Aggregate {
  if (late.length === 0) return main;
  const values = late.map(({ value }) => value);
  const early = late[0]!;
  const final = late.at(-1)!;
  const none = main.count === 0;
  return {
    count: main.count + late.length,
    sum: values.reduce((sum, value) => sum + value, main.sum),
    min: values.reduce((a, b) => Math.min(a, b), none ? Infinity : main.min),
    max: values.reduce((a, b) => Math.max(a, b), none ? -Infinity : main.max),
    first: none || early.time < times.first ? early.value : main.first,
    last: none || final.time >= times.last ? final.value : main.last,
  };
}

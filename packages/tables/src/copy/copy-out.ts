/** Reads rows of a table into columns, by binary COPY, with no object per row. */
import { sessionOf, type CopyTarget } from "../database/database.ts";
import type { AnyTable } from "../definition/table.ts";
import { copyOutSql } from "../sql/statements.ts";
import type { CopyQuery } from "../connection/driver.ts";
import { TablesError } from "../errors.ts";
import { BatchDecoder } from "./batch-decoder.ts";
import type { ColumnBatch, Destination, TypedArray } from "./column-data.ts";
import { ColumnTarget } from "./column-target.ts";
import { RowDecoder, type DecoderLimits } from "./row-decoder.ts";
import { selectionSql, type OrderBy, type Where } from "./where.ts";

export interface CopyOutOptions<T extends AnyTable, Names extends keyof T["columns"] & string> {
  /** @default every column of the definition */
  readonly columns?: readonly Names[];
  readonly where?: Where<T>;
  readonly orderBy?: OrderBy<keyof T["columns"] & string>;
  readonly limit?: number;
  /**
   * Arrays to decode into, for any fixed-width columns: a kernel's own shared memory, for example. A
   * result with more rows than they hold is COLUMNS_FULL. They have undefined contents after an error.
   */
  readonly into?: Destination<T, Names>;
  /** Memory for the other columns, which grow by doubling. @default shared memory that grows in place */
  readonly allocate?: (sizeBytes: number) => ArrayBufferLike;
  /** A larger row is ROW_TOO_LARGE. @default 64 MiB */
  readonly maxRowBytes?: number;
  readonly signal?: AbortSignal;
}

const ROW_LIMIT = 64 << 20;

/**
 * `SELECT … WHERE … ORDER BY …` into typed columns.
 *
 * @param target a Connection, or a kysely database or transaction made by `database`
 * @throws TablesError COLUMNS_FULL, SCHEMA_DRIFT, CONNECTION_LOST, COPY_FAILED; the columns are handed
 *   out only after the server has confirmed the whole result
 */
export async function copyOut<
  T extends AnyTable,
  Names extends keyof T["columns"] & string = keyof T["columns"] & string,
>(
  target: CopyTarget,
  table: T,
  options: CopyOutOptions<T, Names> = {},
): Promise<ColumnBatch<T, Names>> {
  const { names, query } = plan(table, options);
  const given = (options.into ?? {}) as Readonly<Record<string, TypedArray | undefined>>;
  const targets = names.map((name) => new ColumnTarget(table, name, given[name], options.allocate));
  const decoder = new RowDecoder(table, targets, rowLimit(options));
  try {
    await sessionOf(target, options.signal, (session) =>
      session.copyOut(query, decoder, options.signal),
    );
    if (!decoder.ended) throw endedEarly(table);
    return batchOf(targets, decoder.count) as ColumnBatch<T, Names>;
  } finally {
    decoder.release();
  }
}

function plan<T extends AnyTable, Names extends keyof T["columns"] & string>(
  table: T,
  options: CopyOutOptions<T, Names>,
): { readonly names: readonly Names[]; readonly query: CopyQuery } {
  const names = options.columns ?? (table.columnNames as readonly Names[]);
  const select = selectionSql(table, { ...options, names });
  const plain =
    options.where === undefined && options.orderBy === undefined && options.limit === undefined;
  const copy = plain ? copyOutSql(table, names) : `COPY (${select}) TO STDOUT (FORMAT binary)`;
  return { names, query: { copy, select } };
}

function rowLimit(options: { readonly maxRowBytes?: number }): DecoderLimits {
  return { rowBytes: options.maxRowBytes ?? ROW_LIMIT };
}

function endedEarly(table: AnyTable): TablesError {
  return new TablesError("COPY_FAILED", `Cannot read the COPY of ${table.name}: it ended early`, {
    table: table.name,
  });
}

function batchOf(targets: readonly ColumnTarget[], count: number): unknown {
  const columns: Record<string, unknown> = {};
  const nulls: Record<string, Uint8Array> = {};
  for (const target of targets) {
    columns[target.name] = target.finish(count);
    if (target.nullable) nulls[target.name] = target.nulls(count);
  }
  return { count, columns, nulls };
}

export interface CopyOutBatchesOptions<
  T extends AnyTable,
  Names extends keyof T["columns"] & string,
> extends Omit<CopyOutOptions<T, Names>, "into"> {
  /** Rows of each batch; the last has fewer. @default 65_536 */
  readonly batchRows?: number;
}

/**
 * The same in batches, in bounded memory: the server waits while the caller works on one. Each batch has
 * columns of its own. Leaving the loop early ends the COPY.
 */
export async function* copyOutBatches<
  T extends AnyTable,
  Names extends keyof T["columns"] & string = keyof T["columns"] & string,
>(
  target: CopyTarget,
  table: T,
  options: CopyOutBatchesOptions<T, Names> = {},
): AsyncGenerator<ColumnBatch<T, Names>> {
  const { names, query } = plan(table, options);
  const batchRows = options.batchRows ?? 65_536;
  if (!Number.isSafeInteger(batchRows) || batchRows < 1) {
    throw new RangeError(`"batchRows" must be a whole number >= 1: current value is ${batchRows}`);
  }
  const fresh = (): ColumnTarget[] =>
    names.map((name) => new ColumnTarget(table, name, undefined, options.allocate, batchRows));
  const decoder = new BatchDecoder(table, fresh, batchRows, rowLimit(options), batchOf);
  const leave = new AbortController();
  const signal =
    options.signal === undefined ? leave.signal : AbortSignal.any([options.signal, leave.signal]);
  const copying = sessionOf(target, signal, (session) => session.copyOut(query, decoder, signal));
  const settled = copying.then(
    () => decoder.end(),
    (error: unknown) => decoder.fail(error),
  );
  try {
    for (let batch = await decoder.next(); batch !== undefined; batch = await decoder.next()) {
      yield batch as ColumnBatch<T, Names>;
    }
    if (!decoder.ended) throw endedEarly(table);
  } finally {
    leave.abort();
    decoder.leave();
    await settled;
    decoder.release();
  }
}

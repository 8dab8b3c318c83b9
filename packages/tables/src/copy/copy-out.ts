/** Reads rows of a table into columns, by binary COPY, with no object per row. */
import { sessionOf, type CopyTarget } from "../database/database.ts";
import type { AnyTable } from "../definition/table.ts";
import { copyOutSql, known } from "../sql/statements.ts";
import { ColumnDecoder } from "./column-decoder.ts";
import type { ColumnBatch, Destination } from "./column-data.ts";
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
  /** Memory for the other columns. @default (sizeBytes) => new ArrayBuffer(sizeBytes) */
  readonly allocate?: (sizeBytes: number) => ArrayBufferLike;
  readonly signal?: AbortSignal;
}

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
  const names = known(table, options.columns ?? (table.columnNames as readonly Names[]));
  const plain =
    options.where === undefined && options.orderBy === undefined && options.limit === undefined;
  const text = plain
    ? copyOutSql(table, names)
    : `COPY (${selectionSql(table, { ...options, names })}) TO STDOUT (FORMAT binary)`;
  const decoder = new ColumnDecoder(table, names, {
    into: options.into as Readonly<Record<string, never>> | undefined,
    allocate: options.allocate,
  });
  await sessionOf(target, options.signal, (session) =>
    session.copyOut(text, decoder, options.signal),
  );
  return decoder.finish() as ColumnBatch<T, Names>;
}

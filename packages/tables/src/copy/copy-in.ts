/** Writes columns to a table by binary COPY, with no object per row. */
import { sessionOf, type CopyTarget } from "../database/database.ts";
import type { AnyTable } from "../definition/table.ts";
import { copyInSql } from "../sql/statements.ts";
import type { ColumnInput } from "./column-data.ts";
import { planInput } from "./input-plan.ts";
import { RowEncoder } from "./row-encoder.ts";

export interface CopyInOptions {
  readonly signal?: AbortSignal;
}

/**
 * Inserts `input`'s rows: all of them or, when anything fails, none.
 *
 * @param target a Connection, or a kysely database or transaction made by `database`
 * @returns the number of rows written
 * @throws TablesError COLUMN_MISMATCH when columns have different lengths, INVALID_VALUE,
 *   NOT_NULL_VIOLATION, OUT_OF_RANGE, UNIQUE_VIOLATION, …: with the table and, where known, the column
 */
export async function copyIn<T extends AnyTable>(
  target: CopyTarget,
  table: T,
  input: ColumnInput<T>,
  options: CopyInOptions = {},
): Promise<number> {
  const plan = planInput(table, input as ColumnInput<AnyTable>);
  if (plan.count === 0) return 0;
  const text = copyInSql(table, plan.columns.map((column) => column.name) as never);
  const encoder = new RowEncoder(plan);
  try {
    return await sessionOf(target, options.signal, (session) =>
      session.copyIn(text, encoder, options.signal),
    );
  } finally {
    encoder.release();
  }
}

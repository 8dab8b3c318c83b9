/**
 * The SQL of the hot path, known before the program runs: each function returns the text that its
 * return type spells, made from the same definition. Beyond these, use kysely (`database`).
 *
 * `…Values` functions give the parameters of a statement in the order of its placeholders.
 */
import { TablesError } from "../errors.ts";
import { encodeText, refusalOf } from "../connection/value-text.ts";
import type { ColumnState } from "../definition/column.ts";
import type { AnyTable, Insert, Key, Row, Update } from "../definition/table.ts";
import type {
  AllInsertNames,
  AllNames,
  CopyInSql,
  CopyOutSql,
  DeleteSql,
  InsertColumnsSql,
  InsertSql,
  SelectByIdSql,
  UpdateAllSql,
  UpdateSql,
  UpsertSql,
} from "./statement-text.ts";
import { quoteIdentifier } from "./identifier.ts";

type Name<T extends AnyTable> = keyof T["columns"] & string;
/** A row shaped for `insertValues`. */
type InsertRow<T extends AnyTable> = Insert<T>;

/** `INSERT INTO t (…) VALUES ($1, …) RETURNING id`: every column that the database does not fill itself. */
export function insertSql<T extends AnyTable>(table: T): InsertSql<T>;
/** The same with exactly these columns, in this order. */
export function insertSql<T extends AnyTable, const Given extends readonly Name<T>[]>(
  table: T,
  columns: Given,
): InsertColumnsSql<T, Given>;
export function insertSql(
  table: AnyTable,
  columns: readonly string[] = insertNames(table),
): string {
  return `INSERT INTO ${quoteIdentifier(table.name)} (${list(known(table, columns))}) VALUES (${places(columns)})${returning(table)}`;
}

/** The parameters of `insertSql(table)`. A nullable column that is left out is null. */
export function insertValues<T extends AnyTable>(table: T, row: InsertRow<T>): unknown[] {
  return valuesOf(table, row, insertNames(table));
}

/** `SELECT … FROM t WHERE id = $1` */
export function selectByIdSql<T extends AnyTable>(table: T): SelectByIdSql<T>;
export function selectByIdSql(table: AnyTable): string {
  return `SELECT ${list(table.columnNames)} FROM ${quoteIdentifier(table.name)} WHERE ${whereKey(table)}`;
}

/** The parameters of `selectByIdSql` and `deleteSql`. */
export function keyValues<T extends AnyTable>(table: T, key: Key<T>): unknown[] {
  return valuesOf(table, key, keyNames(table));
}

/** `UPDATE t SET a = $1, … WHERE id = $n`: every column but the key. */
export function updateSql<T extends AnyTable>(table: T): UpdateAllSql<T>;
/** The same with exactly these columns, in this order. */
export function updateSql<
  T extends AnyTable,
  const Given extends readonly (keyof Update<T> & string)[],
>(table: T, columns: Given): UpdateSql<T, Given>;
export function updateSql(table: AnyTable, columns: readonly string[] = otherNames(table)): string {
  if (columns.length === 0) throw new TypeError(`Table "${table.name}" has no column to update`);
  const assignments = pairs(known(table, columns), ", ", 0);
  return `UPDATE ${quoteIdentifier(table.name)} SET ${assignments} WHERE ${whereKey(table, columns.length)}`;
}

/** The parameters of `updateSql(table)`. */
export function updateValues<T extends AnyTable>(table: T, row: Row<T>): unknown[] {
  return [...valuesOf(table, row, otherNames(table)), ...valuesOf(table, row, keyNames(table))];
}

/** `DELETE FROM t WHERE id = $1` */
export function deleteSql<T extends AnyTable>(table: T): DeleteSql<T>;
export function deleteSql(table: AnyTable): string {
  return `DELETE FROM ${quoteIdentifier(table.name)} WHERE ${whereKey(table)}`;
}

/** `INSERT … ON CONFLICT (id) DO UPDATE SET a = EXCLUDED.a, …`: every column. */
export function upsertSql<T extends AnyTable>(table: T): UpsertSql<T>;
export function upsertSql(table: AnyTable): string {
  const names = table.columnNames;
  const sets = otherNames(table).map((name) => {
    const quoted = quoteIdentifier(name);
    return `${quoted} = EXCLUDED.${quoted}`;
  });
  const action = sets.length === 0 ? "NOTHING" : `UPDATE SET ${sets.join(", ")}`;
  return `INSERT INTO ${quoteIdentifier(table.name)} (${list(names)}) VALUES (${places(names)}) ON CONFLICT (${list(keyNames(table))}) DO ${action}`;
}

/** The parameters of `upsertSql(table)`. */
export function upsertValues<T extends AnyTable>(table: T, row: Row<T>): unknown[] {
  return valuesOf(table, row, table.columnNames);
}

/** `COPY t (…) FROM STDIN (FORMAT binary)`: what `copyIn` sends. */
export function copyInSql<T extends AnyTable>(table: T): CopyInSql<T, AllInsertNames<T>>;
export function copyInSql<T extends AnyTable, const Given extends readonly Name<T>[]>(
  table: T,
  columns: Given,
): CopyInSql<T, Given>;
export function copyInSql(
  table: AnyTable,
  columns: readonly string[] = insertNames(table),
): string {
  return `COPY ${quoteIdentifier(table.name)} (${list(known(table, columns))}) FROM STDIN (FORMAT binary)`;
}

/** `COPY t (…) TO STDOUT (FORMAT binary)`: what `copyOut` sends without filter or order. */
export function copyOutSql<T extends AnyTable>(table: T): CopyOutSql<T, AllNames<T>>;
export function copyOutSql<T extends AnyTable, const Given extends readonly Name<T>[]>(
  table: T,
  columns: Given,
): CopyOutSql<T, Given>;
export function copyOutSql(
  table: AnyTable,
  columns: readonly string[] = table.columnNames,
): string {
  return `COPY ${quoteIdentifier(table.name)} (${list(known(table, columns))}) TO STDOUT (FORMAT binary)`;
}

/** The columns of `insertSql(table)`, in order. */
export function insertNames(table: AnyTable): readonly string[] {
  return table.columnNames.filter((name) => {
    const { identity, defaultValue } = table.columns[name]!.state;
    return !identity && defaultValue === undefined;
  });
}

/** @throws TypeError when a name is not one of the table's columns, or is there twice */
export function known(table: AnyTable, names: readonly string[]): readonly string[] {
  if (names.length === 0) throw new TypeError(`No column of table "${table.name}" is named`);
  for (const [index, name] of names.entries()) {
    if (!Object.hasOwn(table.columns, name)) {
      throw new TypeError(`Table "${table.name}" has no column ${JSON.stringify(name)}`);
    }
    if (names.indexOf(name) !== index) {
      throw new TypeError(`Column ${JSON.stringify(name)} of table "${table.name}" is named twice`);
    }
  }
  return names;
}

function keyNames(table: AnyTable): readonly string[] {
  if (table.primaryKey.length === 0) {
    throw new TypeError(`Table "${table.name}" has no primary key`);
  }
  return table.primaryKey;
}

function otherNames(table: AnyTable): readonly string[] {
  return table.columnNames.filter((name) => !table.primaryKey.includes(name));
}

function valuesOf(table: AnyTable, row: object, names: readonly string[]): unknown[] {
  const values = row as Readonly<Record<string, unknown>>;
  return names.map((name) => {
    const value = values[name];
    const { state } = table.columns[name]!;
    const missing = value === undefined || value === null;
    if (missing && state.nullable) return null;
    const { code, why } = missing
      ? { code: "NOT_NULL_VIOLATION" as const, why: "is missing" }
      : (refusedBy(state, value) ?? {});
    if (code === undefined) return value;
    throw new TablesError(
      code,
      `Cannot bind a row of table ${table.name}: the value of column ${name} ${why}`,
      {
        table: table.name,
        column: name,
      },
    );
  });
}

/** Documents are not tried: their text is long, and every value has one. */
function refusedBy(state: ColumnState, value: unknown) {
  const { type, finite } = state;
  if (finite && typeof value === "number" && !Number.isFinite(value)) {
    return { code: "INVALID_VALUE" as const, why: "is NaN or infinite" };
  }
  if (type === "json" || type === "jsonb" || (type === "bytea" && value instanceof Uint8Array))
    return undefined;
  return encodeText(value, type) === undefined ? refusalOf(value, type) : undefined;
}

function list(names: readonly string[]): string {
  return names.map(quoteIdentifier).join(", ");
}

function places(names: readonly string[]): string {
  return names.map((_, index) => `$${index + 1}`).join(", ");
}

function pairs(names: readonly string[], glue: string, before: number): string {
  return names.map((name, index) => `${quoteIdentifier(name)} = $${before + index + 1}`).join(glue);
}

function whereKey(table: AnyTable, before = 0): string {
  return pairs(keyNames(table), " AND ", before);
}

function returning(table: AnyTable): string {
  return table.primaryKey.length === 0 ? "" : ` RETURNING ${list(table.primaryKey)}`;
}

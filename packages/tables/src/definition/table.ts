/**
 * A table's definition and the row types that follow from it.
 *
 * TypeScript's object types have no order, so every statement lists columns in one order that needs
 * none: by the bytes of their names. Only CREATE TABLE keeps the order they were written in.
 */
import type { AnyColumn, Column, ColumnFlag } from "./column.ts";
import type { TypeName } from "./column-type.ts";
import { assertIdentifier, compareIdentifiers } from "../sql/identifier.ts";

export type ColumnMap = { readonly [name: string]: AnyColumn };

export interface IndexDefinition {
  readonly columns: readonly string[];
  readonly unique: boolean;
}

export interface TableConstraints<Name extends string> {
  /** Groups of columns that are unique together. */
  readonly unique?: readonly (readonly Name[])[];
  /** Indexes over several columns. */
  readonly indexes?: readonly (readonly Name[])[];
}

export interface Table<Name extends string, Columns extends ColumnMap> {
  readonly name: Name;
  readonly columns: Columns;
  /** All column names, in the order of every statement. */
  readonly columnNames: readonly string[];
  readonly primaryKey: readonly string[];
  readonly indexes: readonly IndexDefinition[];
}

export type AnyTable = Table<string, ColumnMap>;

const COLUMN_LIMIT = 1600;

/**
 * Defines a table.
 *
 * @throws TypeError when a name is not a possible identifier or an index names an unknown column
 */
export function table<const Name extends string, const Columns extends ColumnMap>(
  name: Name,
  columns: Columns,
  constraints: TableConstraints<keyof Columns & string> = {},
): Table<Name, Columns> {
  type ColumnName = keyof Columns & string;
  assertIdentifier(name, "table name");
  const columnNames = (Object.keys(columns) as ColumnName[]).sort(compareIdentifiers);
  if (columnNames.length === 0) throw new TypeError(`Table "${name}" has no columns`);
  if (columnNames.length > COLUMN_LIMIT) {
    throw new TypeError(
      `Table "${name}" has ${columnNames.length} columns; at most ${COLUMN_LIMIT}`,
    );
  }
  for (const column of columnNames) assertIdentifier(column, `column name in table "${name}"`);
  const indexes: IndexDefinition[] = [];
  for (const group of constraints.unique ?? []) indexes.push({ columns: group, unique: true });
  for (const group of constraints.indexes ?? []) indexes.push({ columns: group, unique: false });
  for (const column of columnNames) {
    const { unique, indexed } = columns[column]!.state;
    if (unique || indexed) indexes.push({ columns: [column], unique });
  }
  for (const index of indexes) {
    const unknown = index.columns.find((column) => !Object.hasOwn(columns, column));
    if (unknown !== undefined)
      throw new TypeError(`Table "${name}": no column "${unknown}" to index`);
  }
  const primaryKey = columnNames.filter((column) => columns[column]!.state.primaryKey);
  return Object.freeze({ name, columns, columnNames, primaryKey, indexes });
}

/** Makes hovers show the fields instead of the computation. */
type Shown<T> = { [Key in keyof T]: T[Key] } & {};

export type FlagsOf<C> = C extends Column<TypeName, unknown, infer Flags> ? Flags : never;
type WithFlag<Columns extends ColumnMap, Flag extends ColumnFlag> = {
  [Name in keyof Columns]: Flag extends Columns[Name]["$flags"] ? Name : never;
}[keyof Columns];

/** Names of the columns that an insert may leave out because the database fills them. */
export type FilledName<Columns extends ColumnMap> =
  | WithFlag<Columns, "default">
  | WithFlag<Columns, "identity">;
export type KeyName<Columns extends ColumnMap> = WithFlag<Columns, "primary-key">;
export type NullableName<Columns extends ColumnMap> = WithFlag<Columns, "nullable">;

type ValueOf<C extends AnyColumn> = "nullable" extends C["$flags"]
  ? C["$value"] | null
  : C["$value"];

/** What SELECT gives: every column, null only where the definition allows it. */
export type Row<T extends AnyTable> = Shown<{
  readonly [Name in keyof T["columns"]]: ValueOf<T["columns"][Name]>;
}>;

/** What an insert takes: nullable columns and those that the database fills may be left out. */
export type Insert<T extends AnyTable> = Shown<
  {
    readonly [
      Name in Exclude<keyof T["columns"], FilledName<T["columns"]> | NullableName<T["columns"]>>
    ]: ValueOf<T["columns"][Name]>;
  } & {
    readonly [Name in FilledName<T["columns"]> | NullableName<T["columns"]>]?: ValueOf<
      T["columns"][Name]
    >;
  }
>;

/** What an update takes: any columns but the primary key. */
export type Update<T extends AnyTable> = Shown<{
  readonly [Name in Exclude<keyof T["columns"], KeyName<T["columns"]>>]?: ValueOf<
    T["columns"][Name]
  >;
}>;

/** The primary key's columns. */
export type Key<T extends AnyTable> = Shown<{
  readonly [Name in KeyName<T["columns"]>]: ValueOf<T["columns"][Name]>;
}>;

/** A table without a `unique` row-type surprise: the `C` of `Table<Name, C>`. */
export type ColumnsOf<T extends AnyTable> = T["columns"];

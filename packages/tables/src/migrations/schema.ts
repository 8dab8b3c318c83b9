/**
 * A schema as plain data: what definitions say, what schema.json records beside the migrations, and what a
 * database has. Comparing two of them is all that migrations and drift reports do.
 */
import { typeSql } from "../definition/column-type.ts";
import type { AnyTable } from "../definition/table.ts";
import { defaultSql, indexName } from "../sql/create-sql.ts";

export interface ColumnModel {
  /** As DDL spells it: "double precision". */
  readonly type: string;
  readonly nullable: boolean;
  readonly identity: boolean;
  /** A SQL expression, or null. */
  readonly default: string | null;
}

export interface IndexModel {
  readonly columns: readonly string[];
  readonly unique: boolean;
}

export interface ForeignKeyModel {
  readonly column: string;
  readonly table: string;
  readonly target: string;
  readonly onDelete: string;
  readonly onUpdate: string;
}

export interface TableModel {
  /** In the order of CREATE TABLE. */
  readonly columns: Readonly<Record<string, ColumnModel>>;
  readonly primaryKey: readonly string[];
  readonly indexes: Readonly<Record<string, IndexModel>>;
  readonly foreignKeys: Readonly<Record<string, ForeignKeyModel>>;
  /** Name of a CHECK (finite) constraint → its column. */
  readonly checks: Readonly<Record<string, string>>;
}

export type SchemaModel = Readonly<Record<string, TableModel>>;

export function schemaOf(tables: readonly AnyTable[]): SchemaModel {
  const schema: Record<string, TableModel> = {};
  for (const table of tables) {
    if (Object.hasOwn(schema, table.name))
      throw new TypeError(`Two tables are called "${table.name}"`);
    schema[table.name] = tableModel(table);
  }
  return schema;
}

function tableModel(table: AnyTable): TableModel {
  const columns: Record<string, ColumnModel> = {};
  const foreignKeys: Record<string, ForeignKeyModel> = {};
  const checks: Record<string, string> = {};
  for (const [name, column] of Object.entries(table.columns)) {
    const { nullable, identity, defaultValue, references, finite } = column.state;
    columns[name] = {
      type: typeSql(column.type),
      nullable,
      identity,
      default: defaultValue === undefined ? null : defaultSql(column),
    };
    if (finite) checks[`${table.name}_${name}_finite`] = name;
    if (references === undefined) continue;
    foreignKeys[`${table.name}_${name}_fkey`] = {
      column: name,
      table: references.table,
      target: references.column,
      onDelete: references.onDelete,
      onUpdate: references.onUpdate,
    };
  }
  const indexes = Object.fromEntries(
    table.indexes.map((index) => [
      indexName(table.name, index),
      { columns: index.columns, unique: index.unique },
    ]),
  );
  return { columns, primaryKey: table.primaryKey, indexes, foreignKeys, checks };
}

/** Old column names by table, from `renamedFrom`: new name → old name. */
export type Renames = Readonly<Record<string, Readonly<Record<string, string>>>>;

export function renamesOf(tables: readonly AnyTable[]): Renames {
  return Object.fromEntries(
    tables.map((table) => [
      table.name,
      Object.fromEntries(
        Object.entries(table.columns).flatMap(([name, { state }]) =>
          state.renamedFrom === undefined ? [] : [[name, state.renamedFrom]],
        ),
      ),
    ]),
  );
}

/** Whether two models say the same, whatever the order of their keys. */
export function sameModel(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** kysely over a Connection, typed by table definitions. */
import { Kysely, type ColumnType, type DatabaseConnection } from "kysely";
import type { Connection, DriverConnection } from "../connection/connect.ts";
import { useSession } from "../connection/connect.ts";
import type { Session } from "../connection/driver.ts";
import type { AnyColumn } from "../definition/column.ts";
import type { AnyTable } from "../definition/table.ts";
import { SessionConnection, TablesDialect } from "./dialect.ts";

type Nulled<C extends AnyColumn> = "nullable" extends C["$flags"]
  ? C["$value"] | null
  : C["$value"];
/** What a statement may be given for a column: times also as Date, 64-bit integers also as number. */
type Given<C extends AnyColumn> = C["type"] extends "timestamp" | "timestamptz"
  ? Nulled<C> | Date
  : C["type"] extends "bigint"
    ? Nulled<C> | number
    : Nulled<C>;
type Optional<C extends AnyColumn> = "nullable" | "default" | "identity" extends infer Filled
  ? Filled extends C["$flags"]
    ? undefined
    : never
  : never;

/** A table as kysely sees it. */
export type KyselyTable<T extends AnyTable> = {
  [Name in keyof T["columns"]]: ColumnType<
    Nulled<T["columns"][Name]>,
    Given<T["columns"][Name]> | Optional<T["columns"][Name]>,
    Given<T["columns"][Name]>
  >;
};

/** The schema of a set of definitions, keyed by the tables' own names. */
export type Schema<Tables extends Readonly<Record<string, AnyTable>>> = {
  [Key in keyof Tables as Tables[Key]["name"]]: KyselyTable<Tables[Key]>;
};

/** kysely for everything beyond the hot path: joins, aggregates, subqueries, transactions. */
export function database<const Tables extends Readonly<Record<string, AnyTable>>>(
  connection: Connection,
  _tables: Tables,
): Kysely<Schema<Tables>> {
  return new Kysely<Schema<Tables>>({
    dialect: new TablesDialect((connection as DriverConnection).driver),
  });
}

/** What COPY may run on: a Connection, or a kysely database or transaction made from one. */
export type CopyTarget = Connection | KyselyLike;

/** The part of kysely's Kysely and Transaction that COPY needs, whatever their schema. */
export interface KyselyLike {
  getExecutor(): {
    provideConnection<Value>(
      consumer: (connection: DatabaseConnection) => Promise<Value>,
    ): Promise<Value>;
  };
}

/** Runs `body` on the target's session: a transaction's own one, or any free one. */
export async function sessionOf<Value>(
  target: CopyTarget,
  signal: AbortSignal | undefined,
  body: (session: Session) => Promise<Value>,
): Promise<Value> {
  if (!("getExecutor" in target)) return await useSession(target, signal, body);
  return await target.getExecutor().provideConnection((connection) => {
    if (connection instanceof SessionConnection) return body(connection.session);
    throw new TypeError("This kysely database was not made by database(connection, tables)");
  });
}

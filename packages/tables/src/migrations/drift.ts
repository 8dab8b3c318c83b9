/**
 * Whether a database is as the definitions say.
 *
 * PostgreSQL rewrites what it stores ('f'::boolean becomes false), so texts can not be compared. We let
 * it rewrite ours: the definitions are created in a schema of their own, both schemas are read back the
 * same way, and the transaction is rolled back.
 */
import type { Connection } from "../connection/connect.ts";
import { useSession } from "../connection/connect.ts";
import type { Session } from "../connection/driver.ts";
import type { AnyTable } from "../definition/table.ts";
import { quoteIdentifier } from "../sql/identifier.ts";
import { diffSchemas } from "./diff.ts";
import { migrationSql } from "./generate.ts";
import { schemaOf } from "./schema.ts";

export interface Drift {
  readonly kind: "table" | "column" | "constraint" | "index";
  readonly table: string;
  /** Name of the column, constraint or index; of the table for kind "table". */
  readonly name: string;
  /** What the definitions say; undefined: nothing of that name. */
  readonly expected: string | undefined;
  /** What the database has. */
  readonly actual: string | undefined;
}

const SCRATCH = "hotpath_drift";

/**
 * Reports each difference; an empty list means that there is none. Tables that no definition names are
 * not looked at. Needs the right to create a schema; changes nothing.
 */
export async function driftReport(
  connection: Connection,
  tables: readonly AnyTable[],
): Promise<readonly Drift[]> {
  const names = tables.map((table) => table.name);
  return await useSession(connection, undefined, async (session) => {
    await session.query("BEGIN", []);
    try {
      const actual = await read(session, "current_schema()", names);
      await session.script(`CREATE SCHEMA ${SCRATCH}; SET LOCAL search_path = ${SCRATCH}`);
      await session.script(migrationSql(diffSchemas({}, schemaOf(tables))));
      const expected = await read(session, `'${SCRATCH}'`, names);
      return compare(expected, actual);
    } finally {
      if (!session.broken) await session.query("ROLLBACK", []);
    }
  });
}

type Facts = ReadonlyMap<string, Omit<Drift, "expected" | "actual"> & { readonly text: string }>;

async function read(session: Session, schema: string, tables: readonly string[]): Promise<Facts> {
  const { rows } = await session.query(factsSql(schema), [tables]);
  return new Map(
    rows.map((row) => {
      const { kind, table, name, text } = row as Record<string, string>;
      const plain = text!.replaceAll(`${SCRATCH}.`, "").replaceAll("public.", "");
      const fact = { kind: kind as Drift["kind"], table: table!, name: name!, text: plain };
      return [`${kind} ${quoteIdentifier(table!)} ${quoteIdentifier(name!)}`, fact];
    }),
  );
}

/** One row per table, column, constraint and index: what it is called and what it says. */
function factsSql(schema: string): string {
  return `WITH relation AS (
    SELECT c.oid, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ${schema} AND c.relkind IN ('r', 'p') AND c.relname = ANY ($1::text[]))
  SELECT 'table' AS kind, relname::text AS "table", relname::text AS name, 'table' AS text FROM relation
  UNION ALL
  SELECT 'column', relname, attname,
    format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END
      || CASE WHEN attidentity <> '' THEN ' IDENTITY' ELSE '' END
      || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
  FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND attnum > 0 AND NOT attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  UNION ALL
  SELECT 'constraint', relname, conname, pg_get_constraintdef(k.oid)
  FROM relation r JOIN pg_constraint k ON k.conrelid = r.oid AND contype IN ('p', 'f', 'c')
  UNION ALL
  SELECT 'index', r.relname, i.relname, pg_get_indexdef(x.indexrelid)
  FROM relation r JOIN pg_index x ON x.indrelid = r.oid JOIN pg_class i ON i.oid = x.indexrelid
  WHERE NOT indisprimary`;
}

function compare(expected: Facts, actual: Facts): Drift[] {
  const drifts: Drift[] = [];
  for (const [key, { kind, table, name, text }] of expected) {
    const found = actual.get(key)?.text;
    if (found !== text) drifts.push({ kind, table, name, expected: text, actual: found });
  }
  for (const [key, { kind, table, name, text }] of actual) {
    if (!expected.has(key)) drifts.push({ kind, table, name, expected: undefined, actual: text });
  }
  // A missing table says enough: its columns need not be listed.
  const missing = new Set(
    drifts.filter((drift) => drift.kind === "table").map((drift) => drift.table),
  );
  return drifts.filter((drift) => drift.kind === "table" || !missing.has(drift.table));
}

/**
 * Applies a folder of SQL files, `0001_first.sql`, `0002_next.sql`, …, each once, in order.
 *
 * One advisory lock per database makes concurrent starts wait for each other. Each file runs in a
 * transaction with the row that records it, so that it happened if and only if it is recorded.
 */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import type { Connection } from "../connection/connect.ts";
import { useSession } from "../connection/connect.ts";
import type { Session } from "../connection/driver.ts";
import { TablesError } from "../errors.ts";

export interface Migration {
  readonly id: number;
  /** The file's name. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, hexadecimal. */
  readonly checksum: string;
}

/** "hotpath" in ASCII, cut to a bigint: the key of the advisory lock. */
const LOCK_KEY = 0x68_6f_74_70_61_74_68n;
const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;

const CREATE_RECORD = `CREATE TABLE IF NOT EXISTS hotpath_migrations (
  id integer PRIMARY KEY,
  name text NOT NULL,
  checksum text NOT NULL,
  applied timestamptz NOT NULL DEFAULT now()
)`;

/**
 * @param folder file URL of the folder of migrations
 * @returns the names of the files that were applied now
 * @throws TablesError MIGRATION_CHANGED when an applied file was edited or is missing,
 *   MIGRATION_FAILED when a file's SQL fails (it is rolled back)
 */
export async function migrate(connection: Connection, folder: URL): Promise<readonly string[]> {
  const migrations = await readMigrations(folder);
  return await useSession(connection, undefined, async (session) => {
    await session.query("SELECT pg_advisory_lock($1)", [LOCK_KEY]);
    try {
      return await applyAll(session, migrations);
    } finally {
      if (!session.broken) await session.query("SELECT pg_advisory_unlock($1)", [LOCK_KEY]);
    }
  });
}

async function applyAll(session: Session, migrations: readonly Migration[]): Promise<string[]> {
  await session.script(CREATE_RECORD);
  const recorded = await session.query(
    "SELECT id, name, checksum FROM hotpath_migrations ORDER BY id",
    [],
  );
  for (const row of recorded.rows) assertUnchanged(row, migrations);
  const done = new Set(recorded.rows.map((row) => row["id"]));
  const names: string[] = [];
  for (const migration of migrations) {
    if (done.has(migration.id)) continue;
    await apply(session, migration);
    names.push(migration.name);
  }
  return names;
}

async function apply(session: Session, migration: Migration): Promise<void> {
  await session.query("BEGIN", []);
  try {
    await session.script(migration.sql);
    await session.query("INSERT INTO hotpath_migrations (id, name, checksum) VALUES ($1, $2, $3)", [
      migration.id,
      migration.name,
      migration.checksum,
    ]);
    await session.query("COMMIT", []);
  } catch (error) {
    if (!session.broken) await session.query("ROLLBACK", []);
    const why = error instanceof Error ? error.message : String(error);
    throw new TablesError("MIGRATION_FAILED", `Cannot apply ${migration.name}: ${why}`, {
      cause: error,
      ...(error instanceof TablesError ? { table: error.table, sqlState: error.sqlState } : {}),
    });
  }
}

function assertUnchanged(row: Record<string, unknown>, migrations: readonly Migration[]): void {
  const migration = migrations.find((candidate) => candidate.id === row["id"]);
  const name = String(row["name"]);
  if (migration === undefined) {
    throw new TablesError(
      "MIGRATION_CHANGED",
      `Migration ${name} was applied, but its file is gone`,
    );
  }
  if (migration.checksum !== row["checksum"]) {
    throw new TablesError("MIGRATION_CHANGED", `Migration ${name} was edited after it was applied`);
  }
}

/** @throws TypeError when a file's name is not `0001_some_name.sql` or a number is there twice */
export async function readMigrations(folder: URL): Promise<readonly Migration[]> {
  const base = folder.href.endsWith("/") ? folder : new URL(`${folder.href}/`);
  const names = (await readdir(base)).filter((name) => name.endsWith(".sql")).sort();
  const migrations: Migration[] = [];
  for (const name of names) {
    const id = Number(FILE_NAME.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(id))
      throw new TypeError(`Migration "${name}" must be named like 0001_some_name.sql`);
    if (migrations.some((migration) => migration.id === id)) {
      throw new TypeError(`Two migrations have the number ${id}`);
    }
    const sql = await readFile(new URL(name, base), "utf8");
    const checksum = createHash("sha256").update(sql).digest("hex");
    migrations.push({ id, name, sql, checksum });
  }
  return migrations;
}

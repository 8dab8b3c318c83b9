/**
 * Applies a folder of SQL files, each once, in order.
 *
 * One advisory lock per database makes concurrent starts wait for each other. Each file runs in a
 * transaction with the row that records it, so that it happened if and only if it is recorded.
 */
import type { Connection } from "../connection/connect.ts";
import { useSession } from "../connection/connect.ts";
import type { Session } from "../connection/driver.ts";
import { TablesError } from "../errors.ts";
import { readMigrations, type Migration } from "./migration-files.ts";

export interface MigrateOptions {
  /** How long to wait while another process migrates. @default 60_000 */
  readonly lockTimeoutMs?: number;
}

/** The key of the advisory lock: "hotpath" in ASCII. */
const LOCK_KEY = 0x68_6f_74_70_61_74_68n;

const CREATE_RECORD = `CREATE TABLE IF NOT EXISTS hotpath_migrations (
  id integer PRIMARY KEY,
  name text NOT NULL,
  checksum text NOT NULL,
  applied timestamptz NOT NULL DEFAULT now()
)`;

/**
 * @param folder file URL of the folder of migrations
 * @returns the names of the files that were applied now
 * @throws TablesError MIGRATION_CHANGED when an applied file was edited, is missing, or comes after one
 *   that was not applied; MIGRATION_FAILED when a file's SQL fails (it is rolled back);
 *   STATEMENT_TIMEOUT when another process kept the lock
 */
export async function migrate(
  connection: Connection,
  folder: URL,
  options: MigrateOptions = {},
): Promise<readonly string[]> {
  const migrations = await readMigrations(folder);
  return await locked(connection, options, async (session) => {
    const done = await recorded(session, migrations);
    const last = Math.max(0, ...done);
    const names: string[] = [];
    for (const migration of migrations.filter(({ id }) => !done.has(id))) {
      if (migration.id < last) {
        throw new TablesError(
          "MIGRATION_CHANGED",
          `Migration ${migration.name} is new, but a later one was applied already: give it the next number`,
        );
      }
      await apply(session, migration);
      names.push(migration.name);
    }
    return names;
  });
}

export interface RevertOptions extends MigrateOptions {
  /** The last migration that stays; 0 takes all back. */
  readonly to: number;
  /** Going back loses data: nothing happens unless this is true. */
  readonly allowDataLoss?: boolean;
}

/**
 * Takes migrations back, the last first, by their `.down.sql` files.
 *
 * @returns the names of the migrations that were taken back
 * @throws TablesError MIGRATION_REFUSED without `allowDataLoss`, or when one has no `.down.sql`: before
 *   anything is taken back
 */
export async function revertMigrations(
  connection: Connection,
  folder: URL,
  options: RevertOptions,
): Promise<readonly string[]> {
  if (options.allowDataLoss !== true) {
    throw new TablesError(
      "MIGRATION_REFUSED",
      "Cannot take migrations back: it loses data; set allowDataLoss to do it all the same",
    );
  }
  const migrations = await readMigrations(folder);
  return await locked(connection, options, async (session) => {
    const done = await recorded(session, migrations);
    const leaving = migrations.filter(({ id }) => done.has(id) && id > options.to).reverse();
    const stuck = leaving.find(({ down }) => down === undefined);
    if (stuck !== undefined) {
      const message = `Cannot take ${stuck.name} back: it has no .down.sql`;
      throw new TablesError("MIGRATION_REFUSED", message);
    }
    for (const migration of leaving) await takeBack(session, migration);
    return leaving.map(({ name }) => name);
  });
}

async function locked<Value>(
  connection: Connection,
  options: MigrateOptions,
  body: (session: Session) => Promise<Value>,
): Promise<Value> {
  const lockTimeoutMs = String(options.lockTimeoutMs ?? 60_000);
  return await useSession(connection, undefined, async (session) => {
    // A migration may take longer than the statements of a service should.
    await session.script("SET statement_timeout = 0");
    await session.query("SELECT set_config('lock_timeout', $1, false)", [lockTimeoutMs]);
    try {
      await session.query("SELECT pg_advisory_lock($1)", [LOCK_KEY]);
      try {
        await session.script(CREATE_RECORD);
        return await body(session);
      } finally {
        if (!session.broken) await session.query("SELECT pg_advisory_unlock($1)", [LOCK_KEY]);
      }
    } finally {
      if (!session.broken) await session.script("RESET lock_timeout; RESET statement_timeout");
    }
  });
}

/** The numbers that were applied. */
async function recorded(session: Session, migrations: readonly Migration[]): Promise<Set<number>> {
  const text = "SELECT id, name, checksum FROM hotpath_migrations ORDER BY id";
  const { rows } = await session.query(text, []);
  for (const row of rows) {
    const migration = migrations.find((candidate) => candidate.id === row["id"]);
    const name = String(row["name"]);
    if (migration?.checksum === row["checksum"]) continue;
    const why = migration === undefined ? "its file is gone" : "it was edited after that";
    throw new TablesError("MIGRATION_CHANGED", `Migration ${name} was applied, but ${why}`);
  }
  return new Set(rows.map((row) => row["id"] as number));
}

function apply(session: Session, migration: Migration): Promise<void> {
  const { id, name, sql, checksum } = migration;
  return inTransaction(session, `Cannot apply ${name}`, async () => {
    await session.script(sql);
    const record = "INSERT INTO hotpath_migrations (id, name, checksum) VALUES ($1, $2, $3)";
    await session.query(record, [id, name, checksum]);
  });
}

function takeBack(session: Session, { id, name, down }: Migration): Promise<void> {
  return inTransaction(session, `Cannot take ${name} back`, async () => {
    await session.script(down ?? "");
    await session.query("DELETE FROM hotpath_migrations WHERE id = $1", [id]);
  });
}

async function inTransaction(
  session: Session,
  action: string,
  body: () => Promise<void>,
): Promise<void> {
  await session.query("BEGIN", []);
  try {
    await body();
    await session.query("COMMIT", []);
  } catch (error) {
    if (!session.broken) await session.query("ROLLBACK", []);
    const why = error instanceof Error ? error.message : String(error);
    throw new TablesError("MIGRATION_FAILED", `${action}: ${why}`, {
      cause: error,
      ...(error instanceof TablesError ? { table: error.table, sqlState: error.sqlState } : {}),
    });
  }
}

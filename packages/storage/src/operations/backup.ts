/**
 * A backup is another database: what one snapshot shows, written anew. It goes on while the first is written to,
 * costs it an open snapshot, and leaves free pages and the log behind. It is also how a database comes into a newer
 * format: what this version can read it writes in its own.
 */
import type { Database } from "../database/database.ts";
import { open } from "../database/open.ts";
import type { OpenOptions } from "../database/options.ts";
import type { TableDefinition } from "../engine/engine.ts";
import { NodeDisk } from "../disk/node-disk.ts";
import { StorageError } from "../errors.ts";
import { copyTables } from "./copy-tables.ts";
import type { Progress } from "./stored-database.ts";

export interface BackupReport {
  /** The commit that the backup shows. */
  readonly commit: number;
  readonly rows: number;
}

/** Refuses a folder that has anything in it. */
export async function newDatabase(folder: string, options: OpenOptions): Promise<Database> {
  const disk = options.disk ?? new NodeDisk(folder);
  const there = await disk.list().catch(() => []);
  if (there.length > 0) {
    throw new StorageError("LIMIT", `${folder} is not empty: choose a new folder`, {
      file: folder,
    });
  }
  return open(folder, options);
}

/** Writes what the database is now to a new folder, while it goes on. */
export async function backupDatabase(
  database: Database,
  tables: readonly TableDefinition[],
  folder: string,
  options: Omit<OpenOptions, "tables"> = {},
  progress?: Progress,
): Promise<BackupReport> {
  using snapshot = database.snapshot();
  await using copy = await newDatabase(folder, { durability: "relaxed", ...options, tables });
  const rows = await copyTables(snapshot, tables, copy, progress);
  await copy.flushed;
  return { commit: snapshot.commit, rows };
}

/**
 * A lock on a folder that the kernel releases when its holder dies.
 *
 * Node has no flock. What it has is SQLite, and SQLite has what is hard about POSIX record locks solved:
 * they belong to a process, so it keeps its own table of them for two opens in one process and its threads,
 * and any close of the file would drop them, so it defers closes. We open `lock` as an SQLite database that
 * never gets content and hold its exclusive lock. Compared: a pid file needs a guess whether the pid is still
 * the same process; a socket in the abstract namespace is not seen from another container with the same
 * folder mounted. Invariant: nothing else in this package opens LOCK_FILE.
 */
import { createRequire } from "node:module";
import type * as Sqlite from "node:sqlite";
import { join } from "node:path";
import { StorageError } from "../errors.ts";

export const LOCK_FILE = "lock";

const SQLITE_BUSY = 5;

export function lockFolder(folder: string): AsyncDisposable {
  // Loaded here: on Node 24 the module prints a warning when it is loaded.
  const { DatabaseSync } = createRequire(import.meta.url)("node:sqlite") as typeof Sqlite;
  const database = new DatabaseSync(join(folder, LOCK_FILE), { timeout: 0 });
  try {
    // Without a journal file, because there is never anything to roll back. (OFF is refused to a defensive connection.)
    database.exec(
      "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE",
    );
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) {
      throw new StorageError("LOCKED", `${folder} is open in another database or process`, {
        file: LOCK_FILE,
      });
    }
    throw new StorageError("IO", `Cannot lock ${folder}`, { cause: error, file: LOCK_FILE });
  }
  return {
    async [Symbol.asyncDispose]() {
      if (database.isOpen) database.close();
    },
  };
}

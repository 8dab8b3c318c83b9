/**
 * One process at a time on a PGlite data directory.
 *
 * PGlite does not lock: two processes on one directory corrupt it. We hold the file lock of an empty
 * SQLite database beside the directory (`<directory>.lock`), because the operating system releases
 * that lock when the process ends in any way, and Node has no lock of its own.
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { TablesError } from "../errors.ts";

export interface DirectoryLock {
  release(): void;
}

/** @throws TablesError DATA_DIRECTORY_LOCKED when another process, or this one, has it open */
export function lockDirectory(directory: string): DirectoryLock {
  mkdirSync(dirname(directory), { recursive: true });
  const lock = new DatabaseSync(`${directory}.lock`, { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    throw new TablesError(
      "DATA_DIRECTORY_LOCKED",
      `Cannot open the data directory ${directory}: another process has it open`,
      { cause: error },
    );
  }
  return { release: () => lock.close() };
}

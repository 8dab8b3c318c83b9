/**
 * Files as the runtime sees them: operations that call back, one interface for the host's disk
 * (`node-files.ts`) and for a simulated one (`../simulate/`). Tracking what is in flight, positions,
 * timeouts and cancellation are in `../file/`, written once. The host calls back exactly once for each
 * operation, never before the call has returned, and cannot call one off.
 */
import type { Settle } from "./net.ts";

export interface OpenHow {
  readonly read: boolean;
  readonly write: boolean;
  /** Every write goes to the end, whatever its position. */
  readonly append: boolean;
  /** "never": it must be there. "missing": made if it is not. "always": it must not be there yet. */
  readonly create: "never" | "missing" | "always";
  readonly truncate: boolean;
  /** Permissions of a file that is made. */
  readonly mode: number;
}

export type FileKind = "file" | "directory" | "link" | "other";

export interface FileStat {
  readonly kind: FileKind;
  readonly sizeBytes: number;
  /** Permission bits. */
  readonly mode: number;
  /** Milliseconds since 1970 UTC. */
  readonly modifiedMs: number;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: FileKind;
}

export interface OpenFile {
  /** At most into.length bytes at the position; 0 at the end. May read fewer than there are. */
  read(into: Uint8Array, position: number, settle: Settle<number>): void;
  /** May write fewer than given. */
  write(from: Uint8Array, position: number, settle: Settle<number>): void;
  /** Until the data, and unless `dataOnly` everything about the file, is on the disk. */
  sync(dataOnly: boolean, settle: Settle<void>): void;
  truncate(sizeBytes: number, settle: Settle<void>): void;
  stat(settle: Settle<FileStat>): void;
  close(settle: Settle<void>): void;
}

export interface OpenDirectory {
  /** The next entry, undefined at the end; in no particular order, without "." and "..". */
  next(settle: Settle<DirectoryEntry | undefined>): void;
  close(settle: Settle<void>): void;
}

export interface Files {
  open(path: string, how: OpenHow, settle: Settle<OpenFile>): void;
  openDirectory(path: string, settle: Settle<OpenDirectory>): void;
  /** Until what was made, renamed and removed in the directory is on the disk. */
  syncDirectory(path: string, settle: Settle<void>): void;
  stat(path: string, settle: Settle<FileStat>): void;
  /** Replaces what is at `to`, in one step. */
  rename(from: string, to: string, settle: Settle<void>): void;
  /** A second name for a file; fails with EEXIST when the name is taken. */
  link(from: string, to: string, settle: Settle<void>): void;
  remove(path: string, settle: Settle<void>): void;
  makeDirectory(path: string, settle: Settle<void>): void;
  removeDirectory(path: string, settle: Settle<void>): void;
}

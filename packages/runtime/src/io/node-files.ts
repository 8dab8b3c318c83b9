/** The host's disk, through node:fs with callbacks (a FileHandle costs a promise per operation). */
import * as fs from "node:fs";
import { IoError } from "./io-error.ts";
import type {
  DirectoryEntry,
  FileKind,
  Files,
  FileStat,
  OpenDirectory,
  OpenFile,
  OpenHow,
} from "./files.ts";
import type { Settle } from "./net.ts";

type NodeError = NodeJS.ErrnoException | null;

/** Turns node's (error, value) into ours, naming what was done to what. */
function report<T>(operation: string, path: string, settle: Settle<T>) {
  return (cause: NodeError, value?: T): void => {
    if (cause === null || cause === undefined) settle(undefined, value);
    else settle(IoError.from(operation, path, cause), undefined);
  };
}

function flagsOf(how: OpenHow): number {
  const { O_RDONLY, O_WRONLY, O_RDWR, O_APPEND, O_CREAT, O_EXCL, O_TRUNC } = fs.constants;
  let flags = how.write ? (how.read ? O_RDWR : O_WRONLY) : O_RDONLY;
  if (how.append) flags |= O_APPEND;
  if (how.create !== "never") flags |= O_CREAT;
  if (how.create === "always") flags |= O_EXCL;
  if (how.truncate) flags |= O_TRUNC;
  return flags;
}

interface Kinds {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

function kindOf(entry: Kinds): FileKind {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "directory";
  return entry.isSymbolicLink() ? "link" : "other";
}

function statOf(stats: fs.Stats): FileStat {
  return {
    kind: kindOf(stats),
    sizeBytes: stats.size,
    mode: stats.mode & 0o7777,
    modifiedMs: stats.mtimeMs,
  };
}

function reportStat(path: string, settle: Settle<FileStat>) {
  return (cause: NodeError, stats: fs.Stats | undefined): void => {
    if (cause === null) settle(undefined, statOf(stats!));
    else settle(IoError.from("stat", path, cause), undefined);
  };
}

class NodeFile implements OpenFile {
  readonly #fd: number;
  readonly #path: string;

  constructor(fd: number, path: string) {
    this.#fd = fd;
    this.#path = path;
  }

  read(into: Uint8Array, position: number, settle: Settle<number>): void {
    fs.read(this.#fd, into, 0, into.length, position, report("read", this.#path, settle));
  }

  write(from: Uint8Array, position: number, settle: Settle<number>): void {
    fs.write(this.#fd, from, 0, from.length, position, report("write", this.#path, settle));
  }

  sync(dataOnly: boolean, settle: Settle<void>): void {
    const sync = dataOnly ? fs.fdatasync : fs.fsync;
    sync(this.#fd, report("sync", this.#path, settle));
  }

  truncate(sizeBytes: number, settle: Settle<void>): void {
    fs.ftruncate(this.#fd, sizeBytes, report("truncate", this.#path, settle));
  }

  stat(settle: Settle<FileStat>): void {
    fs.fstat(this.#fd, reportStat(this.#path, settle));
  }

  close(settle: Settle<void>): void {
    fs.close(this.#fd, report("close", this.#path, settle));
  }
}

class NodeDirectory implements OpenDirectory {
  readonly #dir: fs.Dir;

  constructor(dir: fs.Dir) {
    this.#dir = dir;
  }

  next(settle: Settle<DirectoryEntry | undefined>): void {
    this.#dir.read((cause: NodeError, entry) => {
      if (cause !== null) settle(IoError.from("list", this.#dir.path, cause), undefined);
      else if (entry === null) settle(undefined, undefined);
      else settle(undefined, { name: entry.name, kind: kindOf(entry) });
    });
  }

  close(settle: Settle<void>): void {
    this.#dir.close(report("close", this.#dir.path, settle));
  }
}

/** Entries that are read from the host at once. */
const DIRECTORY_BATCH = 256;

export const nodeFiles: Files = {
  open: (path, how, settle) => {
    fs.open(path, flagsOf(how), how.mode, (cause, fd) => {
      if (cause === null) settle(undefined, new NodeFile(fd, path));
      else settle(IoError.from("open", path, cause), undefined);
    });
  },
  openDirectory: (path, settle) => {
    fs.opendir(path, { bufferSize: DIRECTORY_BATCH }, (cause, dir) => {
      if (cause === null) settle(undefined, new NodeDirectory(dir));
      else settle(IoError.from("list", path, cause), undefined);
    });
  },
  syncDirectory: (path, settle) => {
    fs.open(path, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY, (openCause, fd) => {
      if (openCause !== null) return settle(IoError.from("sync", path, openCause), undefined);
      fs.fsync(fd, (syncCause) => {
        fs.close(fd, (closeCause) => {
          report("sync", path, settle)(syncCause ?? closeCause ?? null);
        });
      });
    });
  },
  stat: (path, settle) => fs.stat(path, reportStat(path, settle)),
  rename: (from, to, settle) => fs.rename(from, to, report("rename", from, settle)),
  link: (from, to, settle) => fs.link(from, to, report("link", to, settle)),
  remove: (path, settle) => fs.unlink(path, report("remove", path, settle)),
  makeDirectory: (path, settle) =>
    fs.mkdir(path, (cause) => report("make directory", path, settle)(cause)),
  removeDirectory: (path, settle) => fs.rmdir(path, report("remove directory", path, settle)),
};

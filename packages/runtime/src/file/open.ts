/** Opening files, and the short ways to read and write whole ones. */
import { hostCall } from "../io/host-call.ts";
import type { FileStat, OpenFile, OpenHow } from "../io/files.ts";
import { IoError } from "../io/io-error.ts";
import { currentRuntime } from "../runtime/runtime.ts";
import type { ReadLimit } from "../stream/byte-reader.ts";
import type { WaitOptions } from "../wait/park.ts";
import { File } from "./file.ts";

export interface OpenOptions extends WaitOptions {
  /** Default: "read". "append": every write goes to the end. */
  readonly access?: "read" | "write" | "read-write" | "append";
  /** "never": it must be there. "missing": made when it is not. "always": it must not be there yet. Default: "never" for reading, else "missing". */
  readonly create?: OpenHow["create"];
  /** Empty it first. Default: false. */
  readonly truncate?: boolean;
  /** Permissions of a file that is made. Default: 0o666, less the umask. */
  readonly mode?: number;
}

/** Opens a file. Error IO: ENOENT, EACCES, EEXIST, EISDIR, EMFILE. */
export async function openFile(path: string, options: OpenOptions = {}): Promise<File> {
  checkFilePath(path);
  const { access = "read", truncate = false, mode = 0o666 } = options;
  const write = access !== "read";
  if (!write && (truncate || (options.create ?? "never") !== "never")) {
    throw new TypeError(`Cannot create or truncate ${path}: it is opened for reading only`);
  }
  const how: OpenHow = {
    read: access === "read" || access === "read-write",
    write,
    append: access === "append",
    create: options.create ?? (write ? "missing" : "never"),
    truncate,
    mode,
  };
  const { files } = currentRuntime().io;
  const open = await hostCall<OpenFile>(
    "open",
    path,
    (settle) => files.open(path, how, settle),
    // It was opened for somebody who is gone: nobody can be told if closing fails.
    { ...options, dispose: (late) => late.close(() => {}) },
  );
  return new File(open, path);
}

/** The whole file; LIMIT when it is larger than limitBytes (default 64 MiB). */
export async function readFile(path: string, options: ReadLimit = {}): Promise<Uint8Array> {
  await using file = await openFile(path);
  return await file.reader().readAll(options);
}

/** The whole file as UTF-8 text. */
export async function readTextFile(path: string, options: ReadLimit = {}): Promise<string> {
  return new TextDecoder().decode(await readFile(path, options));
}

/** Replaces what is in the file. Whoever reads meanwhile sees a part; see AtomicFile. */
export async function writeFile(
  path: string,
  data: Uint8Array | string,
  options: WaitOptions & { readonly mode?: number } = {},
): Promise<void> {
  await using file = await openFile(path, { ...options, access: "write", truncate: true });
  await file.write(data, options);
}

/** What is at the path, following links; undefined when there is nothing. */
export async function statFile(path: string, options?: WaitOptions): Promise<FileStat | undefined> {
  checkFilePath(path);
  const { files } = currentRuntime().io;
  try {
    return await hostCall<FileStat>("stat", path, (settle) => files.stat(path, settle), options);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export function isMissing(error: unknown): boolean {
  return (
    error instanceof IoError && (error.systemCode === "ENOENT" || error.systemCode === "ENOTDIR")
  );
}

/** TypeError unless the host could have a file of this name. */
export function checkFilePath(path: string): void {
  if (typeof path !== "string" || path.length === 0 || path.includes("\0")) {
    throw new TypeError(
      `The path of a file is text without zero bytes: ${JSON.stringify(path)} is not`,
    );
  }
}

/**
 * The one operational error of this package. Misuse (a wrong argument) is a TypeError or RangeError.
 * Messages say what was being done, to which file or table, and why it failed; never a stored value.
 */

export type StorageErrorCode =
  /** Another process, or this one, has the folder open. */
  | "LOCKED"
  /** Used after `close()`. */
  | "CLOSED"
  /** A write or sync of the log failed earlier. Reads go on; only opening again helps. */
  | "POISONED"
  /** The disk is full. Nothing of the transaction was kept. */
  | "NO_SPACE"
  /** A limit was reached: size of a transaction, length of the log, number of snapshots. */
  | "LIMIT"
  /** Bytes on disk are not what was written. */
  | "CORRUPT"
  /** The folder was written by a format that this version does not read. */
  | "FORMAT"
  /** A table is declared differently from how it is stored. */
  | "SCHEMA"
  /** The host refused an operation on a file; `cause` has its error. */
  | "IO"
  /** Asked for what this host does not offer: direct I/O, io_uring. */
  | "UNSUPPORTED";

export interface StorageErrorFields {
  readonly cause?: unknown;
  readonly file?: string | undefined;
  /** Where in the file, in bytes. */
  readonly position?: number | undefined;
  readonly table?: string | undefined;
}

const RETRYABLE: ReadonlySet<StorageErrorCode> = new Set(["LOCKED", "NO_SPACE"]);

export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly code: StorageErrorCode;
  readonly file: string | undefined;
  readonly position: number | undefined;
  readonly table: string | undefined;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;

  constructor(code: StorageErrorCode, message: string, fields: StorageErrorFields = {}) {
    super(message, "cause" in fields ? { cause: fields.cause } : undefined);
    this.code = code;
    this.file = fields.file;
    this.position = fields.position;
    this.table = fields.table;
    this.retryable = RETRYABLE.has(code);
  }
}

/** What the host calls the error: ENOSPC, EIO, … */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}

/** The error of a failed operation on a file, as this package tells it. */
export function diskError(doing: string, file: string, cause: unknown): StorageError {
  if (cause instanceof StorageError) return cause;
  const name = systemCode(cause);
  const code = name === "ENOSPC" || name === "EDQUOT" ? "NO_SPACE" : "IO";
  return new StorageError(code, `Cannot ${doing} ${file}: ${name ?? String(cause)}`, {
    cause,
    file,
  });
}

/** Keys and values as abstract-level hands them over: text, buffers or views, as the encoding of the call says. */
import { StorageError } from "../errors.ts";

export type Format = string | Uint8Array | Buffer;
export type FormatName = "utf8" | "buffer" | "view";

export function encode(value: Format): Uint8Array {
  return typeof value === "string" ? Buffer.from(value) : value;
}

/** `bytes` are the caller's own copy. */
export function decode(bytes: Uint8Array | undefined, format: FormatName): Format | undefined {
  if (bytes === undefined || format === "view") return bytes;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return format === "utf8" ? buffer.toString() : buffer;
}

/** The smallest key above `key`. */
export function below(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}

const CODES: Readonly<Record<string, string>> = {
  LOCKED: "LEVEL_LOCKED",
  CORRUPT: "LEVEL_CORRUPTION",
  IO: "LEVEL_IO_ERROR",
  NO_SPACE: "LEVEL_IO_ERROR",
};

/** The error with a code that programs written for level know, where level has one. */
export function levelError(error: unknown): unknown {
  if (!(error instanceof StorageError)) return error;
  const code = CODES[error.code];
  return code === undefined
    ? error
    : Object.assign(new Error(error.message, { cause: error }), { code });
}

/** What went wrong outside: the one error of sockets, files and processes. */
import { getSystemErrorMessage, getSystemErrorName } from "node:util";
import { RuntimeError } from "../errors.ts";

/** Errors after which the same call may well succeed a little later. */
const RETRYABLE = new Set([
  "EAGAIN",
  "EADDRINUSE",
  "EBUSY",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "EMFILE",
  "ENETDOWN",
  "ENETUNREACH",
  "ENFILE",
  "ENOBUFS",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
]);

/** An operation of the host failed. `message` says what was done to what: `connect to 10.0.0.1:80 failed: …`. */
export class IoError extends RuntimeError {
  override readonly name = "IoError";
  /** What was being done: "connect", "read", "open". */
  readonly operation: string;
  /** The address, path or program that it was done to. */
  readonly subject: string;
  /** The system's own name for the error: "ECONNREFUSED", "ENOENT". */
  readonly systemCode: string;

  constructor(operation: string, subject: string, systemCode: string, cause?: unknown) {
    super("IO", `Cannot ${operation} ${subject}: ${describeCode(systemCode)}`, {
      ...(cause === undefined ? {} : { cause }),
      retryable: RETRYABLE.has(systemCode),
    });
    this.operation = operation;
    this.subject = subject;
    this.systemCode = systemCode;
  }

  /** From a negative error number of libuv. */
  static fromStatus(operation: string, subject: string, status: number): IoError {
    return new IoError(operation, subject, getSystemErrorName(status));
  }

  /** From what Node throws, which carries the system's name for the error as `code`. */
  static from(operation: string, subject: string, cause: unknown): IoError {
    if (cause instanceof IoError) return cause;
    const code: unknown = cause instanceof Error && "code" in cause ? cause.code : undefined;
    return new IoError(operation, subject, typeof code === "string" ? code : "UNKNOWN", cause);
  }
}

/** `connection refused (ECONNREFUSED)`; the bare code when the system has no words for it. */
function describeCode(code: string): string {
  const text = MESSAGES.get(code);
  return text === undefined ? code : `${text} (${code})`;
}

const MESSAGES: ReadonlyMap<string, string> = systemMessages();

function systemMessages(): Map<string, string> {
  const messages = new Map<string, string>([
    ["ENOTFOUND", "no such host"],
    ["EAI_AGAIN", "the name servers do not answer"],
  ]);
  for (let number = 1; number < 140; number++) {
    try {
      messages.set(getSystemErrorName(-number), getSystemErrorMessage(-number));
    } catch {
      // The system has no error of this number.
    }
  }
  return messages;
}

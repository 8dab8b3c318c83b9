/**
 * What goes wrong between two ends that speak HTTP: the one error class of this package.
 *
 * A handler may let one pass: the server answers it with `status`. Misuse by the program itself is a
 * TypeError or RangeError, and answered with a bare 500.
 */
import type { Response } from "./exchange.ts";
import { Problem } from "./problem.ts";

export type HttpErrorCode =
  /** The other side broke a rule of the protocol; `reason` says which. */
  | "PROTOCOL"
  /** A message is larger than the limit that was set. */
  | "LIMIT"
  /** The content ended, or the connection did, before the message was complete. */
  | "INCOMPLETE"
  /** The content is not what it should be: text that is no UTF-8. */
  | "CONTENT"
  /** The other side did not go on in time. */
  | "TIMEOUT"
  /** The server takes no more, or is being shut down. */
  | "UNAVAILABLE"
  /** The client has gone. */
  | "GONE";

export interface HttpErrorOptions {
  readonly cause?: unknown;
  readonly retryable?: boolean;
}

export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly code: HttpErrorCode;
  /** What a server answers when this was its client's doing. */
  readonly status: number;
  readonly retryable: boolean;

  constructor(
    code: HttpErrorCode,
    status: number,
    message: string,
    options: HttpErrorOptions = {},
  ) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.status = status;
    this.retryable = options.retryable ?? false;
  }

  /** As problem details (RFC 9457), for the server that let it out of a handler. */
  toResponse(path?: string): Response {
    const { status, message, cause } = this;
    return new Problem({ status, title: TITLES[this.code], detail: message, cause }).toResponse(
      path,
    );
  }
}

const TITLES: Readonly<Record<HttpErrorCode, string>> = {
  PROTOCOL: "Malformed request",
  LIMIT: "Content too large",
  INCOMPLETE: "Incomplete content",
  CONTENT: "Malformed content",
  TIMEOUT: "Request timeout",
  UNAVAILABLE: "Service unavailable",
  GONE: "Client gone",
};

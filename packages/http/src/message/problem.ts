/**
 * An error that a client is told: application/problem+json (RFC 9457).
 *
 * Whatever is thrown as a Problem, by a handler, a body that is too long or a schema, ends as the
 * response that it describes. Its `cause` is for the log and never leaves the process.
 */
import type { Response } from "./exchange.ts";

/** Where in the request the fault is, as a dotted path (`order.items.3.price`), and what it is. */
export interface Violation {
  readonly path: string;
  readonly message: string;
}

export interface ProblemDetails {
  readonly status: number;
  /** Names the kind of problem; the same for every occurrence. */
  readonly title: string;
  /** What is wrong in this request. */
  readonly detail: string;
  /** A URI that identifies the kind; by default a URN made from the title. */
  readonly type?: string;
  readonly errors?: readonly Violation[];
  /** Further members of the document (RFC 9457 section 3.2). */
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly cause?: unknown;
}

export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly title: string;
  readonly type: string;
  readonly errors: readonly Violation[];
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;

  constructor(details: ProblemDetails) {
    const { status, title } = details;
    if (!(Number.isInteger(status) && status >= 400 && status <= 599)) {
      throw new RangeError(`A problem has a status from 400 to 599, not ${status}`);
    }
    super(details.detail, details.cause === undefined ? {} : { cause: details.cause });
    this.status = status;
    this.title = title;
    this.type = details.type ?? `urn:hotpath:problem:${slug(title)}`;
    this.errors = details.errors ?? [];
    this.extensions = details.extensions ?? {};
    this.headers = details.headers ?? {};
  }

  /** `instance` says where it happened, usually the request's path. */
  toResponse(instance?: string): Response {
    const body = {
      ...this.extensions,
      type: this.type,
      title: this.title,
      status: this.status,
      detail: this.message,
      ...(instance === undefined ? {} : { instance }),
      ...(this.errors.length === 0 ? {} : { errors: this.errors }),
    };
    return {
      status: this.status,
      headers: { ...this.headers, "content-type": "application/problem+json; charset=utf-8" },
      body: JSON.stringify(body),
    };
  }
}

function slug(title: string): string {
  return title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}

/** 400: the message itself cannot be understood. */
export function malformed(detail: string, cause?: unknown): Problem {
  return new Problem({ status: 400, title: "Malformed request", detail, cause });
}

export function unauthorized(detail: string, challenge: string): Problem {
  const headers = { "www-authenticate": challenge };
  return new Problem({ status: 401, title: "Unauthorized", detail, headers });
}

export function forbidden(detail: string): Problem {
  return new Problem({ status: 403, title: "Forbidden", detail });
}

export function notFound(detail: string): Problem {
  return new Problem({ status: 404, title: "Not found", detail });
}

export function conflict(detail: string, retryAfterSeconds = 1): Problem {
  const headers = { "retry-after": String(retryAfterSeconds) };
  return new Problem({ status: 409, title: "Conflict", detail, headers });
}

/** 413; the rest of the body is not read, so the connection closes behind the answer. */
export function tooLarge(limitBytes: number): Problem {
  return new Problem({
    status: 413,
    title: "Content too large",
    detail: `the body may have at most ${limitBytes} bytes`,
  });
}

/** 422: understood, but not what the route takes; names every offending path. */
export function invalid(errors: readonly Violation[]): Problem {
  const detail = errors.map(({ path, message }) => `${path}: ${message}`).join("; ");
  return new Problem({ status: 422, title: "Invalid request", detail, errors });
}

export function unavailable(detail: string, cause?: unknown, retryAfterSeconds = 2): Problem {
  return new Problem({
    status: 503,
    title: "Service unavailable",
    detail,
    headers: { "retry-after": String(retryAfterSeconds) },
    cause,
  });
}

/** Errors that a client sees: application/problem+json (RFC 9457). */
import type { Response } from "./route.ts";

/** Where in the request the fault is, as a dotted path (`initial.particles.3.mass`), and what it is. */
export interface Violation {
  readonly path: string;
  readonly message: string;
}

export interface ProblemDetails {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly Violation[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly title: string;
  readonly errors: readonly Violation[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(details: ProblemDetails) {
    super(details.detail, { cause: details.cause });
    this.status = details.status;
    this.title = details.title;
    this.errors = details.errors ?? [];
    this.headers = details.headers ?? {};
  }

  toResponse(instance: string): Response {
    const slug = this.title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
    return {
      status: this.status,
      headers: { ...this.headers, "content-type": "application/problem+json; charset=utf-8" },
      body: JSON.stringify({
        type: `urn:hotpath:problem:${slug}`,
        title: this.title,
        status: this.status,
        detail: this.message,
        instance,
        ...(this.errors.length === 0 ? {} : { errors: this.errors }),
      }),
    };
  }
}

export function notFound(detail: string): Problem {
  return new Problem({ status: 404, title: "Not found", detail });
}

export function conflict(detail: string): Problem {
  return new Problem({ status: 409, title: "Conflict", detail, headers: { "retry-after": "1" } });
}

export function invalid(errors: readonly Violation[]): Problem {
  const detail = errors.map(({ path, message }) => `${path}: ${message}`).join("; ");
  return new Problem({ status: 422, title: "Invalid request", detail, errors });
}

export function unavailable(detail: string, cause?: unknown): Problem {
  return new Problem({
    status: 503,
    title: "Service unavailable",
    detail,
    headers: { "retry-after": "2" },
    cause,
  });
}

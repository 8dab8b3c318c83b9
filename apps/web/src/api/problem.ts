/** What went wrong with a request, in words that a person can act on (RFC 9457 problem documents). */

export interface FieldError {
  readonly path: string;
  readonly message: string;
}

export type ProblemCode = "refused" | "unreachable" | "timeout" | "unreadable";

/** The only error that the functions of src/api throw, besides an AbortError for a caller's own signal. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly code: ProblemCode;
  readonly title: string;
  /** The HTTP status, or 0 where no answer came. */
  readonly status: number;
  readonly errors: readonly FieldError[];

  constructor(
    code: ProblemCode,
    title: string,
    detail: string,
    more: { status?: number; errors?: readonly FieldError[]; cause?: unknown } = {},
  ) {
    super(detail, more.cause === undefined ? {} : { cause: more.cause });
    this.code = code;
    this.title = title;
    this.status = more.status ?? 0;
    this.errors = more.errors ?? [];
  }

  /** Whether the same request may succeed later without being changed. */
  get retryable(): boolean {
    return this.code !== "refused" || this.status >= 500 || this.status === 429;
  }
}

/** Reads an error response's body, whatever a proxy between us and the service made of it. */
export function problemFrom(status: number, contentType: string, body: string): ApiProblem {
  const fallback = `The service answered with status ${status}.`;
  if (!/json/.test(contentType)) {
    return new ApiProblem("refused", "The request failed", fallback, { status });
  }
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch (cause) {
    return new ApiProblem("refused", "The request failed", fallback, { status, cause });
  }
  const fields = record(document);
  return new ApiProblem(
    "refused",
    text(fields["title"]) ?? "The request failed",
    text(fields["detail"]) ?? fallback,
    { status, errors: fieldErrors(fields["errors"]) },
  );
}

/** Any thrown value as a problem, so that a component has one thing to show. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new ApiProblem("unreadable", "Something went wrong in this page", detail, {
    cause: error,
  });
}

function fieldErrors(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry) => {
    const fields = record(entry);
    const message = text(fields["message"]);
    return message === undefined ? [] : [{ path: text(fields["path"]) ?? "", message }];
  });
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/**
 * Whether a failed attempt may be made again, and when. No waiting here.
 *
 * Two rules, kept apart because they cost differently:
 *
 * 1. A connection that was kept alive may be closed by the other side at the very moment in which a
 *    request goes out on it (RFC 9112 section 9.3.1). Such a request is sent again at once, on a new
 *    connection, when that is safe. This is always on: it repairs what keeping connections breaks.
 * 2. Everything else is tried again only when the caller asks (`retry.limit`), after a pause that
 *    doubles, with full jitter (between 0 and the pause), or as long as Retry-After says.
 *
 * Safe means: the request surely was not sent, or its method is idempotent (RFC 9110 section 9.2.2) and
 * nothing of a response had come. And in both cases the body can be sent again.
 */
import { durationMs, type Duration } from "@hotpath/runtime";
import { RequestError, type RequestErrorCode } from "./errors.ts";

export interface RetryOptions {
  /** How many times more than once; besides the repair of stale connections. Default: 0. */
  readonly limit?: number;
  /** The first pause; each further one is twice as long. Default: 100 ms. */
  readonly first?: Duration;
  /** The longest pause; also the longest Retry-After that is obeyed. Default: 10 s. */
  readonly most?: Duration;
  /** Answers that are tried again, for idempotent methods. Default: 429 and 503. */
  readonly statuses?: readonly number[];
}

export interface RetryPolicy {
  readonly limit: number;
  readonly firstMs: number;
  readonly mostMs: number;
  readonly statuses: ReadonlySet<number>;
}

export interface FailedAttempt {
  readonly error: unknown;
  readonly method: string;
  /** Whether the body can be sent from its beginning. */
  readonly replayable: boolean;
  /** Whether the connection had carried an exchange before. */
  readonly reused: boolean;
}

const IDEMPOTENT = new Set(["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"]);
const BROKEN: ReadonlySet<RequestErrorCode> = new Set(["RESET", "END"]);
const TRANSIENT: ReadonlySet<RequestErrorCode> = new Set([
  "TIMEOUT",
  "BUSY",
  "CONNECT",
  "RESET",
  "END",
]);
const DEFAULT_STATUSES = [429, 503];

export function retryPolicy(options: RetryOptions = {}): RetryPolicy {
  const { limit = 0, first = 100, most = "10s", statuses = DEFAULT_STATUSES } = options;
  if (!Number.isSafeInteger(limit) || limit < 0) {
    throw new RangeError(`A number of retries is a whole number from 0: not ${limit}`);
  }
  const policy = { limit, firstMs: durationMs(first), mostMs: durationMs(most) };
  return { ...policy, statuses: new Set(statuses) };
}

export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method);
}

/** Whether sending it again cannot do anything twice. */
export function isSafeToRepeat(attempt: FailedAttempt): attempt is SafeAttempt {
  const { error, method, replayable } = attempt;
  if (!(error instanceof RequestError) || !replayable || error.status !== undefined) return false;
  return error.delivery === "none" || isIdempotent(method);
}

export type SafeAttempt = FailedAttempt & { readonly error: RequestError };

/** Rule 1: the connection was kept too long, and a new one will do. */
export function isStale(attempt: FailedAttempt): boolean {
  if (!attempt.reused || !isSafeToRepeat(attempt)) return false;
  return BROKEN.has(attempt.error.code);
}

/** Rule 2: whether trying again may help. */
export function isTransient(attempt: FailedAttempt): boolean {
  return isSafeToRepeat(attempt) && TRANSIENT.has(attempt.error.code);
}

/** How long to wait before attempt `retried + 2`; `chance` is in [0, 1). */
export function pauseMs(policy: RetryPolicy, retried: number, chance: number): number {
  return Math.min(policy.mostMs, policy.firstMs * 2 ** retried) * chance;
}

/** Retry-After in milliseconds (RFC 9110 section 10.2.3); undefined when absent or not understood. */
export function retryAfterMs(value: string | undefined, nowWallMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  // Only the form that must be generated today; the obsolete dates of RFC 850 are not worth a parser.
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value))
    return undefined;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowWallMs);
}

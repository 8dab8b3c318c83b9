/** JSON answers. */
import type { Response } from "../message/exchange.ts";

/**
 * The headers of every JSON answer that adds none: one object, so that a server which keeps the bytes
 * of a head by the identity of its headers makes them once.
 */
export const JSON_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  "content-type": "application/json; charset=utf-8",
});

/** `undefined` is not JSON: a TypeError. */
export function json(
  status: number,
  value: unknown,
  headers?: Readonly<Record<string, string | readonly string[]>>,
): Response {
  const body = JSON.stringify(value) as string | undefined;
  if (body === undefined) throw new TypeError(`Cannot answer with a ${typeof value} as JSON`);
  if (headers === undefined) return { status, headers: JSON_HEADERS, body };
  return { status, headers: { ...JSON_HEADERS, ...headers }, body };
}

/** Text answers, for people and curl. */
export function text(
  status: number,
  body: string,
  headers?: Readonly<Record<string, string | readonly string[]>>,
): Response {
  return { status, headers: { "content-type": "text/plain; charset=utf-8", ...headers }, body };
}

/** `location` may be relative. 303 makes the client GET it, 307 and 308 keep the method. */
export function redirect(location: string, status: 301 | 302 | 303 | 307 | 308 = 303): Response {
  return { status, headers: { location } };
}

/** Cookies (RFC 6265): reading them from a request, and the Set-Cookie line that makes one. */
import type { Request } from "../message/exchange.ts";

export interface CookieOptions {
  /** Default: "/". */
  readonly path?: string;
  /** Default: only the host that sets it. */
  readonly domain?: string;
  /** Default: until the browser is closed. 0 deletes the cookie. */
  readonly maxAgeSeconds?: number;
  /** Default: true. */
  readonly httpOnly?: boolean;
  /** Default: true; browsers take it as met on localhost. */
  readonly secure?: boolean;
  /** Default: "Lax". */
  readonly sameSite?: "Strict" | "Lax" | "None";
  /** Keeps it apart for each top-level site (CHIPS). */
  readonly partitioned?: boolean;
}

const NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;
const MOST_COOKIES = 100;
const MOST_BYTES = 4096;

/** Of two cookies of one name the first counts, which is the one of the longer path. */
export function cookies(request: Request): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const lines = request.headers.all("cookie");
  for (const pair of lines.flatMap((line) => line.split(";"))) {
    const at = pair.indexOf("=");
    if (at === -1 || found.size >= MOST_COOKIES) continue;
    const name = pair.slice(0, at).trim();
    const value = pair
      .slice(at + 1)
      .trim()
      .replace(/^"(.*)"$/, "$1");
    if (!found.has(name) && NAME.test(name)) found.set(name, decoded(value));
  }
  return found;
}

/** The value of a Set-Cookie header; several go as a list. What cannot stand in a cookie is escaped. */
export function setCookie(name: string, value: string, options: CookieOptions = {}): string {
  const { path = "/", domain, maxAgeSeconds, sameSite = "Lax", partitioned = false } = options;
  const { httpOnly = true, secure = true } = options;
  if (!NAME.test(name)) throw new TypeError(`${JSON.stringify(name)} cannot name a cookie`);
  if (/[;\s]/.test(path) || !path.startsWith("/")) throw new TypeError(`No path: ${path}`);
  if (domain !== undefined && !/^[\w.-]+$/.test(domain))
    throw new TypeError(`No domain: ${domain}`);
  if (maxAgeSeconds !== undefined && !Number.isInteger(maxAgeSeconds)) {
    throw new RangeError(`The age of a cookie is in whole seconds: ${maxAgeSeconds} is not`);
  }
  if ((sameSite === "None" || partitioned) && !secure) {
    throw new TypeError("Browsers refuse SameSite=None and Partitioned without Secure");
  }
  const text = VALUE.test(value) && !value.includes("%") ? value : encodeURIComponent(value);
  if (name.length + text.length > MOST_BYTES) {
    throw new RangeError(`Browsers refuse a cookie of more than ${MOST_BYTES} bytes`);
  }
  return [
    `${name}=${text}`,
    `Path=${path}`,
    ...(domain === undefined ? [] : [`Domain=${domain}`]),
    ...(maxAgeSeconds === undefined ? [] : [`Max-Age=${maxAgeSeconds}`]),
    ...(httpOnly ? ["HttpOnly"] : []),
    ...(secure ? ["Secure"] : []),
    `SameSite=${sameSite}`,
    ...(partitioned ? ["Partitioned"] : []),
  ].join("; ");
}

/** Escapes that are none were put there by somebody else: the text stands for itself. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

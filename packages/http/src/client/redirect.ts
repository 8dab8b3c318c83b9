/**
 * What to do with a redirect (RFC 9110 section 15.4): whether to follow it, to where, with which
 * method, and which fields must not go along. No waiting and no connection here.
 *
 * | status        | method sent            | body        |
 * |---------------|------------------------|-------------|
 * | 301 302       | POST becomes GET       | dropped     |
 * | 303           | GET, HEAD stays HEAD   | dropped     |
 * | 307 308       | unchanged              | sent again  |
 *
 * 300 and 304 are answers, not redirects that can be followed alone; 305 and 306 are not used any more.
 */
import type { Origin, Place } from "./origin.ts";
import { parsePlace } from "./origin.ts";

export type RedirectMode = "follow" | "manual" | "error";

export interface RedirectStep {
  readonly place: Place;
  readonly method: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly keepsBody: boolean;
}

export interface Redirectable {
  readonly status: number;
  readonly location: string | undefined;
  readonly method: string;
  readonly from: Place;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Further names, in lower case, that stay with the origin for which they were given. */
  readonly privateHeaders: ReadonlySet<string>;
}

const FOLLOWED = new Set([301, 302, 303, 307, 308]);

/** Describe a body that is not sent any more (RFC 9110 section 15.4, note on 303). */
const CONTENT_FIELDS = new Set([
  "content-encoding",
  "content-language",
  "content-length",
  "content-location",
  "content-type",
  "digest",
  "content-digest",
  "repr-digest",
  "expect",
  "last-modified",
  "transfer-encoding",
]);

/** Credentials, and what was made for one host. */
const PRIVATE_FIELDS = new Set([
  "authorization",
  "cookie",
  "cookie2",
  "host",
  "origin",
  "proxy-authorization",
  "www-authenticate",
]);

/** Whether this response asks to be followed; one without Location is an answer like any other. */
export function isRedirect(status: number, location: string | undefined): boolean {
  return FOLLOWED.has(status) && location !== undefined;
}

/** The next request. TypeError when Location is not a URL that can be requested. */
export function redirectStep(answer: Redirectable): RedirectStep {
  const { from, status, location = "" } = answer;
  const url = URL.parse(location, from.url);
  if (url === null) throw new TypeError("Location is not a URL");
  // RFC 9110 section 10.2.2: a fragment is inherited when the new one has none.
  if (url.hash === "") url.hash = from.url.hash;
  const next = parsePlace(url, samePlaceAsUnix(url, from));
  const dropsBody = becomesGet(status, answer.method);
  const method = dropsBody && answer.method !== "HEAD" ? "GET" : answer.method;
  const crosses = next.origin.key !== from.origin.key;
  const headers: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    const lower = name.toLowerCase();
    if (dropsBody && CONTENT_FIELDS.has(lower)) continue;
    if (crosses && (PRIVATE_FIELDS.has(lower) || answer.privateHeaders.has(lower))) continue;
    headers[name] = value;
  }
  return { place: next, method, headers, keepsBody: !dropsBody };
}

function becomesGet(status: number, method: string): boolean {
  if (status === 303) return true;
  return (status === 301 || status === 302) && method === "POST";
}

/** A Unix socket stands for one origin: a redirect to another one leaves it. */
function samePlaceAsUnix(url: URL, from: Place): string | undefined {
  const { unixPath }: Origin = from.origin;
  return unixPath !== undefined && url.origin === from.url.origin ? unixPath : undefined;
}

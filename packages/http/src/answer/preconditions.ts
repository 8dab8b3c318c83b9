/**
 * Conditional requests (RFC 9110 section 13): whether the client has what it asks for already, or
 * would change what it has not seen. For GET and HEAD of something with an entity tag and a date.
 */
import type { Headers } from "../message/exchange.ts";

export interface Validators {
  /** With its quotes: `"abc"`, or `W/"abc"` for a weak one. */
  readonly etag: string;
  /** Milliseconds since 1970 UTC; compared in whole seconds, which is all that a header can say. */
  readonly modifiedMs: number;
}

/** proceed: answer in full. 304: the client has it. 412: it is not what the client thinks. */
export type Verdict = "proceed" | 304 | 412;

/** In the order of RFC 9110 section 13.2.2. A date that is none is ignored, as it says there. */
export function evaluate(headers: Headers, { etag, modifiedMs }: Validators): Verdict {
  const ifMatch = headers.get("if-match");
  const modified = Math.floor(modifiedMs / 1000) * 1000;
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, etag, "strong")) return 412;
  } else {
    const since = dateOf(headers.get("if-unmodified-since"));
    if (since !== undefined && modified > since) return 412;
  }
  const ifNoneMatch = headers.get("if-none-match");
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, etag, "weak") ? 304 : "proceed";
  const since = dateOf(headers.get("if-modified-since"));
  return since !== undefined && modified <= since ? 304 : "proceed";
}

/** Whether a Range is to be honoured: the client has a part of exactly this (section 13.1.5). */
export function ifRange(headers: Headers, { etag, modifiedMs }: Validators): boolean {
  const value = headers.get("if-range");
  if (value === undefined) return true;
  if (value.startsWith('"')) return value === etag;
  // A weak tag never matches here, and a date only exactly.
  return dateOf(value) === Math.floor(modifiedMs / 1000) * 1000;
}

const TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

function matches(list: string, etag: string, comparison: "strong" | "weak"): boolean {
  if (list.trim() === "*") return true;
  const tags: readonly string[] = list.match(TAG) ?? [];
  if (comparison === "strong") return !etag.startsWith("W/") && tags.includes(etag);
  const opaque = etag.replace(/^W\//, "");
  return tags.some((tag) => tag.replace(/^W\//, "") === opaque);
}

const HTTP_DATE =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/;

/** The preferred form of section 5.6.7 only: nothing has sent the obsolete ones for decades. */
function dateOf(value: string | undefined): number | undefined {
  if (value === undefined || !HTTP_DATE.test(value)) return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}

/**
 * Writing the head of a request. Everything that came from the caller is checked here, because a CR in
 * a value is a second request to whoever receives it (RFC 9112 section 11.1).
 *
 * The fields that frame the message and manage the connection are the client's alone: a caller who
 * could set them could make both ends disagree about where the request ends.
 */
import { fieldLine, requestLine } from "../wire/field-writer.ts";
import { ACCEPTED_CODINGS } from "./decompress.ts";
import type { Payload } from "./request-body.ts";

export type RequestHeaders = Readonly<Record<string, string | readonly string[]>>;

export interface HeadParts {
  readonly method: string;
  readonly target: string;
  readonly authority: string;
  readonly headers: RequestHeaders | undefined;
  readonly payload: Payload;
  readonly decompress: boolean;
  readonly expectsContinue: boolean;
  /** For Connection and Upgrade together: "websocket". */
  readonly upgrade: string | undefined;
}

/** The client's own, or without meaning for one hop. */
export const OWN_FIELDS: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Of these a server may expect content, so none at all is stated (RFC 9110 section 8.6). */
const WITH_CONTENT = new Set(["POST", "PUT", "PATCH"]);

/** Names in lower case: they are few and come again and again. Bounded, for a program may make them up. */
const lowerNames = new Map<string, string>();
const LOWER_NAMES_LIMIT = 1000;

export function requestHead(parts: HeadParts): string {
  const { method, target, payload } = parts;
  checkMethod(method, payload);
  checkTarget(target, method);
  let host: string | undefined;
  let fields = "";
  let accepts = !parts.decompress;
  const { headers } = parts;
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined) continue;
    const lower = lowerName(name);
    const lines = fieldLines(name, value);
    if (lower === "accept-encoding" || lower === "range") accepts = true;
    if (lower === "host") host = lines;
    else fields += lines;
  }
  // Host comes first (RFC 9110 section 7.2).
  let text = requestLine(method, target) + (host ?? fieldLine("host", parts.authority)) + fields;
  if (!accepts) text += `accept-encoding: ${ACCEPTED_CODINGS}\r\n`;
  if (payload.kind !== "none") {
    const { sizeBytes } = payload;
    if (sizeBytes === undefined) text += "transfer-encoding: chunked\r\n";
    else text += `content-length: ${sizeBytes}\r\n`;
    if (parts.expectsContinue) text += "expect: 100-continue\r\n";
  } else if (WITH_CONTENT.has(method)) text += "content-length: 0\r\n";
  if (parts.upgrade !== undefined) {
    text += `connection: upgrade\r\n${fieldLine("upgrade", parts.upgrade)}`;
  }
  return `${text}\r\n`;
}

function fieldLines(name: string, value: string | readonly string[]): string {
  if (typeof value === "string") return fieldLine(name, value);
  if (!Array.isArray(value)) {
    throw new TypeError(`The value of the field ${name} is neither a string nor a list of strings`);
  }
  let lines = "";
  for (const line of value as readonly string[]) lines += fieldLine(name, line);
  return lines;
}

function lowerName(name: string): string {
  const known = lowerNames.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  if (OWN_FIELDS.has(lower)) {
    throw new TypeError(`The field ${name} is the client's own: it follows from the other options`);
  }
  if (lowerNames.size >= LOWER_NAMES_LIMIT) lowerNames.clear();
  lowerNames.set(name, lower);
  return lower;
}

function checkMethod(method: string, payload: Payload): void {
  if (method === "CONNECT")
    throw new TypeError("CONNECT is for proxies, which this client has not");
  if (method === "TRACE" && payload.kind !== "none") {
    throw new TypeError("A TRACE request has no body (RFC 9110 section 9.3.8)");
  }
}

/** Only the forms; which octets may stand in it the wire checks. */
function checkTarget(target: string, method: string): void {
  if (target.startsWith("/") || (target === "*" && method === "OPTIONS")) return;
  throw new TypeError("A request target is a path with an optional query: it begins with /");
}

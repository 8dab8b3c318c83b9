/**
 * Heads for sending. Whatever a program puts into a field, nobody can make a second field, a second
 * message or another framing of it: names are tokens, values have no control characters, and the
 * fields that frame the message are written only by those who frame it (RFC 9110 section 5.5, RFC 9112
 * section 11.1).
 */
import { isToken } from "./octets.ts";

type Role = "ordinary" | "length" | "coding" | "connection" | "date" | "host";

interface KnownName {
  /** As it is sent, with the colon. */
  readonly prefix: string;
  readonly role: Role;
}

const ROLES: ReadonlyMap<string, Role> = new Map([
  ["content-length", "length"],
  ["transfer-encoding", "coding"],
  ["connection", "connection"],
  ["date", "date"],
  ["host", "host"],
]);

/** Names are few and repeat: each is checked once. Bounded, because a program may make them up. */
const names = new Map<string, KnownName>();
const NAMES_LIMIT = 1024;

const FORBIDDEN_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

function knownName(name: string): KnownName {
  const known = names.get(name);
  if (known !== undefined) return known;
  if (!isToken(name)) throw new TypeError(`A field cannot have the name ${JSON.stringify(name)}`);
  const made = { prefix: `${name}: `, role: ROLES.get(name.toLowerCase()) ?? "ordinary" } as const;
  if (names.size >= NAMES_LIMIT) names.clear();
  names.set(name, made);
  return made;
}

function checkedValue(name: string, value: string): string {
  if (FORBIDDEN_IN_VALUE.test(value)) {
    throw new TypeError(
      `The value of the field ${name} has a control character, or one beyond U+00FF: encode it`,
    );
  }
  return value;
}

/** One field line with its CRLF. TypeError for what would not stay one field. */
export function fieldLine(name: string, value: string): string {
  return `${knownName(name).prefix}${checkedValue(name, value)}\r\n`;
}

/** As `fieldLine`, for a trailer section: what frames or routes the message has no place there. */
export function trailerLine(name: string, value: string): string {
  if (knownName(name).role !== "ordinary") {
    throw new TypeError(`${name} must not stand in a trailer section`);
  }
  return fieldLine(name, value);
}

/** The fields of a message to be sent, and what was found among them. Used again for every message. */
export class FieldWriter {
  /** Field lines, each with its CRLF; without those that frame the message. */
  lines = "";
  /** The content-length that the program gave; -1 without. */
  contentLength = -1;
  /** The program wants the connection closed after this message. */
  close = false;
  hasDate = false;
  hasHost = false;

  /** Collects the fields of a program. A name may be in any case; a list gives several lines. */
  collect(headers: Readonly<Record<string, string | readonly string[]>> | undefined): this {
    this.lines = "";
    this.contentLength = -1;
    this.close = false;
    this.hasDate = false;
    this.hasHost = false;
    for (const name in headers) {
      const value = headers[name]!;
      if (typeof value === "string") this.#add(name, value);
      else for (const one of value) this.#add(name, one);
    }
    return this;
  }

  #add(name: string, value: string): void {
    const { prefix, role } = knownName(name);
    if (role === "ordinary") {
      this.lines += `${prefix}${checkedValue(name, value)}\r\n`;
    } else if (role === "length") {
      this.contentLength = this.#length(value);
    } else if (role === "coding") {
      throw new TypeError("Transfer-Encoding is set by who sends the message, not by its headers");
    } else if (role === "connection") {
      const options = value.toLowerCase().split(",");
      if (options.some((option) => option.trim() === "close")) this.close = true;
      else if (!options.every((option) => option.trim() === "keep-alive")) {
        this.lines += `${prefix}${checkedValue(name, value)}\r\n`;
      }
    } else {
      if (role === "date") this.hasDate = true;
      else if (this.hasHost) throw new TypeError("A request has one Host");
      else this.hasHost = true;
      this.lines += `${prefix}${checkedValue(name, value)}\r\n`;
    }
  }

  #length(value: string): number {
    const length = /^\d{1,16}$/.test(value) ? Number(value) : NaN;
    if (
      !Number.isSafeInteger(length) ||
      (this.contentLength !== -1 && this.contentLength !== length)
    ) {
      throw new TypeError("Content-Length must be one decimal number");
    }
    return length;
  }
}

const statusLines: (string | undefined)[] = [];

/** `HTTP/1.1 200 OK` with its CRLF. RangeError for a status that is none. */
export function statusLine(status: number): string {
  return (statusLines[status] ??= makeStatusLine(status));
}

function makeStatusLine(status: number): string {
  if (!Number.isInteger(status) || status < 100 || status > 999) {
    throw new RangeError(`A status is a whole number from 100 to 999: ${status} is none`);
  }
  return `HTTP/1.1 ${status} ${REASONS[status] ?? ""}\r\n`;
}

/** `GET /a HTTP/1.1` with its CRLF. TypeError for a method or target that would not stay in its place. */
export function requestLine(method: string, target: string): string {
  if (!isToken(method)) throw new TypeError(`${JSON.stringify(method)} is no method`);
  if (!/^[\x21\x22\x24-\x7e]+$/.test(target)) {
    throw new TypeError("A request target is visible ASCII without #: percent-encode it");
  }
  return `${method} ${target} HTTP/1.1\r\n`;
}

/** Of RFC 9110 section 15 and the registry's later ones. */
const REASONS: Readonly<Record<number, string>> = {
  100: "Continue",
  101: "Switching Protocols",
  103: "Early Hints",
  200: "OK",
  201: "Created",
  202: "Accepted",
  203: "Non-Authoritative Information",
  204: "No Content",
  205: "Reset Content",
  206: "Partial Content",
  207: "Multi-Status",
  300: "Multiple Choices",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  407: "Proxy Authentication Required",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  411: "Length Required",
  412: "Precondition Failed",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  417: "Expectation Failed",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  423: "Locked",
  424: "Failed Dependency",
  425: "Too Early",
  426: "Upgrade Required",
  428: "Precondition Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  451: "Unavailable For Legal Reasons",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
  507: "Insufficient Storage",
  511: "Network Authentication Required",
};

/**
 * The head of a request. One parser serves a connection for all its requests:
 *
 *     const head = new RequestHead(limits);
 *     const next = head.parse(bytes, from, bytes.length);    // all octets since the head's start
 *     if (next === MORE) …                                   // call again when more have come
 *     else if (next === REFUSED) …                           // head.refusal: answer it, close
 *     else …                                                 // bytes[next…] is the content
 *     head.reset();                                          // before the next request
 *
 * The octets are only borrowed for the call. `text` keeps the head as a string; `method`, `target` and
 * `path` are cut from it, which costs no copy of the characters.
 */
import { MessageHead } from "./message-head.ts";
import { HOST_NAME, latin1, LF, matches, SP, TARGET, TOKEN } from "./octets.ts";
import { MORE, type SectionLimits } from "./field-section.ts";

export interface RequestLimits extends SectionLimits {
  readonly requestLineBytes: number;
}

/** Beyond any method that is registered; the longest is UPDATEREDIRECTREF. */
const METHOD_LIMIT = 32;
const VERSION_BYTES = 8;

export class RequestHead extends MessageHead<RequestLimits> {
  method = "";
  /** Path and query as they came, or "*". The authority of an absolute form is left out: it equals Host. */
  target = "";
  /** Expect: 100-continue. */
  expectsContinue = false;
  // Positions from the head's start.
  #methodStart = 0;
  #methodEnd = 0;
  #targetStart = 0;
  #targetEnd = 0;
  #hostStart = -1;
  #hostEnd = -1;

  override reset(): void {
    super.reset();
    this.method = "";
    this.target = "";
    this.expectsContinue = false;
    this.#methodStart = 0;
    this.#hostStart = -1;
  }

  /** The value of Host; undefined when there was none. */
  get host(): string | undefined {
    return this.#hostStart === -1 ? undefined : this.text.slice(this.#hostStart, this.#hostEnd);
  }

  #from = 0;

  override parse(bytes: Uint8Array, from: number, end: number): number {
    this.#from = from;
    return super.parse(bytes, from, end);
  }

  protected startLine(bytes: Uint8Array, at: number, limitedStop: number): number {
    const from = this.#from;
    const cap = from + this.limits.requestLineBytes;
    const stop = limitedStop < cap ? limitedStop : cap;
    const next = this.#requestLine(bytes, at, stop);
    return next === MORE && stop === cap ? this.refuse("TARGET_TOO_LONG") : next;
  }

  #requestLine(bytes: Uint8Array, at: number, stop: number): number {
    const from = this.#from;
    let i = at;
    // One empty line before a request is ignored (RFC 9112 section 2.2).
    if (i < stop && bytes[i] === 0x0d) {
      i = this.lineEnd(bytes, i, stop, "METHOD");
      if (i <= 0) return i;
    }
    const methodStart = i;
    while (i < stop && TOKEN[bytes[i]!] === 1) i++;
    if (i - methodStart > METHOD_LIMIT) return this.refuse("METHOD_TOO_LONG");
    if (i === stop) return MORE;
    if (i === methodStart) return this.refuse(bytes[i] === LF ? "BARE_LF" : "METHOD");
    if (bytes[i] !== SP) return this.refuse("METHOD");
    const methodEnd = i++;
    const targetStart = i;
    while (i < stop && TARGET[bytes[i]!] === 1) i++;
    if (i === stop) return MORE;
    if (bytes[i] !== SP || i === targetStart) return this.refuse(this.#badTarget(bytes[i]!));
    const targetEnd = i++;
    if (i + VERSION_BYTES > stop) return MORE;
    const wrong = this.version(bytes, i);
    if (wrong !== undefined) return this.refuse(wrong);
    i = this.lineEnd(bytes, i + VERSION_BYTES, stop, "REQUEST_LINE");
    if (i <= 0) return i;
    this.#methodStart = methodStart - from;
    this.#methodEnd = methodEnd - from;
    this.#targetStart = targetStart - from;
    this.#targetEnd = targetEnd - from;
    this.fieldsStart = i - from;
    return i;
  }

  #badTarget(octet: number): "BARE_LF" | "REQUEST_LINE" | "TARGET" {
    if (octet === LF) return "BARE_LF";
    return octet === SP || octet === 0x0d ? "REQUEST_LINE" : "TARGET";
  }

  protected override field(
    bytes: Uint8Array,
    nameStart: number,
    nameEnd: number,
    valueStart: number,
    valueEnd: number,
  ): boolean {
    const size = nameEnd - nameStart;
    if (size === 4) {
      if (!matches(bytes, nameStart, "host")) return true;
      if (this.#hostStart !== -1) return this.reject("HOST_REPEATED");
      if (!isHost(bytes, valueStart, valueEnd)) return this.reject("HOST");
      this.#hostStart = valueStart - this.#from;
      this.#hostEnd = valueEnd - this.#from;
      return true;
    }
    if (size === 6 && matches(bytes, nameStart, "expect")) {
      if (
        valueEnd - valueStart !== 12 ||
        latin1(bytes, valueStart, valueEnd).toLowerCase() !== "100-continue"
      )
        return this.reject("EXPECTATION");
      this.expectsContinue = true;
      return true;
    }
    return super.field(bytes, nameStart, nameEnd, valueStart, valueEnd);
  }

  protected override complete(bytes: Uint8Array, from: number, end: number): boolean {
    if (this.minorVersion === 1 && this.#hostStart === -1) return this.reject("HOST_MISSING");
    if (!super.complete(bytes, from, end)) return false;
    const methodAt = from + this.#methodStart;
    const methodSize = this.#methodEnd - this.#methodStart;
    this.method =
      knownMethod(bytes, methodAt, methodSize) ??
      this.text.slice(this.#methodStart, this.#methodEnd);
    this.target = this.text.slice(this.#targetStart, this.#targetEnd);
    // An HTTP/1.0 client does not wait for 100 (RFC 9110 section 10.1.1).
    if (this.minorVersion === 0) this.expectsContinue = false;
    return bytes[from + this.#targetStart] === 0x2f
      ? this.method !== "CONNECT" || this.reject("METHOD_CONNECT")
      : this.#otherForm();
  }

  /** The target does not begin with "/": asterisk, absolute or authority form (RFC 9112 section 3.2). */
  #otherForm(): boolean {
    const { method, target } = this;
    if (method === "CONNECT") return this.reject("METHOD_CONNECT");
    if (target === "*") return method === "OPTIONS" || this.reject("TARGET");
    const absolute = /^https?:\/\/([^/?]+)(.*)$/i.exec(target);
    if (absolute === null) return this.reject("TARGET");
    const [, authority = "", rest = ""] = absolute;
    const { host } = this;
    if (host === undefined) {
      const octets = Buffer.from(authority, "latin1");
      if (!isHost(octets, 0, octets.length)) return this.reject("TARGET");
    } else if (host.toLowerCase() !== authority.toLowerCase()) return this.reject("HOST_MISMATCH");
    if (rest === "" && method === "OPTIONS") this.target = "*";
    else this.target = rest.startsWith("/") ? rest : `/${rest}`;
    return true;
  }
}

/** The usual methods as constants, so that no string is cut for them. */
function knownMethod(bytes: Uint8Array, at: number, size: number): string | undefined {
  // Methods are case-sensitive: these compare capitals.
  switch (size) {
    case 3:
      if (bytes[at] === 0x47 && bytes[at + 1] === 0x45 && bytes[at + 2] === 0x54) return "GET";
      if (bytes[at] === 0x50 && bytes[at + 1] === 0x55 && bytes[at + 2] === 0x54) return "PUT";
      return undefined;
    case 4:
      return isCapital(bytes, at, "POST")
        ? "POST"
        : isCapital(bytes, at, "HEAD")
          ? "HEAD"
          : undefined;
    default:
      return undefined;
  }
}

function isCapital(bytes: Uint8Array, at: number, name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    if (bytes[at + index] !== name.charCodeAt(index)) return false;
  }
  return true;
}

/** uri-host [":" port], also empty (RFC 9110 section 7.2); an IPv6 address stands in brackets. */
function isHost(bytes: Uint8Array, start: number, end: number): boolean {
  let i = start;
  if (bytes[i] === 0x5b && i < end) {
    do i++;
    while (i < end && (isHexDigit(bytes[i]!) || bytes[i] === 0x3a || bytes[i] === 0x2e));
    if (i === end || bytes[i] !== 0x5d) return false;
    i++;
  } else {
    while (i < end && HOST_NAME[bytes[i]!] === 1) i++;
  }
  if (i === end) return true;
  if (bytes[i] !== 0x3a) return false;
  const portStart = ++i;
  while (i < end && bytes[i]! >= 0x30 && bytes[i]! <= 0x39) i++;
  return i === end && i - portStart <= 5;
}

function isHexDigit(octet: number): boolean {
  return (octet >= 0x30 && octet <= 0x39) || ((octet | 0x20) >= 0x61 && (octet | 0x20) <= 0x66);
}

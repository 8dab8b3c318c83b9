/**
 * What requests and responses have in common: the fields that decide where the message ends and
 * whether the connection goes on. They are understood while the octets pass, so nobody looks them up.
 */
import { CR, HTAB, isBlank, latin1, matches } from "./octets.ts";
import { FieldSection, type SectionLimits } from "./field-section.ts";
import type { RefusalCode } from "./refusal.ts";

const COMMA = 0x2c;

export abstract class MessageHead<
  Limits extends SectionLimits = SectionLimits,
> extends FieldSection<Limits> {
  /** 1 for HTTP/1.1, 0 for HTTP/1.0. */
  minorVersion: 0 | 1 = 1;
  /** -1: there was none. */
  contentLength = -1;
  chunked = false;
  /** "close" among the options of Connection. */
  closeOption = false;
  keepAliveOption = false;
  upgradeOption = false;
  /** There was an Upgrade field. */
  hasUpgrade = false;
  /** The whole head as text, an octet a character, from the start line to before the empty line. */
  text = "";
  /** Where in `text` the first field line begins. */
  fieldsStart = 0;

  override reset(): void {
    super.reset();
    this.minorVersion = 1;
    this.contentLength = -1;
    this.chunked = false;
    this.closeOption = false;
    this.keepAliveOption = false;
    this.upgradeOption = false;
    this.hasUpgrade = false;
    this.text = "";
    this.fieldsStart = 0;
  }

  /** Whether the sender leaves the connection open for more (RFC 9112 section 9.3). */
  get persistent(): boolean {
    if (this.closeOption) return false;
    return this.minorVersion === 1 || this.keepAliveOption;
  }

  /** "HTTP/1.0" or "HTTP/1.1" from `at`: what is wrong with it, or undefined. */
  protected version(bytes: Uint8Array, at: number): RefusalCode | undefined {
    const major = bytes[at + 5]! - 0x30;
    const minor = bytes[at + 7]! - 0x30;
    // Case matters here (RFC 9112 section 2.3).
    const named =
      bytes[at] === 0x48 &&
      bytes[at + 1] === 0x54 &&
      bytes[at + 2] === 0x54 &&
      bytes[at + 3] === 0x50 &&
      bytes[at + 4] === 0x2f &&
      bytes[at + 6] === 0x2e;
    if (!named || !isDigit(major) || !isDigit(minor)) return "VERSION";
    if (major !== 1 || minor > 1) return "VERSION_UNSUPPORTED";
    this.minorVersion = minor === 1 ? 1 : 0;
    return undefined;
  }

  protected field(
    bytes: Uint8Array,
    nameStart: number,
    nameEnd: number,
    valueStart: number,
    valueEnd: number,
  ): boolean {
    switch (nameEnd - nameStart) {
      case 7:
        if (matches(bytes, nameStart, "upgrade")) this.hasUpgrade = true;
        return true;
      case 10:
        if (matches(bytes, nameStart, "connection")) this.#connection(bytes, valueStart, valueEnd);
        return true;
      case 14:
        if (!matches(bytes, nameStart, "content-length")) return true;
        return this.#length(bytes, valueStart, valueEnd);
      case 17:
        if (!matches(bytes, nameStart, "transfer-encoding")) return true;
        return this.#coding(bytes, valueStart, valueEnd);
      default:
        return true;
    }
  }

  protected complete(bytes: Uint8Array, from: number, end: number): boolean {
    if (this.chunked) {
      if (this.contentLength !== -1) return this.reject("LENGTH_WITH_CODING");
      if (this.minorVersion === 0) return this.reject("CODING_IN_OLD_VERSION");
    }
    this.text = latin1(bytes, from, end);
    return true;
  }

  /** 1*DIGIT, once; a list, a sign, a space or anything beyond 2^53 is refused. */
  #length(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.contentLength !== -1) return this.reject("LENGTH_REPEATED");
    let length = 0;
    for (let i = start; i < end; i++) {
      const digit = bytes[i]! - 0x30;
      if (!isDigit(digit)) return this.reject("LENGTH");
      length = length * 10 + digit;
      if (length > Number.MAX_SAFE_INTEGER) return this.reject("LENGTH");
    }
    if (start === end || besideTab(bytes, start, end)) return this.reject("LENGTH");
    this.contentLength = length;
    return true;
  }

  #coding(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.chunked) return this.reject("CODING_REPEATED");
    if (besideTab(bytes, start, end)) return this.reject("CODING_BLANKS");
    if (end - start === 7 && matches(bytes, start, "chunked")) {
      this.chunked = true;
      return true;
    }
    const names = latin1(bytes, start, end).toLowerCase().split(",");
    const known = names.every((name) => name.trim() === "chunked");
    return this.reject(known ? "CODING_REPEATED" : "CODING");
  }

  /** Options that matter here; others name fields that are for this hop, which all of ours are. */
  #connection(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (at < end) {
      let comma = at;
      while (comma < end && bytes[comma] !== COMMA) comma++;
      let optionEnd = comma;
      while (at < optionEnd && isBlank(bytes[at]!)) at++;
      while (optionEnd > at && isBlank(bytes[optionEnd - 1]!)) optionEnd--;
      const size = optionEnd - at;
      if (size === 5 && matches(bytes, at, "close")) this.closeOption = true;
      else if (size === 10 && matches(bytes, at, "keep-alive")) this.keepAliveOption = true;
      else if (size === 7 && matches(bytes, at, "upgrade")) this.upgradeOption = true;
      at = comma + 1;
    }
  }

  /** CR LF at `at`: the position behind them, MORE or REFUSED. */
  protected lineEnd(bytes: Uint8Array, at: number, stop: number, otherwise: RefusalCode): number {
    if (at === stop) return 0;
    if (bytes[at] !== CR) return this.refuse(bytes[at] === 0x0a ? "BARE_LF" : otherwise);
    if (at + 1 === stop) return 0;
    return bytes[at + 1] === 0x0a ? at + 2 : this.refuse("BARE_CR");
  }
}

/**
 * A tab is white space like another, but not to every parser: llhttp takes "chunked\t" for an unknown
 * coding and reads no chunks. Where a message ends depends on these two values, so it is refused there.
 */
function besideTab(bytes: Uint8Array, start: number, end: number): boolean {
  return bytes[start - 1] === HTAB || bytes[end] === HTAB;
}

function isDigit(value: number): boolean {
  return value >= 0 && value <= 9;
}

/**
 * A section of field lines, of a head or of a trailer: the octets between the start line, or the last
 * chunk, and the empty line.
 *
 *     name ":" OWS value OWS CRLF          name ":" OWS value OWS CRLF          CRLF
 *     ^field(nameStart, nameEnd, valueStart, valueEnd) for each                 ^complete
 *
 * The parser is given all octets since the section's start every time, works on them in place, and
 * goes on at the first line that was not complete. It keeps positions, never octets.
 *
 * Invariants:
 * 1. The first offending octet decides which refusal it is, however the octets were cut into reads: a
 *    line is always looked at from its start, left to right, and a limit is a position like any other.
 * 2. Who sends octet by octet does not make lines cost their square: one of more than 1 KiB is looked
 *    at again only when its LF has come, or the limit is reached.
 */
import { COLON, CR, FIELD_VALUE, HTAB, isBlank, LF, SP, TOKEN } from "./octets.ts";
import { REFUSALS, type Refusal, type RefusalCode } from "./refusal.ts";

/** `parse` needs more octets. */
export const MORE = 0;
/** `parse` has refused; `refusal` says why. */
export const REFUSED: number = -1;

export interface SectionLimits {
  /** Octets of the whole section, its start line and the empty line included. */
  readonly headBytes: number;
  readonly fieldCount: number;
}

export abstract class FieldSection<Limits extends SectionLimits = SectionLimits> {
  readonly limits: Limits;
  refusal: Refusal | undefined = undefined;
  /** Field lines so far. */
  fieldCount = 0;
  /** Where the first line that is not complete begins, from the section's start. */
  protected line = 0;
  /** No LF in [line, seen). */
  #seen = 0;
  protected inStartLine = true;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /** Forgets everything: the next octet begins a new section. */
  reset(): void {
    this.refusal = undefined;
    this.fieldCount = 0;
    this.line = 0;
    this.#seen = 0;
    this.inStartLine = true;
  }

  /** Whether part of a section has been seen. */
  get begun(): boolean {
    return this.#seen > 0;
  }

  /**
   * Looks at bytes[from, end), where `from` is the section's start. Answers the position behind the
   * section, MORE or REFUSED.
   */
  parse(bytes: Uint8Array, from: number, end: number): number {
    const cap = from + this.limits.headBytes;
    const stop = end < cap ? end : cap;
    const again = this.#seen - this.line > LONG_LINE_BYTES && stop === end;
    if (again && !hasLineEnd(bytes, from + this.#seen, stop)) {
      this.#seen = stop - from;
      return MORE;
    }
    const at = this.#lines(bytes, from, stop);
    if (at !== MORE) return at;
    if (stop === cap) return this.tooLarge();
    this.#seen = stop - from;
    return MORE;
  }

  /** All lines that are complete, from the first that was not. */
  #lines(bytes: Uint8Array, from: number, stop: number): number {
    let at = from + this.line;
    if (this.inStartLine) {
      at = this.startLine(bytes, at, stop);
      if (at <= 0) return at;
      this.inStartLine = false;
      this.line = at - from;
    }
    for (;;) {
      const next = this.#line(bytes, at, stop);
      if (next > 0) {
        this.line = next - from;
        at = next;
      } else if (next === DONE) {
        // Behind the CRLF of the empty line.
        return this.complete(bytes, from, at) ? at + 2 : REFUSED;
      } else return next;
    }
  }

  /** The start line from `at`: the position behind it, MORE or REFUSED. */
  protected abstract startLine(bytes: Uint8Array, at: number, stop: number): number;
  /** A field line is complete; false when it is refused. */
  protected abstract field(
    bytes: Uint8Array,
    nameStart: number,
    nameEnd: number,
    valueStart: number,
    valueEnd: number,
  ): boolean;
  /** The section is complete; its empty line is at `end`. */
  protected abstract complete(bytes: Uint8Array, from: number, end: number): boolean;

  protected tooLarge(): number {
    return this.refuse("HEAD_TOO_LARGE");
  }

  /** One field line, or the empty line that ends the section (DONE). */
  #line(bytes: Uint8Array, at: number, stop: number): number {
    let i = at;
    while (i < stop && TOKEN[bytes[i]!] === 1) i++;
    if (i === stop) return MORE;
    if (i === at || bytes[i] !== COLON) return this.#notName(bytes, at, i, stop);
    const nameEnd = i++;
    while (i < stop && (bytes[i] === SP || bytes[i] === HTAB)) i++;
    const valueStart = i;
    while (i < stop && FIELD_VALUE[bytes[i]!] === 1) i++;
    if (i === stop) return MORE;
    if (bytes[i] !== CR) return this.refuse(bytes[i] === LF ? "BARE_LF" : "FIELD_VALUE");
    if (i + 1 === stop) return MORE;
    if (bytes[i + 1] !== LF) return this.refuse("BARE_CR");
    if (++this.fieldCount > this.limits.fieldCount) return this.refuse("TOO_MANY_FIELDS");
    let valueEnd = i;
    while (valueEnd > valueStart && isBlank(bytes[valueEnd - 1]!)) valueEnd--;
    return this.field(bytes, at, nameEnd, valueStart, valueEnd) ? i + 2 : REFUSED;
  }

  /** What stands where a name and its colon should: the end of the section, or a reason to refuse. */
  #notName(bytes: Uint8Array, at: number, i: number, stop: number): number {
    const octet = bytes[i]!;
    if (octet === CR && i === at) {
      if (i + 1 === stop) return MORE;
      return bytes[i + 1] === LF ? DONE : this.refuse("BARE_CR");
    }
    if (octet === LF) return this.refuse("BARE_LF");
    if (isBlank(octet)) return this.refuse(i === at ? "FOLDED" : "SPACE_BEFORE_COLON");
    return this.refuse("FIELD_NAME");
  }

  protected refuse(code: RefusalCode): number {
    this.refusal = REFUSALS[code];
    return REFUSED;
  }

  /** As `refuse`, where a condition is asked for. */
  protected reject(code: RefusalCode): false {
    this.refusal = REFUSALS[code];
    return false;
  }
}

const DONE = -2;
const LONG_LINE_BYTES = 1024;

function hasLineEnd(bytes: Uint8Array, start: number, stop: number): boolean {
  for (let i = start; i < stop; i++) if (bytes[i] === LF) return true;
  return false;
}

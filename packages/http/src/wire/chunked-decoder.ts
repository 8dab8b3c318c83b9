/**
 * Undoes the chunked coding (RFC 9112 section 7.1), in place and in pieces of any size:
 *
 *     const decoder = new ChunkedDecoder(limits);
 *     while (at < bytes.length) {
 *       at = decoder.next(bytes, at);              // position behind what was understood, or REFUSED
 *       … bytes[decoder.dataStart, decoder.dataEnd) is content, possibly none
 *       if (decoder.done) break;                   // decoder.trailerText has the trailer section
 *     }
 *
 * Chunk extensions are checked against the grammar and ignored, up to a total; white space around them
 * is refused, as is every LF without its CR. The trailer section is held back until it is complete,
 * because its lines are parsed as those of a head; only then are octets copied.
 */
import { FieldSection, MORE, REFUSED, type SectionLimits } from "./field-section.ts";
import { CR, FIELD_VALUE, HEX_VALUE, latin1, LF, TOKEN } from "./octets.ts";
import { REFUSALS, type Refusal, type RefusalCode } from "./refusal.ts";

const SIZE = 0;
const EXTENSION_NAME = 1;
const EXTENSION_VALUE = 2;
const QUOTED = 3;
const QUOTED_PAIR = 4;
const QUOTED_END = 5;
const SIZE_LF = 6;
const DATA = 7;
const DATA_CR = 8;
const DATA_LF = 9;
const TRAILER = 10;
const DONE = 11;

const SIZE_DIGITS = 16;
/** Of all extensions of a message together; they are read and thrown away, so nobody needs many. */
const EXTENSION_BYTES = 1024;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

export class ChunkedDecoder {
  refusal: Refusal | undefined = undefined;
  /** The content found by the last `next`. */
  dataStart = 0;
  dataEnd = 0;
  /** The trailer section as text, complete lines; "" when there was none. */
  trailerText = "";
  readonly #limits: SectionLimits;
  #state = SIZE;
  #digits = 0;
  /** Of the chunk: octets still to come. */
  #leftBytes = 0;
  #extensionBytes = 0;
  /** Octets of a size line's current token. */
  #tokenBytes = 0;
  #trailer: TrailerSection | undefined = undefined;
  #held: Uint8Array | undefined = undefined;

  constructor(limits: SectionLimits) {
    this.#limits = limits;
  }

  get done(): boolean {
    return this.#state === DONE;
  }

  /** Understands some of bytes[at, length): up to the end of a run of content, or of the message. */
  next(bytes: Uint8Array, at: number, length: number = bytes.length): number {
    this.dataStart = at;
    this.dataEnd = at;
    let i = at;
    while (i < length) {
      if (this.#state === DATA) {
        const count = Math.min(this.#leftBytes, length - i);
        this.dataStart = i;
        this.dataEnd = i + count;
        this.#leftBytes -= count;
        if (this.#leftBytes === 0) this.#state = DATA_CR;
        return i + count;
      }
      if (this.#state === TRAILER) return this.#trailers(bytes, i, length);
      if (this.#state === DONE) return i;
      const wrong = this.#octet(bytes[i]!);
      if (wrong !== undefined) return this.#refuse(wrong);
      i++;
      // No content in what follows an empty run; the caller sees the end at once.
      this.dataStart = i;
      this.dataEnd = i;
    }
    return i;
  }

  /** One octet between the data of two chunks. */
  #octet(octet: number): RefusalCode | undefined {
    switch (this.#state) {
      case SIZE:
        return this.#size(octet);
      case SIZE_LF:
        if (octet !== LF) return "BARE_CR";
        this.#state = this.#leftBytes === 0 ? TRAILER : DATA;
        this.#digits = 0;
        return undefined;
      case DATA_CR:
        this.#state = DATA_LF;
        return octet === CR ? undefined : "CHUNK_END";
      case DATA_LF:
        this.#state = SIZE;
        return octet === LF ? undefined : "CHUNK_END";
      default:
        return this.#extension(octet);
    }
  }

  #size(octet: number): RefusalCode | undefined {
    const value = HEX_VALUE[octet]!;
    if (value !== 255) {
      if (++this.#digits > SIZE_DIGITS) return "CHUNK_SIZE_TOO_LARGE";
      this.#leftBytes = this.#leftBytes * 16 + value;
      return this.#leftBytes > Number.MAX_SAFE_INTEGER ? "CHUNK_SIZE_TOO_LARGE" : undefined;
    }
    if (this.#digits === 0) return octet === LF ? "BARE_LF" : "CHUNK_SIZE";
    return this.#afterToken(octet, octet === LF ? "BARE_LF" : "CHUNK_SIZE");
  }

  /** What may follow a complete part of the size line. */
  #afterToken(octet: number, otherwise: RefusalCode): RefusalCode | undefined {
    this.#tokenBytes = 0;
    if (octet === CR) this.#state = SIZE_LF;
    else if (octet === SEMICOLON) this.#state = EXTENSION_NAME;
    else return otherwise;
    return undefined;
  }

  #extension(octet: number): RefusalCode | undefined {
    if (++this.#extensionBytes > EXTENSION_BYTES) return "CHUNK_EXTENSION";
    switch (this.#state) {
      case QUOTED:
        if (octet === QUOTE) this.#state = QUOTED_END;
        else if (octet === BACKSLASH) this.#state = QUOTED_PAIR;
        else if (FIELD_VALUE[octet] === 0) return "CHUNK_EXTENSION";
        return undefined;
      case QUOTED_PAIR:
        this.#state = QUOTED;
        return FIELD_VALUE[octet] === 1 ? undefined : "CHUNK_EXTENSION";
      case QUOTED_END:
        return this.#afterToken(octet, "CHUNK_EXTENSION");
      default:
        break;
    }
    if (TOKEN[octet] === 1) {
      this.#tokenBytes++;
      return undefined;
    }
    if (this.#state === EXTENSION_VALUE && this.#tokenBytes === 0 && octet === QUOTE) {
      this.#state = QUOTED;
      return undefined;
    }
    if (this.#tokenBytes === 0) return "CHUNK_EXTENSION";
    if (this.#state === EXTENSION_NAME && octet === EQUALS) {
      this.#state = EXTENSION_VALUE;
      this.#tokenBytes = 0;
      return undefined;
    }
    return this.#afterToken(octet, "CHUNK_EXTENSION");
  }

  #trailers(bytes: Uint8Array, at: number, length: number): number {
    const trailer = (this.#trailer ??= new TrailerSection(this.#limits));
    const held = this.#held;
    let view = bytes;
    let from = at;
    if (held !== undefined) {
      view = new Uint8Array(held.length + length - at);
      view.set(held);
      view.set(bytes.subarray(at, length), held.length);
      from = 0;
    }
    const end = held === undefined ? length : view.length;
    const next = trailer.parse(view, from, end);
    if (next === REFUSED) {
      this.refusal = trailer.refusal;
      return REFUSED;
    }
    if (next === MORE) {
      this.#held = view.slice(from, end);
      return length;
    }
    this.#state = DONE;
    this.trailerText = trailer.text;
    this.dataStart = this.dataEnd = at;
    return held === undefined ? next : at + next - held.length;
  }

  #refuse(code: RefusalCode): number {
    this.refusal = REFUSALS[code];
    return REFUSED;
  }
}

/** Fields that say how the message is framed, where it goes or who sends it (RFC 9110 section 6.5.1). */
const FORBIDDEN = new Set([
  "content-length",
  "transfer-encoding",
  "host",
  "connection",
  "upgrade",
  "trailer",
  "te",
  "expect",
  "authorization",
  "cookie",
  "set-cookie",
  "content-encoding",
  "content-type",
  "content-range",
]);

class TrailerSection extends FieldSection {
  text = "";
  // A trailer section has no start line.
  protected override inStartLine = false;

  protected startLine(): number {
    return REFUSED;
  }

  protected field(bytes: Uint8Array, nameStart: number, nameEnd: number): boolean {
    if (!FORBIDDEN.has(latin1(bytes, nameStart, nameEnd).toLowerCase())) return true;
    return this.reject("TRAILER");
  }

  protected complete(bytes: Uint8Array, from: number, end: number): boolean {
    this.text = latin1(bytes, from, end);
    return true;
  }
}

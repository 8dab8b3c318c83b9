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
 * A chunk extension is refused, as is every LF without its CR. The trailer section is held back until it
 * is complete, because its lines are parsed as those of a head; only then are octets copied.
 */
import { FieldSection, MORE, REFUSED, type SectionLimits } from "./field-section.ts";
import { CR, HEX_VALUE, latin1, LF } from "./octets.ts";
import { REFUSALS, type Refusal, type RefusalCode } from "./refusal.ts";

const SIZE = 0;
const SIZE_LF = 1;
const DATA = 2;
const DATA_CR = 3;
const DATA_LF = 4;
const TRAILER = 5;
const DONE = 6;

const SIZE_DIGITS = 16;
const SEMICOLON = 0x3b;

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
      default:
        this.#state = SIZE;
        return octet === LF ? undefined : "CHUNK_END";
    }
  }

  #size(octet: number): RefusalCode | undefined {
    const value = HEX_VALUE[octet]!;
    if (value !== 255) {
      if (++this.#digits > SIZE_DIGITS) return "CHUNK_SIZE_TOO_LARGE";
      this.#leftBytes = this.#leftBytes * 16 + value;
      return this.#leftBytes > Number.MAX_SAFE_INTEGER ? "CHUNK_SIZE_TOO_LARGE" : undefined;
    }
    if (octet === LF) return "BARE_LF";
    if (this.#digits === 0) return "CHUNK_SIZE";
    if (octet === SEMICOLON) return "CHUNK_EXTENSION";
    this.#state = SIZE_LF;
    return octet === CR ? undefined : "CHUNK_SIZE";
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

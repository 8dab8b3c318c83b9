/**
 * Content that is received only while somebody reads it: requests on a server, responses on a client.
 *
 *     transport ──> ByteReader's read-ahead ──pull()──> chunk, the reader's own
 *                   full: the sender waits
 *
 * It pulls from the connection's ByteReader, which must have no tap meanwhile. Waiting, cancellation
 * and back-pressure are the ByteReader's.
 *
 * Invariants:
 * 1. Nothing behind the message's last octet is consumed: the next message is still in the ByteReader.
 * 2. `onEnd` is called once: with true when the message has been read to its end, with false when it
 *    is broken and the connection cannot go on.
 */
import type { ByteReader, WaitOptions } from "@hotpath/runtime";
import { ChunkedDecoder } from "../wire/chunked-decoder.ts";
import { REFUSED, type SectionLimits } from "../wire/field-section.ts";
import type { Framing } from "../wire/framing.ts";
import { decodeText, readTwice, tooLarge } from "./body.ts";
import type { Body, Headers } from "./exchange.ts";
import { HeadFields, NO_FIELDS } from "./headers.ts";
import { HttpError } from "./http-error.ts";

export interface BodySource {
  readonly reader: ByteReader;
  readonly framing: Exclude<Framing, { kind: "none" }>;
  /** The most that `bytes` and `text` take, unless they are told otherwise. Who iterates counts himself. */
  readonly limitBytes: number;
  /** Of the trailer section. */
  readonly limits: SectionLimits;
  /** Called before each wait for more; what it answers limits that wait. */
  readonly onWait?: () => WaitOptions | undefined;
  /** Called when that wait is over. */
  readonly onGot?: () => void;
  readonly onEnd?: (complete: boolean) => void;
}

type State = "unread" | "reading" | "complete" | "broken";

export class StreamedBody implements Body {
  readonly sizeBytes: number | undefined;
  readonly #source: BodySource;
  readonly #decoder: ChunkedDecoder | undefined;
  #state: State = "unread";
  #leftBytes: number;
  #receivedBytes = 0;
  #trailers: Headers | undefined = undefined;

  constructor(source: BodySource) {
    this.#source = source;
    const { framing } = source;
    this.sizeBytes = framing.kind === "length" ? framing.sizeBytes : undefined;
    this.#leftBytes = this.sizeBytes ?? 0;
    this.#decoder = framing.kind === "chunked" ? new ChunkedDecoder(source.limits) : undefined;
  }

  get trailers(): Headers | undefined {
    return this.#trailers;
  }

  /** Read to the end of the message. */
  get complete(): boolean {
    return this.#state === "complete";
  }

  /** Malformed, or ended early. */
  get broken(): boolean {
    return this.#state === "broken";
  }

  /** Octets of content received so far. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  async bytes(options?: { readonly limitBytes?: number }): Promise<Uint8Array> {
    const limitBytes = options?.limitBytes ?? this.#source.limitBytes;
    this.#begin();
    const { sizeBytes } = this;
    if (sizeBytes !== undefined) {
      if (sizeBytes > limitBytes) throw tooLarge(limitBytes);
      return this.#readSized(sizeBytes);
    }
    const parts: Uint8Array[] = [];
    for (let part = await this.#pull(); part !== undefined; part = await this.#pull()) {
      if (this.#receivedBytes > limitBytes) throw tooLarge(limitBytes);
      parts.push(part);
    }
    return parts.length === 1 ? parts[0]! : concatenated(parts, this.#receivedBytes);
  }

  async text(options?: { readonly limitBytes?: number }): Promise<string> {
    return decodeText(await this.bytes(options));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    this.#begin();
    for (let part = await this.#pull(); part !== undefined; part = await this.#pull()) yield part;
  }

  /** Reads what nobody wants, up to `limitBytes` more: whether the message's end was reached. */
  async discard(limitBytes: number): Promise<boolean> {
    if (this.#state === "unread") this.#state = "reading";
    const enoughBytes = this.#receivedBytes + limitBytes;
    if (this.#leftBytes > limitBytes) return false;
    while (this.#state === "reading" && this.#receivedBytes <= enoughBytes) await this.#pull();
    return this.complete;
  }

  #begin(): void {
    if (this.#state !== "unread") throw readTwice();
    this.#state = "reading";
    if (this.sizeBytes === 0) this.#end(true);
  }

  /** A message of known length goes straight into its memory. */
  async #readSized(sizeBytes: number): Promise<Uint8Array> {
    const { reader } = this.#source;
    const content = new Uint8Array(sizeBytes);
    while (this.#leftBytes > 0) {
      const into = content.subarray(sizeBytes - this.#leftBytes);
      const available = reader.bufferedBytes;
      const count =
        available > 0
          ? reader.tryRead(into)!
          : await this.#waiting((limit) => reader.read(into, limit));
      if (count === 0) throw this.#incomplete();
      this.#leftBytes -= count;
      this.#receivedBytes += count;
    }
    if (this.#state === "reading") this.#end(true);
    return content;
  }

  /** The next piece of content, a copy; undefined at the end. */
  async #pull(): Promise<Uint8Array | undefined> {
    const { reader } = this.#source;
    while (this.#state === "reading") {
      if (reader.bufferedBytes > 0) {
        const piece = this.#take(reader.buffered);
        if (piece !== undefined) {
          this.#receivedBytes += piece.length;
          return piece;
        }
      } else if (!(await this.#waiting((limit) => reader.fill(1, limit)))) {
        if (this.#source.framing.kind !== "close") throw this.#incomplete();
        this.#end(true);
      }
    }
    return undefined;
  }

  /** Takes what can be taken of the buffered octets; undefined when there was no content among them. */
  #take(view: Uint8Array): Uint8Array | undefined {
    const { reader, framing } = this.#source;
    if (this.#decoder !== undefined) return this.#takeChunked(view, this.#decoder);
    const count = framing.kind === "length" ? Math.min(view.length, this.#leftBytes) : view.length;
    const piece = view.slice(0, count);
    reader.consume(count);
    if (framing.kind === "length") {
      this.#leftBytes -= count;
      if (this.#leftBytes === 0) this.#end(true);
    }
    return piece;
  }

  /** All content in the view as one piece, however small the chunks were in which it came. */
  #takeChunked(view: Uint8Array, decoder: ChunkedDecoder): Uint8Array | undefined {
    let at = 0;
    let size = 0;
    let piece: Uint8Array | undefined;
    while (at < view.length && !decoder.done) {
      at = decoder.next(view, at);
      if (at === REFUSED) {
        const { status, reason } = decoder.refusal!;
        this.#end(false);
        throw new HttpError("PROTOCOL", status, `The content is malformed: ${reason}`);
      }
      const { dataStart, dataEnd } = decoder;
      if (dataEnd === dataStart) continue;
      piece ??= new Uint8Array(view.length - dataStart);
      piece.set(view.subarray(dataStart, dataEnd), size);
      size += dataEnd - dataStart;
    }
    this.#source.reader.consume(at);
    if (decoder.done) {
      const { trailerText } = decoder;
      this.#trailers = trailerText === "" ? NO_FIELDS : new HeadFields(trailerText, 0);
      this.#end(true);
    }
    return piece?.subarray(0, size);
  }

  async #waiting<T>(wait: (limit: WaitOptions | undefined) => Promise<T>): Promise<T> {
    const limit = this.#source.onWait?.();
    try {
      return await wait(limit);
    } finally {
      this.#source.onGot?.();
    }
  }

  #incomplete(): HttpError {
    this.#end(false);
    return new HttpError(
      "INCOMPLETE",
      400,
      "The connection ended before the content was complete",
      {
        retryable: true,
      },
    );
  }

  #end(complete: boolean): void {
    this.#state = complete ? "complete" : "broken";
    if (complete) this.#trailers ??= NO_FIELDS;
    this.#source.onEnd?.(complete);
  }
}

function concatenated(parts: readonly Uint8Array[], sizeBytes: number): Uint8Array {
  const whole = new Uint8Array(sizeBytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

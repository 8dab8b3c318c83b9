/** Reads a stream of requests as the server does: each piece behind what was left of those before it. */
import { ChunkedDecoder } from "../../src/wire/chunked-decoder.ts";
import { MORE, REFUSED } from "../../src/wire/field-section.ts";
import type { RefusalCode } from "../../src/wire/refusal.ts";
import { RequestHead } from "../../src/wire/request-head.ts";
import { HeadFields } from "../../src/message/headers.ts";

export const LIMITS = { requestLineBytes: 8192, headBytes: 16_384, fieldCount: 100 };

export interface ReadMessage {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly fields: readonly string[];
  content: string;
  trailers: readonly string[];
  complete: boolean;
  readonly persistent: boolean;
  readonly upgrades: boolean;
}

export interface ReadStream {
  readonly messages: readonly ReadMessage[];
  readonly refusal: RefusalCode | undefined;
  /** What of the stream was left: the part of a head, or what was refused and all behind it. */
  readonly rest: string;
}

export function octets(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

function pairs(text: string, start: number): string[] {
  return [...new HeadFields(text, start).entries()].flat();
}

class StreamReader {
  readonly messages: ReadMessage[] = [];
  refusal: RefusalCode | undefined = undefined;
  readonly #head = new RequestHead(LIMITS);
  #message: ReadMessage | undefined = undefined;
  #decoder: ChunkedDecoder | undefined = undefined;
  #leftBytes = 0;
  #over = false;

  /** Looks at bytes from the first that was not understood: how many it understood. */
  read(bytes: Uint8Array): number {
    let at = 0;
    while (at < bytes.length && !this.#over) {
      const next =
        this.#message === undefined ? this.#readHead(bytes, at) : this.#readContent(bytes, at);
      if (next === at && this.#message === undefined) break;
      at = next;
    }
    return at;
  }

  #readHead(bytes: Uint8Array, at: number): number {
    const head = this.#head;
    const next = head.parse(bytes, at, bytes.length);
    if (next === MORE) return at;
    if (next === REFUSED) {
      this.refusal = head.refusal!.code;
      this.#over = true;
      return at;
    }
    this.#message = {
      method: head.method,
      target: head.target,
      version: `1.${head.minorVersion}`,
      fields: pairs(head.text, head.fieldsStart),
      content: "",
      trailers: [],
      complete: false,
      persistent: head.persistent,
      upgrades: head.hasUpgrade && head.upgradeOption,
    };
    this.messages.push(this.#message);
    this.#decoder = head.chunked ? new ChunkedDecoder(LIMITS) : undefined;
    this.#leftBytes = Math.max(0, head.contentLength);
    head.reset();
    if (this.#decoder === undefined && this.#leftBytes === 0) this.#end();
    return next;
  }

  #readContent(bytes: Uint8Array, at: number): number {
    const message = this.#message!;
    const decoder = this.#decoder;
    if (decoder === undefined) {
      const count = Math.min(this.#leftBytes, bytes.length - at);
      message.content += Buffer.from(bytes.subarray(at, at + count)).toString("latin1");
      this.#leftBytes -= count;
      if (this.#leftBytes === 0) this.#end();
      return at + count;
    }
    const next = decoder.next(bytes, at);
    if (next === REFUSED) {
      this.refusal = decoder.refusal!.code;
      this.#over = true;
      return at;
    }
    message.content += Buffer.from(bytes.subarray(decoder.dataStart, decoder.dataEnd)).toString(
      "latin1",
    );
    if (decoder.done) {
      message.trailers = pairs(decoder.trailerText, 0);
      this.#end();
    }
    return next;
  }

  #end(): void {
    const message = this.#message!;
    message.complete = true;
    this.#message = undefined;
    if (!message.persistent || message.upgrades) this.#over = true;
  }
}

export function readRequests(pieces: readonly Uint8Array[]): ReadStream {
  const reader = new StreamReader();
  let left = new Uint8Array(0);
  for (const piece of pieces) {
    const all = new Uint8Array(left.length + piece.length);
    all.set(left);
    all.set(piece, left.length);
    left = all.slice(reader.read(all));
  }
  const { messages, refusal } = reader;
  return { messages, refusal, rest: Buffer.from(left).toString("latin1") };
}

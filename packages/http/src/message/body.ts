/**
 * Content that is in hand already: none, or all of it came with the head. What is still to come is a
 * StreamedBody (`streamed-body.ts`).
 */
import type { Body, Headers } from "./exchange.ts";
import { HttpError } from "./http-error.ts";
import { NO_FIELDS } from "./headers.ts";

export class WholeBody implements Body {
  readonly sizeBytes: number;
  #content: Uint8Array | undefined;
  #limitBytes: number;

  /** The memory is the body's, and then its reader's. */
  constructor(content: Uint8Array, limitBytes: number) {
    this.#content = content;
    this.sizeBytes = content.length;
    this.#limitBytes = limitBytes;
  }

  get trailers(): Headers | undefined {
    return this.#content === undefined ? NO_FIELDS : undefined;
  }

  async bytes(options?: { readonly limitBytes?: number }): Promise<Uint8Array> {
    return this.#take(options?.limitBytes ?? this.#limitBytes);
  }

  async text(options?: { readonly limitBytes?: number }): Promise<string> {
    return decodeText(this.#take(options?.limitBytes ?? this.#limitBytes));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const content = this.#take(this.#limitBytes);
    if (content.length > 0) yield content;
  }

  #take(limitBytes: number): Uint8Array {
    const content = this.#content;
    if (content === undefined) throw readTwice();
    if (content.length > limitBytes) throw tooLarge(limitBytes);
    this.#content = undefined;
    return content;
  }
}

const NOTHING = new Uint8Array(0);

/** No content. Reading it gives nothing, as often as one likes. */
class EmptyBody implements Body {
  readonly sizeBytes = 0;
  readonly trailers: Headers = NO_FIELDS;

  async bytes(): Promise<Uint8Array> {
    return NOTHING;
  }

  async text(): Promise<string> {
    return "";
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {}
}

export const EMPTY_BODY: Body = new EmptyBody();

const utf8 = new TextDecoder("utf-8", { fatal: true });

export function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new HttpError("CONTENT", 400, "The content is not UTF-8", { cause });
  }
}

export function readTwice(): TypeError {
  return new TypeError("The content has been read, or is being read: it can be read once");
}

export function tooLarge(limitBytes: number): HttpError {
  return new HttpError("LIMIT", 413, `The content is larger than ${limitBytes} bytes`);
}

/**
 * The content of a response as its caller reads it: decompressed if that was asked for, with errors
 * that say what is known about the request, and with a connection that is given up when the caller
 * gives the content up.
 */
import { decodeText, readTwice, tooLarge } from "../message/body.ts";
import type { Body, Headers } from "../message/exchange.ts";
import { decompress, type Coding } from "./decompress.ts";
import type { Exchange } from "./exchange.ts";

export interface ClientBodyOptions {
  readonly content: Body;
  readonly exchange: Exchange;
  /** In the order in which they are undone. */
  readonly codings: readonly Coding[];
  /** The most that `bytes` and `text` take, unless they are told otherwise. */
  readonly limitBytes: number;
  /** The most that compressed content may become. */
  readonly decompressedLimitBytes: number;
  /** Closes the connection, or leaves it to those who share it. */
  readonly abandon: () => void;
}

interface SizeLimit {
  readonly limitBytes?: number;
}

export class ClientBody implements Body {
  readonly #options: ClientBodyOptions;
  #begun = false;

  constructor(options: ClientBodyOptions) {
    this.#options = options;
  }

  get sizeBytes(): number | undefined {
    const { content, codings } = this.#options;
    return codings.length === 0 || content.sizeBytes === 0 ? content.sizeBytes : undefined;
  }

  /** All of it is here, as it is to be read. */
  get inHand(): boolean {
    const { codings, exchange } = this.#options;
    return codings.length === 0 && exchange.over && !this.#begun;
  }

  get trailers(): Headers | undefined {
    return this.#options.content.trailers;
  }

  async bytes(options?: SizeLimit): Promise<Uint8Array> {
    const { content, codings } = this.#options;
    const limitBytes = options?.limitBytes ?? this.#options.limitBytes;
    this.#begin();
    try {
      if (codings.length === 0) return await content.bytes({ limitBytes });
      return await this.#collect(limitBytes);
    } catch (error) {
      throw this.#ended(error);
    }
  }

  async text(options?: SizeLimit): Promise<string> {
    const bytes = await this.bytes(options);
    try {
      return decodeText(bytes);
    } catch (error) {
      throw this.#ended(error);
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    this.#begin();
    try {
      yield* this.#chunks();
    } catch (error) {
      throw this.#ended(error);
    } finally {
      this.discard();
    }
  }

  /** Nobody wants what is left of it. Does nothing when there is nothing left. */
  discard(): void {
    this.#begun = true;
    if (!this.#options.exchange.over) this.#options.abandon();
  }

  #begin(): void {
    if (this.#begun && this.#options.content.sizeBytes !== 0) throw readTwice();
    this.#begun = true;
  }

  #chunks(): AsyncIterable<Uint8Array> {
    const { content, codings, exchange, decompressedLimitBytes } = this.#options;
    if (codings.length === 0) return content;
    const limit = { limitBytes: decompressedLimitBytes, status: exchange.status! };
    return decompress(content, codings, limit);
  }

  async #collect(limitBytes: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let sizeBytes = 0;
    for await (const part of this.#chunks()) {
      sizeBytes += part.length;
      if (sizeBytes > limitBytes) throw tooLarge(limitBytes);
      parts.push(part);
    }
    return parts.length === 1 ? parts[0]! : new Uint8Array(Buffer.concat(parts, sizeBytes));
  }

  #ended(error: unknown): unknown {
    const { exchange } = this.#options;
    const seen = exchange.errorFrom(error, "body");
    this.discard();
    return seen;
  }
}

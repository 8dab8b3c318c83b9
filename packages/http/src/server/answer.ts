/**
 * A response as octets. Heads are text, an octet a character, and short content is put behind its head
 * in the same text: one string goes to the host with one system call.
 */
import type { Response } from "../message/exchange.ts";
import { FieldWriter, statusLine } from "../wire/field-writer.ts";
import { latin1 } from "../wire/octets.ts";

/** Content up to this is sent in one piece with its head; copying it costs less than a second call. */
export const INLINE_BYTES: number = 16 * 1024;

/** What the head must say about this connection. */
export interface Circumstances {
  readonly method: string;
  readonly minorVersion: 0 | 1;
  /** The connection will be closed after this response, whatever the handler says. */
  readonly close: boolean;
  readonly dateLine: string;
}

/** A response with its head written. Used again for every response: read it before the next. */
export class Answer {
  /** The head, and the content behind it when that is short. */
  text = "";
  /** Content that is sent after `text`. */
  bytes: Uint8Array | undefined = undefined;
  contentBytes = 0;
  close = false;
  /** For a streamed body: framed by chunks, by a length that was promised, or by the end of the connection. */
  framing: "chunked" | "length" | "close" | "none" = "none";
  promisedBytes = -1;
  readonly #fields = new FieldWriter();

  /** TypeError or RangeError for a response that cannot be sent. */
  compose(response: Response, at: Circumstances): this {
    const { status, body } = response;
    const fields = this.#fields.collect(response.headers);
    const line = statusLine(status);
    this.bytes = undefined;
    this.contentBytes = 0;
    this.close = at.close || fields.close;
    if (status < 200 && status !== 101) {
      throw new RangeError(`A handler answers with a final status, or 101: ${status} is neither`);
    }
    const empty = status === 101 || status === 204 || status === 304;
    let framing = "";
    let inline = "";
    if (empty) {
      this.framing = "none";
      // What a 304 would have had may be said (RFC 9110 section 8.6).
      if (status === 304 && fields.contentLength !== -1) framing = lengthLine(fields.contentLength);
    } else if (body === undefined || typeof body === "string" || body instanceof Uint8Array) {
      this.framing = "none";
      const length = this.#plain(body, at.method === "HEAD", fields.contentLength);
      framing = lengthLine(length);
      inline = this.#inline;
    } else framing = this.#streamed(at, fields.contentLength);
    const date = fields.hasDate ? "" : at.dateLine;
    this.text = `${line}${fields.lines}${date}${framing}${this.#connection(status, at)}\r\n${inline}`;
    return this;
  }

  #inline = "";

  /** Content that is all there: its length for the head. */
  #plain(body: string | Uint8Array | undefined, isHead: boolean, promised: number): number {
    this.#inline = "";
    if (body === undefined) {
      if (promised > 0 && !isHead) throw wrongLength(promised, 0);
      return promised === -1 ? 0 : promised;
    }
    let bytes: Uint8Array | undefined;
    let length = body.length;
    if (typeof body === "string") {
      length = Buffer.byteLength(body);
      if (!isHead && length !== body.length) bytes = Buffer.from(body);
    } else bytes = body;
    if (promised !== -1 && promised !== length) throw wrongLength(promised, length);
    if (isHead) return length;
    this.contentBytes = length;
    if (bytes === undefined) this.#inline = body as string;
    else if (length <= INLINE_BYTES) this.#inline = latin1(bytes, 0, length);
    else this.bytes = bytes;
    return length;
  }

  #streamed(at: Circumstances, promised: number): string {
    this.promisedBytes = promised;
    if (promised !== -1) {
      this.framing = "length";
      return lengthLine(promised);
    }
    if (at.minorVersion === 1) {
      this.framing = "chunked";
      return "transfer-encoding: chunked\r\n";
    }
    // HTTP/1.0 knows no chunks: the end of the connection is the end of the content.
    this.framing = "close";
    this.close = true;
    return "";
  }

  #connection(status: number, at: Circumstances): string {
    if (status === 101) return "";
    if (this.close) return "connection: close\r\n";
    return at.minorVersion === 0 ? "connection: keep-alive\r\n" : "";
  }
}

function lengthLine(bytes: number): string {
  return `content-length: ${bytes}\r\n`;
}

function wrongLength(promised: number, actual: number): TypeError {
  return new TypeError(`The response promises ${promised} octets of content and has ${actual}`);
}

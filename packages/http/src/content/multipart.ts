/**
 * Bodies of HTML forms with files: multipart/form-data (RFC 7578), read part by part as it comes, so that
 * a large file is never in memory.
 *
 *     body ──> buffer ──"\r\n--boundary"──> head │ content … │ head │ content … │ "--"
 *
 * Invariants:
 * 1. The buffer holds at most one chunk of the body, one head and one delimiter.
 * 2. Of a part's content, what could be the beginning of a delimiter is held back until it is known.
 * 3. A part that was not read to its end is skipped when the next one is asked for.
 */
import type { Request } from "../message/exchange.ts";
import { malformed, Problem } from "../message/problem.ts";
import { tooManyFields } from "./form.ts";
import { unsupported } from "./json.ts";

export interface MultipartOptions {
  /** Default: 100. */
  readonly limitParts?: number;
  /** Of the head of one part. Default: 8 KiB. */
  readonly limitHeadBytes?: number;
}

export interface Part extends AsyncIterable<Uint8Array> {
  /** The form field's name. */
  readonly name: string;
  /** As the client calls it. Never a path to write to: it may be anything. */
  readonly filename: string | undefined;
  readonly contentType: string | undefined;
  bytes(options: { readonly limitBytes: number }): Promise<Uint8Array>;
  text(options: { readonly limitBytes: number }): Promise<string>;
}

const CRLF = Buffer.from("\r\n");
const HEAD_END = Buffer.from("\r\n\r\n");

/**
 * The parts in order; each can be read until the next is asked for. Problems: 400 malformed, 413 too many
 * parts or a part larger than its reader allows, 415 another content type.
 */
export async function* readMultipart(
  request: Request,
  options: MultipartOptions = {},
): AsyncGenerator<Part, void, undefined> {
  const { limitParts = 100, limitHeadBytes = 8 * 1024 } = options;
  const scanner = new Scanner(request.body, boundaryOf(request));
  await scanner.begin();
  for (let count = 0; await scanner.hasPart(); count++) {
    if (count >= limitParts) throw tooManyFields(limitParts);
    const head = await scanner.head(limitHeadBytes);
    const part = new MultipartPart(head, scanner.content());
    yield part;
    await part.skip();
  }
}

function boundaryOf(request: Request): string {
  const type = request.headers.get("content-type");
  if (type === undefined || !/^multipart\/form-data[ \t]*;/i.test(type)) {
    throw unsupported("multipart/form-data", type);
  }
  const found = /;[ \t]*boundary=(?:"([^"]{1,70})"|([\w'()+,./:=?-]{1,70}))[ \t]*(?:;|$)/i.exec(
    type,
  );
  const boundary = found?.[1] ?? found?.[2];
  if (boundary === undefined) throw malformed("multipart/form-data has no boundary");
  return boundary;
}

/** Finds delimiters in a stream of chunks. */
class Scanner {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #delimiter: Buffer;
  #buffer: Buffer = CRLF;

  constructor(body: AsyncIterable<Uint8Array>, boundary: string) {
    this.#chunks = body[Symbol.asyncIterator]();
    // The first delimiter has no line end before it: the buffer begins with one.
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
  }

  /** Up to and with the first delimiter; what stands before it is no part and must be short. */
  async begin(): Promise<void> {
    let preambleBytes = 0;
    for await (const chunk of this.content()) {
      preambleBytes += chunk.length;
      if (preambleBytes > 1024) throw malformed("the body does not begin with its boundary");
    }
  }

  /** Behind a delimiter: whether a part follows, or the end. */
  async hasPart(): Promise<boolean> {
    await this.#atLeast(2);
    const next = this.#buffer.subarray(0, 2);
    // The line end stays: a head without fields is "\r\n\r\n" from here.
    if (next.equals(CRLF)) return true;
    if (next.toString("latin1") === "--") return false;
    throw malformed("a boundary is followed by something else than a line end");
  }

  async head(limitBytes: number): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf(HEAD_END);
      if (end > limitBytes || (end === -1 && this.#buffer.length > limitBytes + 4)) {
        throw malformed(`the head of a part has more than ${limitBytes} bytes`);
      }
      if (end !== -1) {
        const text = this.#buffer.toString("utf8", CRLF.length, Math.max(CRLF.length, end));
        this.#buffer = this.#buffer.subarray(end + HEAD_END.length);
        return text;
      }
      await this.#more();
    }
  }

  /** What comes until the next delimiter, which is consumed. */
  async *content(): AsyncGenerator<Uint8Array, void, undefined> {
    const { length } = this.#delimiter;
    for (;;) {
      const at = this.#buffer.indexOf(this.#delimiter);
      const safe = at === -1 ? Math.max(0, this.#buffer.length - length + 1) : at;
      const piece = this.#buffer.subarray(0, safe);
      this.#buffer = this.#buffer.subarray(at === -1 ? safe : at + length);
      if (piece.length > 0) yield piece;
      if (at !== -1) return;
      await this.#more();
    }
  }

  async #atLeast(count: number): Promise<void> {
    while (this.#buffer.length < count) await this.#more();
  }

  async #more(): Promise<void> {
    const step = await this.#chunks.next();
    if (step.done === true) throw malformed("the body ends before its last boundary");
    const { buffer, byteOffset, length } = step.value;
    const chunk = Buffer.from(buffer, byteOffset, length);
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
  }
}

class MultipartPart implements Part {
  readonly name: string;
  readonly filename: string | undefined;
  readonly contentType: string | undefined;
  readonly #content: AsyncGenerator<Uint8Array, void, undefined>;
  #taken = false;

  constructor(head: string, content: AsyncGenerator<Uint8Array, void, undefined>) {
    const fields = fieldsOf(head);
    const disposition = fields.get("content-disposition") ?? "";
    const name = parameterOf(disposition, "name");
    if (!/^form-data[ \t]*;/i.test(disposition) || name === undefined) {
      throw malformed("a part has no Content-Disposition with a name");
    }
    this.name = name;
    this.filename = parameterOf(disposition, "filename");
    this.contentType = fields.get("content-type");
    this.#content = content;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    if (this.#taken) throw new TypeError(`The part "${this.name}" can be read once`);
    this.#taken = true;
    // Not the generator itself: a loop that is left early must not end it before skip() has.
    return { next: () => this.#content.next() };
  }

  async bytes({ limitBytes }: { readonly limitBytes: number }): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    let sizeBytes = 0;
    for await (const piece of this) {
      sizeBytes += piece.length;
      if (sizeBytes > limitBytes) {
        const detail = `the field ${this.name.slice(0, 100)} may have at most ${limitBytes} bytes`;
        throw new Problem({ status: 413, title: "Content too large", detail });
      }
      pieces.push(piece);
    }
    return Buffer.concat(pieces, sizeBytes);
  }

  async text(options: { readonly limitBytes: number }): Promise<string> {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(await this.bytes(options));
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw malformed(`the field ${this.name.slice(0, 100)} is not UTF-8`, error);
    }
  }

  async skip(): Promise<void> {
    while ((await this.#content.next()).done !== true);
  }
}

function fieldsOf(head: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of head === "" ? [] : head.split("\r\n")) {
    const match = /^([\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line);
    if (match === null) throw malformed("the head of a part has a line that is no field");
    fields.set(match[1]!.toLowerCase(), match[2]!);
  }
  return fields;
}

/** Browsers escape a quote, CR and LF in names as %22, %0D and %0A, and nothing else (WHATWG HTML). */
function parameterOf(disposition: string, name: string): string | undefined {
  const match = new RegExp(`;[ \\t]*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s"]+))`, "i").exec(
    disposition,
  );
  const text = match?.[1]?.replaceAll(/\\(["\\])/g, "$1") ?? match?.[2];
  return text?.replaceAll(/%22/g, '"').replaceAll(/%0d/gi, "\r").replaceAll(/%0a/gi, "\n");
}

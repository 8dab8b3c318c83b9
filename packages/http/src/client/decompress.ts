/**
 * Undoing Content-Encoding while a body is read (RFC 9110 section 8.4): gzip, deflate, br, zstd, and
 * several of them one around the other.
 *
 *     body ──chunk──> engine ──output, at most OUTPUT_BYTES held──> reader
 *
 * The engines are the host's, which decompress on its pool threads. One chunk is given to one engine at
 * a time and everything it makes of it is read before the next one is asked for, so a small body that
 * decompresses to gigabytes costs the memory of one piece, and stops at the limit.
 *
 * Invariants:
 * 1. No more than limitBytes of output leave, over all codings; the next byte is error LIMIT.
 * 2. A coding that ends early or is not what it says is error CODING. Bytes behind the last member of gzip are
 *    left out, as the host does.
 * 3. The engine is destroyed when the reader stops, for whatever reason.
 */
import { external } from "@hotpath/runtime";
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from "node:zlib";
import { RequestError } from "./errors.ts";

/** What is sent as Accept-Encoding when responses are decompressed. */
export const ACCEPTED_CODINGS: string = "gzip, deflate, br, zstd";

export type Coding = "gzip" | "deflate" | "br" | "zstd";

const OUTPUT_BYTES = 64 * 1024;
/** More than anybody sends on purpose. */
const CODINGS_LIMIT = 3;
/** 8 MiB, what RFC 9659 section 3 lets a sender require. */
const ZSTD_WINDOW_LOG = 23;

const CODINGS: ReadonlyMap<string, Coding> = new Map([
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["deflate", "deflate"],
  ["br", "br"],
  ["zstd", "zstd"],
]);

/**
 * The codings of a Content-Encoding value in the order in which they are undone; empty when there are
 * none, undefined when one of them is not known, and the body is then left as it is.
 */
export function codingsOf(value: string | undefined): readonly Coding[] | undefined {
  if (value === undefined) return [];
  const codings: Coding[] = [];
  for (const part of value.split(",")) {
    const name = part.trim().toLowerCase();
    if (name === "" || name === "identity") continue;
    const coding = CODINGS.get(name);
    if (coding === undefined) return undefined;
    codings.push(coding);
  }
  return codings.reverse();
}

export interface DecompressLimit {
  readonly limitBytes: number;
  readonly status: number;
}

/** The chunks of a body, decompressed. An empty body stays empty, whatever its codings are. */
export async function* decompress(
  body: AsyncIterable<Uint8Array>,
  codings: readonly Coding[],
  limit: DecompressLimit,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (codings.length > CODINGS_LIMIT) {
    const nested = `The response is encoded ${codings.length} times, ${CODINGS_LIMIT} are undone`;
    throw failure("CODING", nested, limit);
  }
  let chunks = body;
  for (const coding of codings) chunks = decode(chunks, coding, limit);
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    sizeBytes += chunk.length;
    if (sizeBytes > limit.limitBytes) throw tooLarge(limit);
    yield chunk;
  }
}

async function* decode(
  body: AsyncIterable<Uint8Array>,
  coding: Coding,
  limit: DecompressLimit,
): AsyncGenerator<Uint8Array, void, undefined> {
  let engine: Engine | undefined;
  let madeBytes = 0;
  try {
    for await (const chunk of body) {
      if (chunk.length === 0) continue;
      engine ??= new Engine(coding, chunk[0]!, limit);
      engine.give(chunk);
      for (let out = await engine.take(); out !== undefined; out = await engine.take()) {
        // Also for the inner of two codings, where the outer one would see it only in parts.
        madeBytes += out.length;
        if (madeBytes > limit.limitBytes) throw tooLarge(limit);
        yield out;
      }
    }
    if (engine === undefined) return;
    engine.finish();
    for (let out = await engine.take(); out !== undefined; out = await engine.take()) yield out;
  } finally {
    engine?.close();
  }
}

/** One of the host's decompressing streams, driven a chunk at a time. */
class Engine {
  readonly #stream: ReturnType<typeof createGunzip>;
  readonly #coding: Coding;
  readonly #limit: DecompressLimit;
  /** Nothing more comes out of what was given. */
  #idle = true;
  #error: Error | undefined = undefined;
  #wake: (() => void) | undefined = undefined;

  constructor(coding: Coding, firstByte: number, limit: DecompressLimit) {
    this.#coding = coding;
    this.#limit = limit;
    this.#stream = open(coding, firstByte);
    this.#stream.on("readable", () => this.#ring());
    this.#stream.on("end", () => {
      this.#idle = true;
      this.#ring();
    });
    this.#stream.on("error", (error) => {
      this.#error = error;
      this.#ring();
    });
  }

  give(chunk: Uint8Array): void {
    this.#idle = false;
    this.#stream.write(chunk, () => {
      this.#idle = true;
      this.#ring();
    });
  }

  finish(): void {
    this.#idle = false;
    this.#stream.end();
  }

  /** The next output of what was given; undefined when all of it is out. */
  async take(): Promise<Uint8Array | undefined> {
    for (;;) {
      if (this.#error !== undefined) throw this.#refusal(this.#error);
      const out = this.#stream.read() as Buffer | null;
      if (out !== null) return new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
      if (this.#idle) return undefined;
      await external(new Promise<void>((resolve) => (this.#wake = resolve)));
    }
  }

  close(): void {
    this.#stream.destroy();
  }

  #ring(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  #refusal(cause: Error): RequestError {
    const message = `The response's content is not whole ${this.#coding} data: ${cause.message}`;
    return failure("CODING", message, this.#limit, cause);
  }
}

function open(coding: Coding, firstByte: number): ReturnType<typeof createGunzip> {
  const options = { chunkSize: OUTPUT_BYTES, readableHighWaterMark: OUTPUT_BYTES };
  switch (coding) {
    case "gzip":
      return createGunzip(options);
    case "deflate":
      // Meant is the zlib format; some send bare deflate (RFC 9110 section 8.4.1.2). The first four
      // bits of zlib are 8, and a bare block that begins so is stored, which nobody sends.
      return (firstByte & 15) === 8 ? createInflate(options) : createInflateRaw(options);
    case "br":
      return createBrotliDecompress(options);
    case "zstd":
      return createZstdDecompress({
        ...options,
        params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG },
      });
  }
}

function tooLarge(limit: DecompressLimit): RequestError {
  const message = `The response decompresses to more than ${limit.limitBytes} bytes`;
  return failure("LIMIT", message, limit);
}

function failure(
  code: "LIMIT" | "CODING",
  message: string,
  { status }: DecompressLimit,
  cause?: unknown,
): RequestError {
  return new RequestError(code, message, { phase: "body", delivery: "unknown", status, cause });
}

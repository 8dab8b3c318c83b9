/**
 * What a handler sees of HTTP: a request in, a response out. Both halves are plain shapes, so that a
 * handler runs the same on a socket, in a simulation, under a web-standard adapter and in a unit test.
 */
import type { Address, Connection } from "@hotpath/runtime";

/** The fields of a message's head. Names are matched without regard to case. */
export interface Headers {
  /** The value of a field; several lines of it joined by ", " (RFC 9110 section 5.3), undefined when absent. */
  get(name: string): string | undefined;
  /** Every line of a field, in the order in which they came; needed only for Set-Cookie. */
  all(name: string): readonly string[];
  has(name: string): boolean;
  /** Name as it came and value of every line, in order. */
  entries(): Iterable<readonly [name: string, value: string]>;
}

/**
 * The content of a message, received only while somebody reads it. It can be read once, in one of
 * these ways. Iterating gives chunks whose memory is the reader's.
 */
export interface Body extends AsyncIterable<Uint8Array> {
  /** From Content-Length; undefined when chunked, 0 when there is no content. */
  readonly sizeBytes: number | undefined;
  /** Reads all of it. A problem 413 beyond `limitBytes` (default: the server's body limit). */
  bytes(options?: { readonly limitBytes?: number }): Promise<Uint8Array>;
  /** As bytes, decoded as UTF-8; a problem 400 when it is not. */
  text(options?: { readonly limitBytes?: number }): Promise<string>;
  /** The trailer section of a chunked message; there after the end was read. */
  readonly trailers: Headers | undefined;
}

export interface Request<Params = unknown> {
  readonly method: string;
  /** The request target's path and query as they came: "/a%20b?c=d". */
  readonly target: string;
  /** The target's path as it came, percent-encoding included. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Decoded values of the route's `:parameters`. */
  readonly params: Params;
  readonly httpVersion: "1.0" | "1.1";
  readonly headers: Headers;
  readonly body: Body;
  readonly remote: Address | undefined;
  /** Whether it came over TLS. */
  readonly secure: boolean;
  /** Correlates log lines; taken from X-Request-Id where that is sane. */
  readonly id: string;
  /**
   * Aborted when the client has gone. The handler's task is cancelled at that moment anyway: this is
   * for passing on to what takes an AbortSignal.
   */
  readonly signal: AbortSignal;
  /** Aborted when the server begins to drain: what would go on without an end should come to one. */
  readonly draining: AbortSignal;
}

export type ResponseBody = string | Uint8Array | AsyncIterable<string | Uint8Array>;

export interface Response {
  readonly status: number;
  /** Names in any case. A list is sent as several lines. Framing (length, chunks) and Date are the server's. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** An async iterable is sent chunk by chunk with backpressure and closed when the client goes away. */
  readonly body?: ResponseBody;
  /** Called when a streamed body is through; its fields follow as the trailer section. */
  readonly trailers?: () => Readonly<Record<string, string>>;
  /** Takes the connection over after a 101; what the client sent behind its request comes first. */
  readonly upgrade?: (connection: Connection) => Promise<void>;
}

/** Runs as a task of its own: cancelled when the client goes away, at the handler timeout and at a forced shutdown. */
export type Handler<Params = unknown> = (request: Request<Params>) => Promise<Response> | Response;

/**
 * One request and its response: the task in which the handler runs.
 *
 *     handler returns a Response     → sent in the same callback that brought the request
 *     handler returns a promise      → sent when it resolves
 *     the body is an async iterable  → sent piece by piece, each waiting for the one before
 *
 * Invariants:
 * 1. At most one head goes out. After it an error can only break the connection, which is how the
 *    client learns that the content is not whole.
 * 2. `over` is called on the connection exactly once, when nothing more will be written.
 */
import { CancelError, type Task } from "@hotpath/runtime";
import type { Response, ResponseBody } from "../message/exchange.ts";
import { HttpError } from "../message/http-error.ts";
import { CHUNK_END, chunkHead, LAST_CHUNK, lastChunk } from "../wire/chunked-encoder.ts";
import type { HttpConnection } from "./http-connection.ts";
import type { IncomingRequest } from "./incoming-request.ts";
import type { Outcome } from "./options.ts";

/** An error that knows how to be answered: HttpError, a router's problems. */
interface Answerable {
  toResponse(path: string): Response;
}

function isAnswerable(error: unknown): error is Answerable {
  return typeof (error as Partial<Answerable> | null | undefined)?.toResponse === "function";
}

export class Exchange {
  readonly request: IncomingRequest;
  readonly startedMs: number;
  task: Task<void> | undefined = undefined;
  status = 0;
  sentBytes = 0;
  outcome: Outcome = "answered";
  /** A head has been sent, or never will be. */
  answered = false;
  /** The connection goes on with the next request. */
  over = false;
  readonly #connection: HttpConnection;

  constructor(connection: HttpConnection, request: IncomingRequest, startedMs: number) {
    this.#connection = connection;
    this.request = request;
    this.startedMs = startedMs;
  }

  /** The body of the task. A promise only when the answer is not complete yet. */
  run(): void | Promise<void> {
    let answer: Response | Promise<Response>;
    try {
      answer = this.#connection.server.handler(this.request);
    } catch (error) {
      return this.#fail(error);
    }
    return isPromise(answer) ? this.#later(answer) : this.#send(answer);
  }

  async #later(answer: PromiseLike<Response>): Promise<void> {
    let response: Response;
    try {
      response = await answer;
    } catch (error) {
      return this.#fail(error);
    }
    return this.#send(response);
  }

  #send(response: Response): void | Promise<void> {
    if (this.answered) return this.#dropLate(response);
    if (this.#connection.gone) {
      this.outcome = "gone";
      this.#connection.abandon(this);
      return this.#dropLate(response);
    }
    try {
      const { body } = response;
      this.#connection.answer(this, response);
      if (response.upgrade !== undefined && response.status === 101) {
        return this.#connection.upgrade(this, response.upgrade);
      }
      if (!isStream(body)) return this.#connection.exchangeOver(this);
      return this.#stream(body, response);
    } catch (error) {
      return this.#fail(error);
    }
  }

  /** The response came after a timeout or the end of the connection: only its body has to be closed. */
  #dropLate(response: Response): void | Promise<void> {
    if (!isStream(response.body)) return;
    const closing = response.body[Symbol.asyncIterator]().return?.();
    return closing?.then(ignore, ignore);
  }

  async #stream(body: AsyncIterable<string | Uint8Array>, response: Response): Promise<void> {
    const { answer } = this.#connection.server;
    const { framing, promisedBytes } = answer;
    const withContent = this.request.method !== "HEAD" && framing !== "none";
    try {
      if (withContent) {
        for await (const piece of body)
          await this.#piece(piece, framing === "chunked", promisedBytes);
        if (framing === "length" && this.sentBytes !== promisedBytes)
          throw this.#wrongLength(promisedBytes);
        if (framing === "chunked") {
          const trailers = response.trailers?.();
          await this.#connection.sendEnd(trailers === undefined ? LAST_CHUNK : lastChunk(trailers));
        }
      } else await body[Symbol.asyncIterator]().return?.();
    } catch (error) {
      return this.#fail(error);
    }
    this.#connection.exchangeOver(this);
  }

  async #piece(piece: string | Uint8Array, chunked: boolean, promisedBytes: number): Promise<void> {
    if (piece.length === 0) return;
    const ascii = typeof piece === "string" && Buffer.byteLength(piece) === piece.length;
    const data = typeof piece === "string" && !ascii ? Buffer.from(piece) : piece;
    this.sentBytes += data.length;
    if (promisedBytes !== -1 && this.sentBytes > promisedBytes)
      throw this.#wrongLength(promisedBytes);
    if (chunked) await this.#connection.sendPiece(chunkHead(data.length), data, CHUNK_END);
    else await this.#connection.sendPiece("", data, "");
  }

  #wrongLength(promisedBytes: number): TypeError {
    return new TypeError(
      `The response promised ${promisedBytes} octets of content and has ${this.sentBytes}`,
    );
  }

  /** What the handler, or sending, threw. */
  #fail(error: unknown): void {
    const connection = this.#connection;
    if (this.over) return;
    if (connection.gone) {
      this.outcome = "gone";
      return connection.abandon(this);
    }
    if (this.answered) {
      this.outcome = "failed";
      if (!(error instanceof CancelError)) connection.server.report(error, this.request);
      return connection.abandon(this);
    }
    this.answer(this.#errorResponse(error));
  }

  /** Answers in place of the handler. Of what follows from it, only the closing is left. */
  answer(response: Response): void {
    try {
      this.#connection.answer(this, response);
    } catch (error) {
      this.#connection.server.report(error, this.request);
      this.outcome = "failed";
      return this.#connection.abandon(this);
    }
    this.#connection.exchangeOver(this);
  }

  #errorResponse(error: unknown): Response {
    if (isAnswerable(error)) {
      try {
        const response = error.toResponse(this.request.path);
        if (response.status >= 500) this.outcome = "failed";
        return response;
      } catch (cause) {
        this.#connection.server.report(cause, this.request);
      }
    }
    this.outcome = "failed";
    if (error instanceof CancelError) return UNAVAILABLE.toResponse();
    this.#connection.server.report(error, this.request);
    return { status: 500 };
  }
}

const UNAVAILABLE = new HttpError("UNAVAILABLE", 503, "The request was called off", {
  retryable: true,
});

function isPromise(
  value: Response | PromiseLike<Response> | undefined,
): value is Promise<Response> {
  return typeof (value as Partial<PromiseLike<Response>> | undefined)?.then === "function";
}

export function isStream(
  body: ResponseBody | undefined,
): body is AsyncIterable<string | Uint8Array> {
  return typeof body === "object" && !(body instanceof Uint8Array);
}

function ignore(): void {}

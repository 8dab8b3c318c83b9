/**
 * Sees a request from its arrival to the end of its response, for logs, metrics and spans.
 *
 * A response whose body is streamed ends when the stream does; the stream is wrapped for that.
 * `ended` is called exactly once for each request: with the response, or with the error that left
 * the handler (cancellation: the client has gone, or the handler took too long).
 */
import { monotonic } from "@hotpath/runtime";
import type { Handler, Request, Response } from "../message/exchange.ts";

export interface Outcome {
  /** 499 when the handler was cancelled before it had answered: nobody saw an answer. */
  readonly status: number;
  /** Until the response began, and until its body was through. */
  readonly headMs: number;
  readonly totalMs: number;
  /** Content of the response; not counted for a HEAD. */
  readonly sizeBytes: number;
  /** A streamed body that broke off is not complete. */
  readonly complete: boolean;
  /** What left the handler or broke the body off. */
  readonly error?: unknown;
}

export const CLIENT_CLOSED_REQUEST = 499;

export function watch(next: Handler, ended: (request: Request, outcome: Outcome) => void): Handler {
  return (request) => {
    const startedMs = monotonic();
    const answered = (response: Response): Response => follow(request, response, startedMs, ended);
    const failed = (error: unknown): never => {
      const ms = monotonic() - startedMs;
      const status = CLIENT_CLOSED_REQUEST;
      ended(request, { status, headMs: ms, totalMs: ms, sizeBytes: 0, complete: false, error });
      throw error;
    };
    let response;
    try {
      response = next(request);
    } catch (error) {
      return failed(error);
    }
    return response instanceof Promise ? response.then(answered, failed) : answered(response);
  };
}

function follow(
  request: Request,
  response: Response,
  startedMs: number,
  ended: (request: Request, outcome: Outcome) => void,
): Response {
  const { status, body, upgrade } = response;
  const headMs = monotonic() - startedMs;
  const finish = (sizeBytes: number, error?: unknown): void => {
    const totalMs = monotonic() - startedMs;
    const complete = error === undefined;
    const outcome = { status, headMs, totalMs, sizeBytes, complete };
    ended(request, complete ? outcome : { ...outcome, error });
  };
  if (upgrade !== undefined) {
    return {
      ...response,
      upgrade: async (connection) => {
        try {
          await upgrade(connection);
          finish(0);
        } catch (error) {
          finish(0, error);
          throw error;
        }
      },
    };
  }
  if (body === undefined || typeof body === "string" || body instanceof Uint8Array) {
    finish(request.method === "HEAD" ? 0 : sizeOf(body));
    return response;
  }
  if (request.method === "HEAD") {
    finish(0);
    return response;
  }
  return { ...response, body: followed(body, finish) };
}

function sizeOf(part: string | Uint8Array | undefined): number {
  if (part === undefined) return 0;
  return typeof part === "string" ? Buffer.byteLength(part) : part.length;
}

/**
 * Not a generator: one that is given up before its first step runs none of its code, and then nobody
 * would hear of its end.
 */
function followed(
  body: AsyncIterable<string | Uint8Array>,
  finish: (sizeBytes: number, error?: unknown) => void,
): AsyncIterable<string | Uint8Array> {
  let sizeBytes = 0;
  let open = true;
  const end = (error?: unknown): void => {
    if (open) finish(sizeBytes, error);
    open = false;
  };
  return {
    [Symbol.asyncIterator]: () => {
      const source = body[Symbol.asyncIterator]();
      return {
        async next() {
          try {
            const step = await source.next();
            if (step.done === true) end();
            else sizeBytes += sizeOf(step.value);
            return step;
          } catch (error) {
            end(error);
            throw error;
          }
        },
        async return(value?: unknown) {
          end(new Error("the body was given up before its end"));
          await source.return?.(value);
          return { done: true as const, value: undefined };
        },
      };
    },
  };
}

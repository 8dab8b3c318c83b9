/**
 * Web-standard handlers (Request → Response, as Hono, h3 and others have them) on this server: bodies are
 * streamed both ways, and `request.signal` aborts when the client goes away.
 */
import { external } from "@hotpath/runtime";
import type { Handler, Request, Response } from "../message/exchange.ts";
import { malformed } from "../message/problem.ts";

export type FetchHandler = (
  request: globalThis.Request,
) => globalThis.Response | Promise<globalThis.Response>;

export interface FetchOptions {
  /**
   * The origin of the URLs that the handler sees. Default: from the request's Host. Set it where links
   * are made from it: Host is the client's to choose.
   */
  readonly origin?: string;
}

export function fetchHandler(fetch: FetchHandler, options: FetchOptions = {}): Handler {
  return async (request) => {
    const response = await external(Promise.resolve(fetch(webRequest(request, options))));
    return fromWeb(response);
  };
}

/** Undici's own, and not in the DOM's types: a body that is a stream is sent while it is read. */
interface StreamingInit extends RequestInit {
  duplex: "half";
}

function webRequest(request: Request, options: FetchOptions): globalThis.Request {
  const { method, target } = request;
  const scheme = request.secure ? "https" : "http";
  const origin = options.origin ?? `${scheme}://${request.headers.get("host") ?? "localhost"}`;
  // "//x" after an origin would be read as another host.
  const url = target.startsWith("/") ? origin + target : `${origin}/`;
  const headers = new Headers();
  for (const [name, value] of request.headers.entries()) headers.append(name, value);
  const init: StreamingInit = { method, headers, signal: request.signal, duplex: "half" };
  if (method !== "GET" && method !== "HEAD" && request.body.sizeBytes !== 0) {
    init.body = ReadableStream.from(request.body) as ReadableStream<Uint8Array>;
  }
  try {
    return new globalThis.Request(url, init);
  } catch (cause) {
    // A Host that is no authority, or a method that the standard forbids (TRACE).
    throw malformed("the request cannot be one of the web standard", cause);
  }
}

/** What concerns one connection only; frameworks set these for servers that need to be told. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set(["transfer-encoding", "keep-alive"]);

function fromWeb(response: globalThis.Response): Response {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of response.headers) {
    if (name !== "set-cookie" && !OF_THE_CONNECTION.has(name)) headers[name] = value;
  }
  const set = response.headers.getSetCookie();
  if (set.length > 0) headers["set-cookie"] = set;
  const { status, body } = response;
  if (body === null) return { status, headers };
  return { status, headers, body: chunksOf(body) };
}

/** Not the stream's own iterator: its waits are invisible to a simulation. */
async function* chunksOf(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  let done = false;
  try {
    for (;;) {
      const step = await external(reader.read());
      if (step.done) {
        done = true;
        return;
      }
      yield step.value;
    }
  } finally {
    // The producer is told that nobody wants more; what it makes of that is not waited for.
    if (!done) reader.cancel().catch(() => {});
  }
}

/**
 * Serves routes on node:http.
 *
 * Invariants:
 *  1. Every request ends in exactly one response or a destroyed socket, and in one access-log line.
 *  2. `request.signal` aborts when the client goes away before the response is complete.
 *  3. close() stops accepting, lets handlers finish until the grace is over, then destroys the rest.
 */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import type { Logger } from "pino";
import type { HttpMetrics } from "../observability/metrics.ts";
import { readJson } from "./body.ts";
import { Problem } from "./problem.ts";
import type { Request, Response, Route } from "./route.ts";
import { Router, type Match } from "./router.ts";

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly bodyLimitBytes: number;
  readonly maxConnections: number;
  readonly routes: readonly Route[];
  /** Serves what no route does (files); undefined means 404. */
  readonly fallback?: (request: Request) => Promise<Response | undefined>;
  readonly logger: Logger;
  readonly metrics: HttpMetrics;
  /** Turns an error that is not a Problem into one; undefined means 500. */
  readonly explain: (error: unknown) => Problem | undefined;
}

export interface HttpServer {
  readonly url: string;
  /** Resolves when the last connection is closed; connections still open after graceMs are cut. */
  close(graceMs: number): Promise<void>;
}

export async function listen(options: ServerOptions): Promise<HttpServer> {
  const router = new Router(options.routes);
  let closing = false;
  const server = createServer((incoming, outgoing) => {
    if (closing) outgoing.setHeader("connection", "close");
    void exchange(incoming, outgoing, router, options);
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  server.keepAliveTimeout = 5_000;
  server.maxConnections = options.maxConnections;
  await new Promise<void>((listening, failed) => {
    server.once("error", failed);
    server.listen(options.port, options.host, () => {
      server.off("error", failed);
      listening();
    });
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}`,
    close: (graceMs) =>
      new Promise<void>((closed) => {
        closing = true;
        const cut = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(cut);
          closed();
        });
        server.closeIdleConnections();
      }),
  };
}

async function exchange(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  router: Router,
  options: ServerOptions,
): Promise<void> {
  const startedAt = performance.now();
  const id = requestId(incoming);
  const gone = new AbortController();
  outgoing.once("close", () => gone.abort());
  outgoing.setHeader("x-request-id", id);
  const url = new URL(incoming.url ?? "/", "http://localhost");
  let match: Match | undefined;
  try {
    const request = requestOf(incoming, url, id, gone.signal, options.bodyLimitBytes);
    const response = await answer(request, router, options, (found) => (match = found));
    await send(outgoing, response, incoming.method === "HEAD");
  } catch (error) {
    await sendProblem(outgoing, error, url.pathname, gone.signal, options, id);
  } finally {
    const ms = performance.now() - startedAt;
    const status = gone.signal.aborted && !outgoing.writableFinished ? 499 : outgoing.statusCode;
    options.metrics.observe(incoming.method ?? "", match?.route.path ?? "other", status, ms / 1000);
    const line = { id, method: incoming.method, path: url.pathname, status, ms: round(ms) };
    if (status >= 500) options.logger.error(line, "request");
    else options.logger.debug(line, "request");
  }
}

async function answer(
  request: Request,
  router: Router,
  options: ServerOptions,
  found: (match: Match) => void,
): Promise<Response> {
  let match: Match;
  try {
    match = router.match(request.method, request.path);
  } catch (error) {
    const isFile =
      error instanceof Problem && error.status === 404 && /^(GET|HEAD)$/.test(request.method);
    const response = isFile ? await options.fallback?.(request) : undefined;
    if (response === undefined) throw error;
    return response;
  }
  found(match);
  return match.route.handle({ ...request, params: match.params } as Request<never>);
}

function requestId(incoming: IncomingMessage): string {
  const given = incoming.headers["x-request-id"];
  return typeof given === "string" && /^[\w-]{1,64}$/.test(given) ? given : randomUUID();
}

function requestOf(
  incoming: IncomingMessage,
  url: URL,
  id: string,
  signal: AbortSignal,
  bodyLimitBytes: number,
): Request {
  return {
    method: incoming.method ?? "GET",
    path: url.pathname,
    params: {},
    query: url.searchParams,
    id,
    signal,
    header: (name) => {
      const value = incoming.headers[name];
      return Array.isArray(value) ? value.join(", ") : value;
    },
    json: () => readJson(incoming, bodyLimitBytes),
  };
}

async function send(outgoing: ServerResponse, response: Response, head: boolean): Promise<void> {
  const { body } = response;
  const streamed = body !== undefined && typeof body === "object" && Symbol.asyncIterator in body;
  const headers: Record<string, string | number> = { ...response.headers };
  if (!streamed) {
    headers["content-length"] =
      typeof body === "string" ? Buffer.byteLength(body) : (body?.byteLength ?? 0);
  }
  outgoing.writeHead(response.status, headers);
  if (head || body === undefined) outgoing.end();
  else if (streamed) await pipeline(Readable.from(body), outgoing);
  else outgoing.end(body);
}

async function sendProblem(
  outgoing: ServerResponse,
  error: unknown,
  path: string,
  gone: AbortSignal,
  options: ServerOptions,
  id: string,
): Promise<void> {
  if (outgoing.headersSent || gone.aborted) {
    // Too late to answer: what was sent so far must not look complete.
    if (!gone.aborted) options.logger.error({ id, path, err: error }, "response broke off");
    outgoing.destroy();
    return;
  }
  const problem = error instanceof Problem ? error : options.explain(error);
  if (problem === undefined) options.logger.error({ id, path, err: error }, "unexpected error");
  else
    options.logger.warn({ id, path, status: problem.status, detail: problem.message }, "refused");
  const response = (problem ?? internal()).toResponse(path);
  await send(outgoing, response, false);
}

function internal(): Problem {
  return new Problem({
    status: 500,
    title: "Internal error",
    detail:
      "the service met an error that it did not expect; the log has it under this request's id",
  });
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

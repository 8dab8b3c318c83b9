/**
 * What a handler sees of HTTP: a request, a response, a route. Nothing here knows which server runs
 * it: node-server.ts is the first, packages/http replaces it without a change in api/.
 */
import type { z } from "zod";

/** Names of the `:parameters` in a path pattern, as a type: `"/a/:id/b"` gives `{ id: string }`. */
export type PathParameters<Path extends string> = Path extends `${string}:${infer Rest}`
  ? Rest extends `${infer Name}/${infer Tail}`
    ? { readonly [K in Name]: string } & PathParameters<`/${Tail}`>
    : { readonly [K in Rest]: string }
  : unknown;

export interface Request<Params = unknown> {
  readonly method: string;
  readonly path: string;
  readonly params: Params;
  readonly query: URLSearchParams;
  /** Correlates log lines, and is sent back as `x-request-id`. */
  readonly id: string;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
  /** Value of a header by its lower-case name. */
  header(name: string): string | undefined;
  /** The body as JSON. Throws a Problem: 400 not JSON, 413 too large, 415 wrong content type. */
  json(): Promise<unknown>;
}

export interface Response {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An async iterable is streamed with backpressure and closed when the client goes away. */
  readonly body?: string | Uint8Array | AsyncIterable<string | Uint8Array>;
}

/** Method, path and handler, with what /openapi.json says of them. */
export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly summary: string;
  readonly body?: z.ZodType;
  /** Status code → what it means. Problem documents of every route are added by the generator. */
  readonly responses: Readonly<Record<number, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly handle: (request: Request<never>) => Promise<Response> | Response;
}

type RouteInfo = Omit<Route, "method" | "path" | "handle">;

/** Declares a route; the handler's `request.params` has the type that the path gives it. */
export function route<const Path extends string>(
  method: Route["method"],
  path: Path,
  info: RouteInfo,
  handle: (request: Request<PathParameters<Path>>) => Promise<Response> | Response,
): Route {
  return { method, path, ...info, handle };
}

export function json(
  status: number,
  value: unknown,
  headers?: Readonly<Record<string, string>>,
): Response {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(value),
  };
}

/**
 * A handler made of routes. What no route takes gets its own answer: 404, 405 with Allow, OPTIONS with
 * Allow; a HEAD is a GET whose body the server leaves out.
 */
import type { Handler, Request, Response } from "../message/exchange.ts";
import { notFound, Problem } from "../message/problem.ts";
import { wrap, type ErrorOptions, type Middleware } from "./middleware.ts";
import type { Route } from "./route.ts";
import { RouteTree } from "./route-tree.ts";

export interface RouterOptions extends ErrorOptions {
  /** Around every route, and around what is answered where there is none; outermost first. */
  readonly middleware?: readonly Middleware[];
  /** Serves what no route does, such as files; undefined means 404. */
  readonly fallback?: (request: Request) => Response | undefined | Promise<Response | undefined>;
}

export interface Router extends Handler {
  readonly routes: readonly Route[];
}

/** Throws a TypeError for two routes of one method and shape. */
export function router(routes: readonly Route[], options: RouterOptions = {}): Router {
  const { middleware = [] } = options;
  const tree = new RouteTree<Handler>();
  for (const entry of routes) {
    const layers = [...middleware, ...entry.middleware];
    tree.add(entry.method, entry.path, wrap(entry.handle, layers, entry, options));
  }
  const none = wrap((request) => unrouted(request, tree, options), middleware, undefined, options);
  const handle: Handler = (request) => {
    let found;
    try {
      found = tree.find(request.method, request.path);
    } catch {
      return none(request); // Escapes that are none: looked up again inside, where errors are answered.
    }
    if (found.kind === "none") return none(request);
    // The request was made for this exchange and its params are the router's to fill in.
    (request as { params: unknown }).params = found.params;
    return found.value(request as Request<never>);
  };
  return Object.assign(handle, { routes });
}

function unrouted(
  request: Request,
  tree: RouteTree<Handler>,
  options: RouterOptions,
): Response | Promise<Response> {
  const { method, path } = request;
  const found = tree.find(method, path);
  const methods = found.kind === "none" ? found.methods : [];
  if (methods.length > 0) return otherMethod(method, path, [...methods].sort());
  if (method === "OPTIONS" && path === "*") return { status: 204 };
  const response = options.fallback?.(request);
  if (response instanceof Promise) return response.then((settled) => settled ?? missing(path));
  return response ?? missing(path);
}

function missing(path: string): never {
  throw notFound(`nothing is served at ${path.slice(0, 200)}`);
}

function otherMethod(method: string, path: string, methods: readonly string[]): Response {
  const allow = methods.join(", ");
  if (method === "OPTIONS") return { status: 204, headers: { allow } };
  throw new Problem({
    status: 405,
    title: "Method not allowed",
    detail: `${path} does not answer ${method.slice(0, 40)}; it answers ${allow}`,
    headers: { allow },
  });
}

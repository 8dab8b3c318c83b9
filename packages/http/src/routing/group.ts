/** Routes under a common prefix, with common middleware. Groups may hold groups. */
import type { Handler } from "../message/exchange.ts";
import type { Middleware } from "./middleware.ts";
import { parsePattern, type PathParams } from "./path-pattern.ts";
import { route, type Method, type Route, type RouteHandler, type RouteInfo } from "./route.ts";

/** As `route`, where the handler's `params` has the prefix's parameters too. */
export interface PrefixedRoute<Prefix extends string> {
  <const Path extends string>(
    method: Method,
    path: Path,
    handler: Handler<PathParams<`${Prefix}${Path}`>>,
  ): Route;
  <const Path extends string, const Info extends RouteInfo>(
    method: Method,
    path: Path,
    info: Info,
    handler: RouteHandler<`${Prefix}${Path}`, Info>,
  ): Route;
}

/**
 * The routes with `prefix` in front of their paths and `middleware` around them. Given as a function,
 * they are made with a `route` whose handlers know the prefix's parameters:
 * `group("/users/:user", (route) => [route("GET", "/posts/:post", ({ params }) => …)])`.
 */
export function group<const Prefix extends string>(
  prefix: Prefix,
  routes: readonly Route[] | ((route: PrefixedRoute<Prefix>) => readonly Route[]),
  middleware: readonly Middleware[] = [],
): Route[] {
  if (prefix !== "") parsePattern(prefix);
  if (prefix.endsWith("/")) throw new TypeError(`A prefix ends without "/": ${prefix}`);
  const members = typeof routes === "function" ? routes(route as PrefixedRoute<Prefix>) : routes;
  return members.map((member) => {
    const path = prefix + (member.path === "/" && prefix !== "" ? "" : member.path);
    parsePattern(path);
    return { ...member, path, middleware: [...middleware, ...member.middleware] };
  });
}

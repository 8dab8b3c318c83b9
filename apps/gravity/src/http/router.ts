/** Finds the route of a method and a path. Segments are compared one by one; `:name` takes any. */
import { notFound, Problem } from "./problem.ts";
import type { Route } from "./route.ts";

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

export class Router {
  readonly #routes: readonly { readonly route: Route; readonly segments: readonly string[] }[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map((route) => ({ route, segments: route.path.split("/") }));
  }

  /** Throws 404 for a path that nothing serves and 405 for one that other methods serve. */
  match(method: string, path: string): Match {
    const parts = path.split("/");
    const allowed: string[] = [];
    for (const { route, segments } of this.#routes) {
      const params = parametersOf(segments, parts);
      if (params === undefined) continue;
      if (route.method === method || (method === "HEAD" && route.method === "GET")) {
        return { route, params };
      }
      allowed.push(route.method);
    }
    if (allowed.length === 0) throw notFound(`nothing is served at ${path}`);
    throw new Problem({
      status: 405,
      title: "Method not allowed",
      detail: `${path} does not answer ${method}; it answers ${allowed.join(", ")}`,
      headers: { allow: allowed.join(", ") },
    });
  }
}

function parametersOf(
  segments: readonly string[],
  parts: readonly string[],
): Record<string, string> | undefined {
  if (segments.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i]!;
    const part = parts[i]!;
    if (segment.startsWith(":")) {
      if (part === "") return undefined;
      params[segment.slice(1)] = part;
    } else if (segment !== part) return undefined;
  }
  return params;
}

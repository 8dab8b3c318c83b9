/** Where the page is, from the address's fragment: `#/` to set one up, `#/simulations/{id}` to watch one. */
import { signal, type ReadonlySignal } from "@preact/signals";

export type Route =
  | { readonly kind: "setup" }
  | { readonly kind: "simulation"; readonly id: string };

export function parseRoute(hash: string): Route {
  const match = /^#\/simulations\/([^/?]+)$/.exec(hash);
  if (match === null) return { kind: "setup" };
  try {
    return { kind: "simulation", id: decodeURIComponent(match[1]!) };
  } catch {
    return { kind: "setup" }; // a broken percent-encoding names nothing
  }
}

export function hashOf(route: Route): string {
  return route.kind === "setup" ? "#/" : `#/simulations/${encodeURIComponent(route.id)}`;
}

/** The current route, kept up to date with the address. */
export function followRoute(): ReadonlySignal<Route> {
  const route = signal(parseRoute(location.hash));
  addEventListener("hashchange", () => {
    const next = parseRoute(location.hash);
    if (hashOf(next) !== hashOf(route.peek())) route.value = next;
  });
  return route;
}

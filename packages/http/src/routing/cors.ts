/** Lets pages of other origins call (CORS, WHATWG Fetch section 3.3): preflights answered, answers marked. */
import type { Handler, Request, Response } from "../message/exchange.ts";
import type { Middleware } from "./middleware.ts";

export interface CorsOptions {
  /** "any" cannot be had together with credentials: that would open every user's data to every page. */
  readonly origins: "any" | readonly string[];
  /** Whether cookies may come along. Default: false. */
  readonly credentials?: boolean;
  /** Default: GET, HEAD, POST, PUT, PATCH, DELETE. */
  readonly methods?: readonly string[];
  /** Request headers that pages may send beyond the simple ones. Default: content-type. */
  readonly headers?: readonly string[];
  /** Response headers that pages may read beyond the simple ones. */
  readonly exposed?: readonly string[];
  /** How long a browser need not ask again. Default: 600 s. */
  readonly maxAgeSeconds?: number;
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** Goes on the router, not on single routes: a preflight is an OPTIONS, for which there is no route. */
export function cors(options: CorsOptions): Middleware {
  const { origins, credentials = false, exposed = [], maxAgeSeconds = 600 } = options;
  if (origins === "any" && credentials) {
    throw new TypeError("Credentials cannot be allowed to pages of any origin: list the origins");
  }
  const preflight = {
    "access-control-allow-methods": (options.methods ?? METHODS).join(", "),
    "access-control-allow-headers": (options.headers ?? ["content-type"]).join(", "),
    "access-control-max-age": String(maxAgeSeconds),
  };
  const common: Record<string, string> = {
    ...(origins === "any" ? {} : { vary: "origin" }),
  };
  const granted = {
    ...(credentials ? { "access-control-allow-credentials": "true" } : {}),
    ...(exposed.length === 0 ? {} : { "access-control-expose-headers": exposed.join(", ") }),
  };
  const headersFor = (request: Request): Record<string, string> => {
    const origin = request.headers.get("origin");
    if (origin === undefined || (origins !== "any" && !origins.includes(origin))) return common;
    const allowed = origins === "any" ? "*" : origin;
    return { ...common, ...granted, "access-control-allow-origin": allowed };
  };
  return (next): Handler =>
    (request) => {
      const marks = headersFor(request);
      const isPreflight =
        request.method === "OPTIONS" &&
        request.headers.has("origin") &&
        request.headers.has("access-control-request-method");
      if (isPreflight) {
        const answers = "access-control-allow-origin" in marks ? preflight : {};
        return { status: 204, headers: { ...marks, ...answers } };
      }
      const response = next(request);
      if (!(response instanceof Promise)) return marked(response, marks);
      return response.then((settled) => marked(settled, marks));
    };
}

function marked(response: Response, marks: Readonly<Record<string, string>>): Response {
  const vary = response.headers?.["vary"];
  const both = marks["vary"] !== undefined && vary !== undefined;
  const headers = { ...response.headers, ...marks };
  if (both) headers["vary"] = [vary, marks["vary"]!].flat().join(", ");
  return { ...response, headers };
}

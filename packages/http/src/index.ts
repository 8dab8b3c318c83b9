/** Everything that @hotpath/http offers, in the order of its README. */
export type {
  Body,
  Handler,
  Headers,
  Request,
  Response,
  ResponseBody,
} from "./message/exchange.ts";
export {
  Problem,
  conflict,
  forbidden,
  invalid,
  malformed,
  notFound,
  tooLarge,
  unauthorized,
  unavailable,
  type ProblemDetails,
  type Violation,
} from "./message/problem.ts";
export {
  route,
  type Answer,
  type Method,
  type Route,
  type RouteHandler,
  type RouteInfo,
  type RouteInput,
} from "./routing/route.ts";
export { group, type PrefixedRoute } from "./routing/group.ts";
export { router, type Router, type RouterOptions } from "./routing/router.ts";
export type { ErrorOptions, Middleware } from "./routing/middleware.ts";
export type { PathParams } from "./routing/path-pattern.ts";
export {
  check,
  violationsOf,
  type JsonSchema,
  type SchemaInput,
  type SchemaOutput,
  type StandardSchema,
} from "./content/schema.ts";
export { readJson, type ReadOptions } from "./content/json.ts";
export { json, JSON_HEADERS, redirect, text } from "./answer/json.ts";
export { HttpError, type HttpErrorCode } from "./message/http-error.ts";
export { serve } from "./server/serve.ts";
export type { HttpServer } from "./server/http-server.ts";
export type { ExchangeReport, Listen, Outcome, ServeOptions } from "./server/options.ts";
export type { ServerLimits, ServerTimeouts } from "./server/limits.ts";

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

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
export { cors, type CorsOptions } from "./routing/cors.ts";
export {
  openApi,
  standardJsonSchema,
  type OpenApiDocument,
  type OpenApiOptions,
} from "./routing/openapi.ts";
export { cookies, setCookie, type CookieOptions } from "./content/cookies.ts";
export { readForm, type FormOptions } from "./content/form.ts";
export { readMultipart, type MultipartOptions, type Part } from "./content/multipart.ts";
export {
  eventStream,
  lastEventId,
  type EventStreamOptions,
  type ServerSentEvent,
} from "./answer/server-sent-events.ts";
export { staticFiles, type StaticFiles, type StaticFilesOptions } from "./answer/static-files.ts";
export { webSocket, type WebSocket, type WebSocketOptions } from "./answer/web-socket.ts";
export { accessLog, type AccessLine, type AccessLogOptions } from "./observe/access-log.ts";
export { httpMetrics, metricsResponse, type HttpMetricsOptions } from "./observe/http-metrics.ts";
export {
  Metrics,
  type Counter,
  type Histogram,
  type HistogramOptions,
  type MetricsOptions,
} from "./observe/metrics.ts";
export { traces, type TracesOptions } from "./observe/traces.ts";
export { serveFetch, type ServeFetchOptions } from "./web/serve-fetch.ts";
export { fetchHandler, type FetchHandler, type FetchOptions } from "./web/fetch-handler.ts";
export { requestIds } from "./observe/request-ids.ts";
// The client.
export { HttpClient, type ClientOptions, type ClientRequest } from "./client/http-client.ts";
export type { RedirectMode } from "./client/redirect.ts";
export { HttpPool, type PoolRequest, type RequestStats } from "./client/http-pool.ts";
export type { PoolStats } from "./client/connection-pool.ts";
export type { PoolOptions, RequestOptions } from "./client/options.ts";
export { ClientResponse } from "./client/client-response.ts";
export {
  RequestError,
  type Delivery,
  type RequestErrorCode,
  type RequestPhase,
} from "./client/errors.ts";
export type { RequestBody } from "./client/request-body.ts";
export type { RequestHeaders } from "./client/request-head.ts";
export type { RequestTimeouts } from "./client/timeouts.ts";
export type { RetryOptions } from "./client/retry.ts";

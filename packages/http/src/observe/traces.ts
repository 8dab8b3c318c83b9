/**
 * One OpenTelemetry span for each request, as the semantic conventions for HTTP servers name it. Only
 * the API is a dependency: without an SDK in the program every call here does nothing.
 *
 * The caller's context is taken from the request by the propagator that the program has registered,
 * and where it has none by W3C Trace Context (traceparent, tracestate).
 */
import {
  context,
  createTraceState,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type TextMapGetter,
  type Tracer,
} from "@opentelemetry/api";
import type { Headers, Request } from "../message/exchange.ts";
import type { Middleware } from "../routing/middleware.ts";
import { watch, type Outcome } from "./watch.ts";

export interface TracesOptions {
  /** Default: the registered provider's, named "@hotpath/http". */
  readonly tracer?: Tracer;
}

const GETTER: TextMapGetter<Headers> = {
  keys: (headers) => [...headers.entries()].map(([name]) => name),
  get: (headers, name) => headers.get(name),
};

/** The handler runs in the span's context, so spans that it opens are children of the request's. */
export function traces(options: TracesOptions = {}): Middleware {
  const tracer = options.tracer ?? trace.getTracer("@hotpath/http");
  return (next, route) => (request) => {
    const { method } = request;
    const caller = callerContext(request.headers);
    const span = tracer.startSpan(
      route === undefined ? method : `${method} ${route.path}`,
      { kind: SpanKind.SERVER, attributes: attributesOf(request, route?.path) },
      caller,
    );
    const watched = watch(next, (_request, outcome) => end(span, outcome));
    return context.with(trace.setSpan(caller, span), watched, undefined, request);
  };
}

function attributesOf(request: Request, path: string | undefined): Record<string, string> {
  const { remote } = request;
  const userAgent = request.headers.get("user-agent");
  return {
    "http.request.method": request.method,
    "url.scheme": request.secure ? "https" : "http",
    "url.path": request.path,
    "network.protocol.version": request.httpVersion,
    ...(path === undefined ? {} : { "http.route": path }),
    ...(remote !== undefined && "host" in remote ? { "client.address": remote.host } : {}),
    ...(userAgent === undefined ? {} : { "user_agent.original": userAgent }),
  };
}

function end(span: Span, { status, complete, error }: Outcome): void {
  span.setAttribute("http.response.status_code", status);
  if (status >= 500 || !complete) {
    const type = error instanceof Error ? error.name : String(status);
    span.setAttribute("error.type", type);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

function callerContext(headers: Headers): Context {
  if (propagation.fields().length > 0) return propagation.extract(ROOT_CONTEXT, headers, GETTER);
  const parent = headers.get("traceparent");
  if (parent === undefined) return ROOT_CONTEXT;
  const parts = TRACE_PARENT.exec(parent);
  if (parts === null) return ROOT_CONTEXT;
  const [, traceId = "", spanId = "", flags = ""] = parts;
  const state = headers.get("tracestate");
  const spanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & 0x03,
    isRemote: true,
    ...(state === undefined ? {} : { traceState: createTraceState(state) }),
  };
  if (!isSpanContextValid(spanContext)) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, spanContext);
}

/** Version 00 ends after the flags; a later version may go on behind another dash. */
const TRACE_PARENT =
  /^(?!ff)(?!00-.{52}.)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

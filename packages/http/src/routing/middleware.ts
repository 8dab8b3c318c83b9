/**
 * Middleware: a function from handler to handler, called once for each route when the router is made,
 * so that what depends on the route (a label, a limit) is worked out then and not for every request.
 *
 * Invariant: a handler that middleware is given never throws except when its task is cancelled;
 * problems and unexpected errors have become responses by then. What middleware itself throws
 * becomes one likewise, before the next one further out sees it.
 */
import { CancelError } from "@hotpath/runtime";
import type { Handler, Request, Response } from "../message/exchange.ts";
import { Problem } from "../message/problem.ts";
import type { Route } from "./route.ts";

/** `route` is undefined where no route matches: 404, 405, OPTIONS and the router's fallback. */
export type Middleware = (next: Handler, route: Route | undefined) => Handler;

export interface ErrorOptions {
  /** Turns an error that is not a Problem into one; undefined means 500. */
  readonly explain?: (error: unknown) => Problem | undefined;
  /** Told of every error that became a 500. Default: its stack on standard error. */
  readonly report?: (error: unknown, request: Request) => void;
}

/** `outermost` comes first in the list. */
export function wrap(
  handler: Handler,
  middleware: readonly Middleware[],
  route: Route | undefined,
  errors: ErrorOptions,
): Handler {
  let wrapped = answering(handler, errors);
  for (const layer of middleware.toReversed()) wrapped = answering(layer(wrapped, route), errors);
  return wrapped;
}

/** The handler with its errors turned into responses. */
function answering(handler: Handler, errors: ErrorOptions): Handler {
  return (request) => {
    try {
      const response = handler(request);
      if (!(response instanceof Promise)) return response;
      return response.then(undefined, (error: unknown) => answerTo(error, request, errors));
    } catch (error) {
      return answerTo(error, request, errors);
    }
  };
}

function answerTo(error: unknown, request: Request, errors: ErrorOptions): Response {
  if (error instanceof CancelError) throw error;
  const answerable = isAnswerable(error) ? error : errors.explain?.(error);
  if (answerable !== undefined) return answerable.toResponse(request.path);
  (errors.report ?? toStandardError)(error, request);
  return unexpected().toResponse(request.path);
}

/** Problems, and the errors of the layers below that say how they are answered. */
function isAnswerable(error: unknown): error is { toResponse(instance: string): Response } {
  return error instanceof Error && "toResponse" in error && typeof error.toResponse === "function";
}

function toStandardError(error: unknown, request: Request): void {
  console.error(`${request.method} ${request.path} (request ${request.id}) failed:`, error);
}

function unexpected(): Problem {
  return new Problem({
    status: 500,
    title: "Internal error",
    detail:
      "the service met an error that it did not expect; the log has it under this request's id",
  });
}

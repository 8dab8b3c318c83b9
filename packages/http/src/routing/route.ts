/**
 * A route: method, path pattern, handler, and what is known of its input and answers. What is known is
 * used three times: the handler's types, the checks at run time, and the OpenAPI document.
 */
import { json } from "../answer/json.ts";
import { parseJson, requireJson } from "../content/json.ts";
import {
  check,
  type SchemaInput,
  type SchemaOutput,
  type StandardSchema,
} from "../content/schema.ts";
import type { Handler, Request, Response } from "../message/exchange.ts";
import { Problem } from "../message/problem.ts";
import type { Middleware } from "./middleware.ts";
import { parsePattern, type PathParams } from "./path-pattern.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | (string & {});

/** What a status code of a route means, and the shape of its JSON. */
export interface Answer {
  readonly description: string;
  /** Checked before it is sent: an answer that breaks it is a 500, not a lie. */
  readonly schema?: StandardSchema;
  /** Default: application/json where there is a schema. */
  readonly contentType?: string;
}

/** Everything about a route except where it is and what it does; all of it is optional. */
export interface RouteInfo {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly deprecated?: boolean;
  /** Default: made from method and path. */
  readonly operationId?: string;
  /** Left out of the OpenAPI document. */
  readonly hidden?: boolean;
  /** The JSON body. */
  readonly body?: StandardSchema;
  /** Default: the server's body limit. */
  readonly bodyLimitBytes?: number;
  /** Query parameters as one object; a name that comes several times has an array of its values. */
  readonly query?: StandardSchema;
  /** The path's parameters, where text is not enough. */
  readonly params?: StandardSchema;
  /** By status code; text is the description of an answer without a schema. */
  readonly answers?: Readonly<Record<number, string | Answer>>;
}

type Checked<S> = S extends StandardSchema ? SchemaOutput<S> : undefined;

type AnswerValue<A> = A extends { readonly schema: infer S } ? SchemaInput<S> : unknown;

/** What a route's schemas made of a request, and a way to answer as it promises. */
export interface RouteInput<Info extends RouteInfo> {
  readonly body: Checked<Info["body"]>;
  readonly query: Checked<Info["query"]>;
  readonly params: Checked<Info["params"]>;
  /** A JSON answer with a status that the route declares, checked by that status's schema. */
  readonly reply: <Status extends keyof Info["answers"] & number>(
    status: Status,
    value: AnswerValue<NonNullable<Info["answers"]>[Status]>,
    headers?: Readonly<Record<string, string | readonly string[]>>,
  ) => Response | Promise<Response>;
}

export type RouteHandler<Path extends string, Info extends RouteInfo> = (
  request: Request<PathParams<Path>>,
  input: RouteInput<Info>,
) => Response | Promise<Response>;

export interface Route {
  readonly method: Method;
  /** The pattern, with the prefixes of its groups. */
  readonly path: string;
  readonly info: RouteInfo;
  /** Checks the input and calls the route's handler. */
  readonly handle: Handler;
  /** Of its groups, outermost first. */
  readonly middleware: readonly Middleware[];
}

/** Declares a route; `request.params` has the type that the path gives it. */
export function route<const Path extends string>(
  method: Method,
  path: Path,
  handler: Handler<PathParams<Path>>,
): Route;
export function route<const Path extends string, const Info extends RouteInfo>(
  method: Method,
  path: Path,
  info: Info,
  handler: RouteHandler<Path, Info>,
): Route;
export function route(
  method: Method,
  path: string,
  infoOrHandler: RouteInfo | Handler<never>,
  handler?: RouteHandler<never, never>,
): Route {
  if (!/^[A-Z][A-Z-]*$/.test(method)) {
    throw new TypeError(`Cannot route ${JSON.stringify(method)}: methods are upper-case words`);
  }
  parsePattern(path);
  if (typeof infoOrHandler === "function") {
    return { method, path, info: {}, handle: infoOrHandler as Handler, middleware: [] };
  }
  const handle = checked(infoOrHandler, handler as unknown as AnyRouteHandler);
  return { method, path, info: infoOrHandler, handle, middleware: [] };
}

interface AnyInput {
  readonly body: unknown;
  readonly query: unknown;
  readonly params: unknown;
  readonly reply: (status: number, value: unknown, headers?: Record<string, string>) => unknown;
}

type AnyRouteHandler = (request: Request, input: AnyInput) => Response | Promise<Response>;

function checked(info: RouteInfo, handler: AnyRouteHandler): Handler {
  const { body, query, params, bodyLimitBytes } = info;
  const reply = replier(info);
  if (body === undefined && query === undefined && params === undefined) {
    const input: AnyInput = { body: undefined, query: undefined, params: undefined, reply };
    return (request) => handler(request, input);
  }
  const limit = bodyLimitBytes === undefined ? undefined : { limitBytes: bodyLimitBytes };
  return async (request) => {
    const input = {
      body: undefined as unknown,
      query: undefined as unknown,
      params: undefined as unknown,
      reply,
    };
    if (params !== undefined) input.params = await check(params, request.params, "(path)");
    if (query !== undefined) {
      input.query = await check(query, queryObject(request.query), "(query)");
    }
    if (body !== undefined) {
      requireJson(request);
      const value = check(body, parseJson(await request.body.text(limit)));
      input.body = value instanceof Promise ? await value : value;
    }
    return handler(request, input);
  };
}

function queryObject(query: URLSearchParams): Record<string, string | string[]> {
  // Names are the client's: without a prototype "__proto__" is a name like any other.
  const object = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of query) {
    const before = object[name];
    if (before === undefined) object[name] = value;
    else if (typeof before === "string") object[name] = [before, value];
    else before.push(value);
  }
  return object;
}

function replier(info: RouteInfo): AnyInput["reply"] {
  return (status, value, headers) => {
    const answer = info.answers?.[status];
    if (answer === undefined) {
      throw new TypeError(`Cannot reply with ${status}: the route does not declare it`);
    }
    if (typeof answer === "string" || answer.schema === undefined)
      return json(status, value, headers);
    const output = promised(() => check(answer.schema!, value, "(answer)"));
    if (output instanceof Promise) return output.then((settled) => json(status, settled, headers));
    return json(status, output, headers);
  };
}

/** An answer that breaks its schema is the service's fault, not the client's: 500 instead of 422. */
function promised(work: () => unknown): unknown {
  try {
    const result = work();
    return result instanceof Promise ? result.catch(broken) : result;
  } catch (error) {
    return broken(error);
  }
}

function broken(error: unknown): never {
  if (!(error instanceof Problem)) throw error;
  throw new Error(`The answer breaks the route's schema: ${error.message}`, { cause: error });
}

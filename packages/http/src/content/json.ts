/** Reads a JSON body within a limit; each way to get it wrong has its own problem. */
import type { Request } from "../message/exchange.ts";
import { Problem } from "../message/problem.ts";

export interface ReadOptions {
  /** Default: the server's body limit. */
  readonly limitBytes?: number;
}

/** Problems: 400 not JSON or not UTF-8, 413 too large, 415 another content type. */
export async function readJson(request: Request, options?: ReadOptions): Promise<unknown> {
  requireJson(request);
  return parseJson(await request.body.text(options));
}

const JSON_TYPE = /^application\/([\w.+-]+\+)?json[ \t]*(;|$)/i;

export function requireJson(request: Request): void {
  const type = request.headers.get("content-type");
  if (type === "application/json") return;
  if (type === undefined || !JSON_TYPE.test(type)) throw unsupported("application/json", type);
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Problem({
      status: 400,
      title: "Malformed body",
      detail: `the body is not JSON: ${(cause as SyntaxError).message}`,
      cause,
    });
  }
}

/** 415; `expected` goes into Accept too (RFC 9110 section 15.5.16). */
export function unsupported(expected: string, found: string | undefined): Problem {
  const is = found === undefined || found === "" ? "untyped" : found.slice(0, 100);
  return new Problem({
    status: 415,
    title: "Unsupported media type",
    detail: `the body must be ${expected}, not ${is}`,
    headers: { accept: expected },
  });
}

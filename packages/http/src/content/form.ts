/** Bodies of HTML forms without files: application/x-www-form-urlencoded. */
import type { Request } from "../message/exchange.ts";
import { Problem } from "../message/problem.ts";
import { unsupported, type ReadOptions } from "./json.ts";

export interface FormOptions extends ReadOptions {
  /** Names and values in it. Default: 1000. */
  readonly limitFields?: number;
}

/** Problems: 400 not UTF-8, 413 too large or too many fields, 415 another content type. */
export async function readForm(
  request: Request,
  options: FormOptions = {},
): Promise<URLSearchParams> {
  const type = request.headers.get("content-type");
  if (type === undefined || !/^application\/x-www-form-urlencoded[ \t]*(;|$)/i.test(type)) {
    throw unsupported("application/x-www-form-urlencoded", type);
  }
  const text = await request.body.text(options);
  const { limitFields = 1000 } = options;
  let fields = text === "" ? 0 : 1;
  for (let at = text.indexOf("&"); at !== -1; at = text.indexOf("&", at + 1)) fields++;
  if (fields > limitFields) throw tooManyFields(limitFields);
  return new URLSearchParams(text);
}

export function tooManyFields(limit: number): Problem {
  const detail = `a form may have at most ${limit} fields`;
  return new Problem({ status: 413, title: "Content too large", detail });
}

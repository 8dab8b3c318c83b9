/** Reads a JSON body within a limit; each way to get it wrong has its own problem. */
import type { IncomingMessage } from "node:http";
import { Problem } from "./problem.ts";

export async function readJson(incoming: IncomingMessage, limitBytes: number): Promise<unknown> {
  const type = incoming.headers["content-type"] ?? "";
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type)) {
    throw new Problem({
      status: 415,
      title: "Unsupported media type",
      detail: `the body must be application/json, not ${type === "" ? "untyped" : type}`,
    });
  }
  const declared = Number(incoming.headers["content-length"] ?? 0);
  if (declared > limitBytes) throw tooLarge(limitBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limitBytes) throw tooLarge(limitBytes);
    chunks.push(chunk);
  }
  return parse(Buffer.concat(chunks));
}

function parse(bytes: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw malformed("the body is not UTF-8", cause);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed(`the body is not JSON: ${(cause as SyntaxError).message}`, cause);
  }
}

function malformed(detail: string, cause: unknown): Problem {
  return new Problem({ status: 400, title: "Malformed body", detail, cause });
}

function tooLarge(limitBytes: number): Problem {
  return new Problem({
    status: 413,
    title: "Body too large",
    detail: `the body may have at most ${limitBytes} bytes`,
    headers: { connection: "close" },
  });
}

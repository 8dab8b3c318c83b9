/** A request made by hand, for handlers that are tested without a server. */
import { Readable } from "node:stream";
import { malformed, tooLarge, type Body, type Headers, type Request } from "../src/index.ts";

export interface RequestParts {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
  readonly draining?: AbortSignal;
}

export function makeRequest(parts: RequestParts = {}): Request {
  const { method = "GET", target = "/", headers = {}, body = "" } = parts;
  const [path = "", query = ""] = target.split(/\?(.*)/s);
  return {
    method,
    target,
    path,
    query: new URLSearchParams(query),
    params: {},
    httpVersion: "1.1",
    headers: headersOf(headers),
    body: bodyOf(typeof body === "string" ? Buffer.from(body) : body),
    remote: { kind: "tcp", host: "127.0.0.1", port: 5 } as never,
    secure: false,
    id: "test-1",
    signal: new AbortController().signal,
    draining: parts.draining ?? new AbortController().signal,
  };
}

export function headersOf(fields: Readonly<Record<string, string | readonly string[]>>): Headers {
  const lines = Object.entries(fields).flatMap(([name, value]) =>
    [value].flat().map((line) => [name, line] as const),
  );
  const all = (name: string): string[] =>
    lines.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, line]) => line);
  return {
    all,
    get: (name) => (all(name).length === 0 ? undefined : all(name).join(", ")),
    has: (name) => all(name).length > 0,
    entries: () => lines,
  };
}

function bodyOf(content: Uint8Array): Body {
  const bytes = async ({ limitBytes = 1 << 20 } = {}): Promise<Uint8Array> => {
    if (content.length > limitBytes) throw tooLarge(limitBytes);
    return content;
  };
  return {
    sizeBytes: content.length,
    bytes,
    text: async (options) => {
      try {
        return new TextDecoder("utf-8", { fatal: true }).decode(await bytes(options));
      } catch (error) {
        throw error instanceof TypeError ? malformed("the body is not UTF-8", error) : error;
      }
    },
    trailers: undefined,
    [Symbol.asyncIterator]: () =>
      Readable.from(content.length === 0 ? [] : [content])[Symbol.asyncIterator](),
  };
}

/** Node's own parser, llhttp in its strict mode, read into the same shape as ours. */
import { createRequire } from "node:module";
import type { ReadMessage } from "./stream-reading.ts";

interface NativeParser {
  initialize(type: number, resource: object, maxHeaderSize: number, lenient: number): void;
  execute(bytes: Uint8Array): number | Error;
  [callback: number]: unknown;
}

interface NativeParserClass {
  new (): NativeParser;
  readonly methods: readonly string[];
  readonly REQUEST: number;
  readonly RESPONSE: number;
  readonly kOnHeaders: number;
  readonly kOnHeadersComplete: number;
  readonly kOnBody: number;
  readonly kOnMessageComplete: number;
}

const { HTTPParser, methods } = createRequire(import.meta.url)("node:_http_common") as {
  readonly HTTPParser: NativeParserClass;
  readonly methods: readonly string[];
};

/** A message as llhttp saw it; `status` for responses. */
export type NativeMessage = Omit<ReadMessage, "method"> & {
  readonly method: string;
  readonly status: number;
};

export interface NativeStream {
  readonly messages: readonly NativeMessage[];
  /** HPE_…, when it refused. */
  readonly error: string | undefined;
}

export function readNatively(bytes: Uint8Array, kind: "request" | "response"): NativeStream {
  const parser = new HTTPParser();
  const type = kind === "request" ? HTTPParser.REQUEST : HTTPParser.RESPONSE;
  parser.initialize(type, {}, 1 << 20, 0);
  const messages: NativeMessage[] = [];
  let early: string[] = [];
  let target = "";
  let current: NativeMessage | undefined;
  parser[HTTPParser.kOnHeaders] = (fields: string[], url: string) => {
    if (current === undefined) {
      early.push(...fields);
      target += url;
    } else current.trailers = [...current.trailers, ...fields];
  };
  parser[HTTPParser.kOnHeadersComplete] = (
    major: number,
    minor: number,
    fields: string[] | null,
    method: number | undefined,
    url: string | undefined,
    status: number | undefined,
    _reason: unknown,
    upgrades: boolean,
    persistent: boolean,
  ): number => {
    current = {
      method: methods[method ?? 0] ?? "",
      status: status ?? 0,
      target: url ?? target,
      version: `${major}.${minor}`,
      fields: fields ?? early,
      content: "",
      trailers: [],
      complete: false,
      persistent,
      upgrades,
    };
    messages.push(current);
    return 0;
  };
  parser[HTTPParser.kOnBody] = (content: Uint8Array) => {
    current!.content += Buffer.from(content).toString("latin1");
  };
  parser[HTTPParser.kOnMessageComplete] = () => {
    current!.complete = true;
    current = undefined;
    early = [];
    target = "";
  };
  const result = parser.execute(Buffer.from(bytes));
  const error = result instanceof Error ? (result as Error & { code: string }).code : undefined;
  return { messages, error };
}

export const NATIVE_METHODS: ReadonlySet<string> = new Set(methods);

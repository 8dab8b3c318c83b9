/** A client that sends octets as they are written in a test, and reads responses with our own parser. */
import { connectTcp, type Connection } from "@hotpath/runtime";
import { MORE, REFUSED } from "../../src/wire/field-section.ts";
import { ResponseHead, responseFraming } from "../../src/wire/response-head.ts";
import { StreamedBody } from "../../src/message/streamed-body.ts";
import { HeadFields } from "../../src/message/headers.ts";
import type { Headers } from "../../src/message/exchange.ts";

const LIMITS = { headBytes: 64 * 1024, fieldCount: 200 };

export interface RawResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  readonly trailers: Headers | undefined;
  readonly persistent: boolean;
}

export class RawClient implements AsyncDisposable {
  readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  static async connect(port: number): Promise<RawClient> {
    return new RawClient(await connectTcp({ port }));
  }

  async send(...parts: readonly (string | Uint8Array)[]): Promise<void> {
    for (const part of parts) {
      const octets = typeof part === "string" ? Buffer.from(part, "latin1") : part;
      await this.connection.write(octets);
    }
  }

  /** The next response; undefined when the server closed instead. */
  async receive(method: string = "GET"): Promise<RawResponse | undefined> {
    const { reader } = this.connection;
    const head = new ResponseHead(LIMITS);
    for (;;) {
      const view = reader.buffered;
      const next = view.length === 0 ? MORE : head.parse(view, 0, view.length);
      if (next === REFUSED) throw new Error(`Malformed response: ${head.refusal!.reason}`);
      if (next > 0) {
        reader.consume(next);
        break;
      }
      if (await reader.fill()) continue;
      if (view.length > 0) throw new Error("The connection ended inside a head");
      return undefined;
    }
    const headers = new HeadFields(head.text, head.fieldsStart);
    const { status, persistent } = head;
    const framing = responseFraming(head, method);
    if (framing.kind === "none")
      return { status, headers, body: "", trailers: undefined, persistent };
    const body = new StreamedBody({ reader, framing, limitBytes: 64 << 20, limits: LIMITS });
    const text = await body.text();
    return { status, headers, body: text, trailers: body.trailers, persistent };
  }

  /** Sends a request and receives its response. */
  async ask(request: string): Promise<RawResponse | undefined> {
    await this.send(request);
    return this.receive(request.slice(0, request.indexOf(" ")));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.connection.reset();
  }
}

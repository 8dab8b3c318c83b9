/** The request that a handler sees. Everything that can be cut from its head later is. */
import { currentSignal, type Address, type Connection } from "@hotpath/runtime";
import type { Body, Headers, Request } from "../message/exchange.ts";
import { HeadFields } from "../message/headers.ts";
import type { RequestHead } from "../wire/request-head.ts";

/** What a request asks of the connection on which it came. */
export interface Origin {
  readonly connection: Connection;
  readonly secure: boolean;
  /** Of this server, for the ids of requests. */
  readonly idPrefix: string;
  /** Of this server: aborted when it begins to drain. */
  readonly drainSignal: AbortSignal;
}

let lastNumber = 0;

export class IncomingRequest implements Request {
  readonly method: string;
  readonly target: string;
  readonly httpVersion: "1.0" | "1.1";
  readonly body: Body;
  /** Set by a router. */
  params: unknown = undefined;
  /** The signal of the task that handles it, once that is known. */
  taskSignal: (() => AbortSignal) | undefined = undefined;
  readonly #origin: Origin;
  readonly #text: string;
  readonly #fieldsStart: number;
  #headers: Headers | undefined = undefined;
  #query: URLSearchParams | undefined = undefined;
  #path: string | undefined = undefined;
  #id: string | undefined = undefined;

  constructor(head: RequestHead, body: Body, origin: Origin) {
    this.method = head.method;
    this.target = head.target;
    this.httpVersion = head.minorVersion === 1 ? "1.1" : "1.0";
    this.body = body;
    this.#origin = origin;
    this.#text = head.text;
    this.#fieldsStart = head.fieldsStart;
  }

  get headers(): Headers {
    return (this.#headers ??= new HeadFields(this.#text, this.#fieldsStart));
  }

  get path(): string {
    if (this.#path !== undefined) return this.#path;
    const mark = this.target.indexOf("?");
    return (this.#path = mark === -1 ? this.target : this.target.slice(0, mark));
  }

  get query(): URLSearchParams {
    if (this.#query !== undefined) return this.#query;
    const mark = this.target.indexOf("?");
    return (this.#query = new URLSearchParams(mark === -1 ? "" : this.target.slice(mark + 1)));
  }

  get remote(): Address | undefined {
    return this.#origin.connection.remote;
  }

  get secure(): boolean {
    return this.#origin.secure;
  }

  get id(): string {
    return (this.#id ??= this.#givenId() ?? `${this.#origin.idPrefix}-${++lastNumber}`);
  }

  #givenId(): string | undefined {
    const given = this.headers.get("x-request-id");
    return given !== undefined && /^[\w.:-]{1,128}$/.test(given) ? given : undefined;
  }

  get signal(): AbortSignal {
    return this.taskSignal?.() ?? currentSignal();
  }

  get draining(): AbortSignal {
    return this.#origin.drainSignal;
  }
}

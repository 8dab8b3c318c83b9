/** A response, from the moment its head has come. */
import type { Connection } from "@hotpath/runtime";
import type { Body, Headers } from "../message/exchange.ts";
import type { ClientBody } from "./client-body.ts";
import type { Answer } from "./exchange.ts";

interface ConnectionOf {
  readonly connection?: Connection | undefined;
}

/**
 * Its body occupies a connection until it is read, or given up: `await using response = …` sees to
 * that. A body that came together with the head occupies none.
 */
export class ClientResponse implements AsyncDisposable, Disposable {
  readonly status: number;
  /** The reason phrase; without meaning (RFC 9112 section 4). */
  readonly reason: string;
  readonly httpVersion: "1.0" | "1.1";
  readonly headers: Headers;
  /** Where it came from, after all redirects, without the fragment. */
  readonly url: string;
  /** Redirects that were followed. */
  readonly redirects: number;
  /** After status 101: the connection, which now belongs to the caller. */
  readonly connection: Connection | undefined;
  readonly #body: ClientBody;

  constructor(
    answer: Omit<Answer, "body" | "connection"> & ConnectionOf,
    body: ClientBody,
    url: string,
    redirects: number = 0,
  ) {
    this.status = answer.status;
    this.reason = answer.reason;
    this.httpVersion = answer.httpVersion;
    this.headers = answer.headers;
    this.connection = answer.connection;
    this.url = url;
    this.redirects = redirects;
    this.#body = body;
  }

  /** The same response, found at `url` after some redirects. */
  after(url: URL, redirects: number): ClientResponse {
    return new ClientResponse(this, this.#body, url.href.replace(/#.*$/, ""), redirects);
  }

  get body(): Body {
    return this.#body;
  }

  /** The body came with the head: reading it does not wait. */
  get inHand(): boolean {
    return this.#body.inHand;
  }

  /** From 200 to 299. */
  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /** The body as JSON. SyntaxError when it is none. */
  async json(options?: { readonly limitBytes?: number }): Promise<unknown> {
    return JSON.parse(await this.#body.text(options));
  }

  /** Gives up what has not been read of the body, and with it the connection. */
  close(): void {
    this.#body.discard();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}

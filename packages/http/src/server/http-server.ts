/**
 * A server: its listeners, its connections, and what they share.
 *
 * Invariants:
 * 1. Every task that runs a handler is in `tasks`, so it ends before the server's scope does.
 * 2. `connections` has every open connection; a connection takes itself out once, when it is closed.
 */
import {
  Group,
  moveOnAfter,
  Notify,
  type Address,
  type Clock,
  type Connection,
  type Duration,
  type Listener,
} from "@hotpath/runtime";
import type { Handler, Request } from "../message/exchange.ts";
import { HttpError } from "../message/http-error.ts";
import { DateField } from "../wire/date.ts";
import { statusLine } from "../wire/field-writer.ts";
import type { Refusal } from "../wire/refusal.ts";
import { RequestHead } from "../wire/request-head.ts";
import { Answer } from "./answer.ts";
import { Deadlines } from "./deadlines.ts";
import type { Exchange } from "./exchange.ts";
import { HttpConnection } from "./http-connection.ts";
import { limitsFrom, timeoutsFrom, type ServerLimits, type TimeoutsMs } from "./limits.ts";
import type { ServeOptions } from "./options.ts";
import type { ServedConnection } from "./served-connection.ts";
import { TlsListener } from "./tls.ts";

/** Parsers of connections whose head is complete; most of them are between two requests. */
const SPARE_HEADS = 16;

export class HttpServer implements AsyncDisposable {
  readonly handler: Handler;
  readonly limits: ServerLimits;
  readonly timeouts: TimeoutsMs;
  readonly tasks: Group;
  readonly deadlines: Deadlines;
  readonly answer: Answer = new Answer();
  readonly idPrefix: string;
  readonly retryAfter: Readonly<Record<string, string>>;
  draining = false;
  readonly #drainBegun = new AbortController();
  readonly #options: ServeOptions;
  readonly #clock: Clock;
  readonly #date = new DateField();
  readonly #listeners: Listener[] = [];
  readonly #connections = new Set<ServedConnection>();
  readonly #tls: TlsListener | undefined;
  readonly #spareHeads: RequestHead[] = [];
  readonly #emptied = new Notify();
  #inFlight = 0;
  #shedCount = 0;

  constructor(options: ServeOptions) {
    this.#options = options;
    this.handler = options.handler;
    this.limits = limitsFrom(options.limits);
    this.timeouts = timeoutsFrom(options.timeouts);
    this.tasks = new Group({ onFailure: (error) => this.report(error, undefined) });
    const { io } = this.tasks.scope.runtime;
    this.#clock = io.clock;
    this.idPrefix = Math.floor(io.random() * 2 ** 32).toString(36);
    this.retryAfter = { "retry-after": String(options.retryAfterSeconds ?? 1) };
    const shortestMs = Math.min(...Object.values(this.timeouts));
    this.deadlines = new Deadlines(this.#connections, shortestMs, () => this.nowMs());
    this.#tls =
      options.tls &&
      new TlsListener(options.tls, this.timeouts.handshake, (connection) =>
        this.#serve(connection, true),
      );
    this.tasks.spawn(() => this.deadlines.watch(), { name: "deadlines" });
  }

  /** Serves what a listener accepts, from now on, and closes it with the server. */
  adopt(listener: Listener): void {
    this.#listeners.push(listener);
    listener.onConnection((connection) => this.accept(connection));
  }

  /** Where it listens first. */
  get address(): Address {
    return this.#listeners[0]!.address;
  }

  /** The TCP port on which it listens. */
  get port(): number {
    return this.#listeners.find(({ address }) => address.kind === "tcp")!.port;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  get inFlightCount(): number {
    return this.#inFlight;
  }

  /** Requests and connections that were answered with 503 because there were too many. */
  get shedCount(): number {
    return this.#shedCount;
  }

  /** Serves a connection, however it came about; over TLS when the server has it. */
  accept(connection: Connection): void {
    const tls = this.#tls;
    const count = Math.max(this.#connections.size, tls?.openCount ?? 0);
    if (this.draining) return connection.reset();
    if (count >= this.limits.connections) return this.#turnAway(connection);
    if (tls === undefined) return this.#serve(connection, false);
    tls.accept(connection, async () => this.tasks.spawn(() => connection.flushed()));
  }

  #serve(connection: Connection, secure: boolean): void {
    const served = new HttpConnection(this, connection, secure);
    this.#connections.add(served);
    served.start();
  }

  #turnAway(connection: Connection): void {
    this.#shedCount++;
    // In the clear it would be no answer to a TLS handshake.
    if (this.#tls !== undefined) return connection.reset();
    try {
      connection.postText(this.refusalText(503, "too many connections"));
      this.tasks.spawn(async () => {
        await using open = connection;
        await moveOnAfter(this.timeouts.linger, async () => {
          await open.closeWrite();
          while (await open.reader.fill()) open.reader.consume(open.reader.bufferedBytes);
        });
      });
    } catch {
      connection.reset();
    }
  }

  /**
   * Takes no more connections, lets the requests in progress be answered, and closes. What is not over
   * after the grace is cancelled. Called twice, the second call cannot lengthen the first's grace.
   */
  async drain(options: { readonly grace?: Duration } = {}): Promise<void> {
    this.#stopListening();
    for (const connection of this.#connections) connection.drain();
    if (this.#connections.size > 0) {
      await moveOnAfter(options.grace ?? "30s", () => this.#untilEmpty());
    }
    await this.close();
  }

  async #untilEmpty(): Promise<void> {
    while (this.#connections.size > 0) await this.#emptied.wait();
  }

  /** Ends everything at once: requests in progress are cancelled, their connections reset. */
  async close(): Promise<void> {
    this.#stopListening();
    for (const connection of this.#connections) connection.end();
    this.#tls?.close();
    await this.tasks.cancel("the server was closed");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #stopListening(): void {
    this.draining = true;
    this.#drainBegun.abort();
    for (const listener of this.#listeners) listener.close();
  }

  // What connections and exchanges ask.

  get drainSignal(): AbortSignal {
    return this.#drainBegun.signal;
  }

  nowMs(): number {
    return this.#clock.monotonicMs();
  }

  dateLine(nowMs: number): string {
    return this.#date.line(nowMs, this.#clock);
  }

  takeHead(): RequestHead {
    return this.#spareHeads.pop() ?? new RequestHead(this.limits);
  }

  returnHead(head: RequestHead): void {
    if (this.#spareHeads.length < SPARE_HEADS) this.#spareHeads.push(head);
  }

  /** Counts a request in; false when there are too many, and it has been answered. */
  admit(exchange: Exchange): boolean {
    this.#inFlight++;
    if (this.#inFlight <= this.limits.requestsInFlight) return true;
    this.#shedCount++;
    exchange.outcome = "refused";
    exchange.answer({ status: 503, headers: this.retryAfter });
    return false;
  }

  finished(exchange: Exchange): void {
    this.#inFlight--;
    const { onExchange } = this.#options;
    if (onExchange === undefined) return;
    const { request, status, sentBytes, outcome } = exchange;
    const durationMs = this.nowMs() - exchange.startedMs;
    onExchange({
      request,
      method: request.method,
      path: request.path,
      status,
      sentBytes,
      durationMs,
      outcome,
    });
  }

  refused({ status }: Refusal): void {
    this.#options.onExchange?.({
      request: undefined,
      method: "",
      path: "",
      status,
      sentBytes: 0,
      durationMs: 0,
      outcome: "refused",
    });
  }

  /** The whole response to what never became a request. */
  refusalText(status: number, reason: string): string {
    const retry = status === 503 ? `retry-after: ${this.retryAfter["retry-after"]}\r\n` : "";
    const type = "content-type: text/plain\r\n";
    const body = `${reason}\n`;
    return `${statusLine(status)}${this.dateLine(this.nowMs())}${retry}${type}content-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`;
  }

  report(error: unknown, request: Request | undefined): void {
    const { onError } = this.#options;
    if (onError !== undefined) onError(error, request);
    else console.error("A request failed unexpectedly:", error);
  }

  goneError(): HttpError {
    return new HttpError("GONE", 499, "The client has gone", { retryable: true });
  }

  forget(connection: ServedConnection): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#emptied.notifyAll();
  }
}

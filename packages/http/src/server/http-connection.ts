/**
 * A connection of the server: requests in, one after another, responses out in the same order.
 *
 *     fresh ─first octet─> head ─complete─> exchange ─answered─> idle ─octet─> head …
 *       │                   │ refused          │ close, error      │ FIN
 *       └───────────────────┴────────> lingering ────────> closed <┘
 *
 * The transport's callback gives the octets to `#received`, which parses them in place and starts the
 * exchange from there. While an exchange goes on, what comes is left in the ByteReader (64 KiB, then the
 * sender waits), so requests that were pipelined wait their turn there.
 *
 * Invariants:
 * 1. One exchange at a time. The reader has this connection's tap, except while a body is being
 *    received and after an upgrade.
 * 2. Nothing stays gathered in the outbox when the host's callback returns.
 * 3. After `#close` nothing is called on the connection and the server does not know it.
 */
import type { ByteReader, Connection } from "@hotpath/runtime";
import { EMPTY_BODY, WholeBody } from "../message/body.ts";
import type { Body, Response } from "../message/exchange.ts";
import { MORE, REFUSED } from "../wire/field-section.ts";
import { REFUSALS } from "../wire/refusal.ts";
import type { RequestHead } from "../wire/request-head.ts";
import { Exchange, isStream } from "./exchange.ts";
import { IncomingRequest } from "./incoming-request.ts";
import { RequestBody, type BodyHost } from "./request-body.ts";
import { ServedConnection } from "./served-connection.ts";

const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

export class HttpConnection extends ServedConnection implements BodyHost {
  #head: RequestHead | undefined = undefined;
  #exchange: Exchange | undefined = undefined;
  #body: RequestBody | undefined = undefined;
  /** Whether the request in progress lets the connection go on. */
  #persistent = true;
  #minorVersion: 0 | 1 = 1;
  #requestCount = 0;
  /** When the octets came that are being answered: the clock is read once for all that they bring. */
  #nowMs = 0;

  get #reader(): ByteReader {
    return this.connection.reader;
  }

  start(): void {
    const { reader } = this.connection;
    reader.tap = this.tap;
    reader.onEnd = () => this.#ended();
    this.enter("fresh", this.server.timeouts.head);
    try {
      reader.arm();
    } catch {
      this.close(true);
    }
  }

  protected readonly tap = (chunk: Uint8Array): number => this.#received(chunk);

  #received(chunk: Uint8Array): number {
    if (this.lingering) return chunk.length;
    if (this.#exchange !== undefined || this.phase === "send") return 0;
    const used = this.#advance(chunk);
    return this.lingering ? chunk.length : used;
  }

  /** Parses and answers as many requests as are complete: how many octets they were. */
  #advance(bytes: Uint8Array): number {
    this.advancing = true;
    this.#nowMs = this.server.nowMs();
    const head = (this.#head ??= this.server.takeHead());
    let at = 0;
    while (at < bytes.length && this.#ready()) {
      const next = head.parse(bytes, at, bytes.length);
      if (next === MORE) {
        if (this.phase === "idle") this.enter("head", this.server.timeouts.head);
        else if (this.phase === "fresh") this.pass("head");
        break;
      }
      if (next === REFUSED) {
        this.refuse(head.refusal!);
        at = bytes.length;
      } else {
        at = this.#begin(head, bytes, next);
        head.reset();
      }
    }
    this.advancing = false;
    if (!head.begun) this.#returnHead(head);
    this.flush();
    return at;
  }

  #returnHead(head: RequestHead): void {
    this.#head = undefined;
    this.server.returnHead(head);
  }

  /** Whether the next request may begin. */
  #ready(): boolean {
    return (
      this.#exchange === undefined &&
      (this.phase === "idle" || this.phase === "head" || this.phase === "fresh")
    );
  }

  /** Starts the exchange of a complete head; answers where the next request begins, as far as that is known. */
  #begin(head: RequestHead, bytes: Uint8Array, at: number): number {
    const { server } = this;
    this.#requestCount++;
    this.#persistent = head.persistent && this.#requestCount < server.limits.requestsPerConnection;
    this.#minorVersion = head.minorVersion;
    this.#body = undefined;
    let end = at;
    let body: Body = EMPTY_BODY;
    const { contentLength } = head;
    if (head.chunked || contentLength > 0) {
      end = at + contentLength;
      if (!head.chunked && end <= bytes.length && contentLength <= server.limits.bodyBytes) {
        body = new WholeBody(bytes.slice(at, end), server.limits.bodyBytes);
      } else {
        end = at;
        body = this.#body = new RequestBody(head, this.#reader, server.limits, this);
      }
    }
    const startedMs = this.#nowMs;
    const exchange = new Exchange(this, new IncomingRequest(head, body, this), startedMs);
    this.#exchange = exchange;
    this.pass("exchange");
    if (!server.admit(exchange)) return end;
    if (this.#body === undefined) {
      exchange.task = server.tasks.spawnNow(() => exchange.run(), REQUEST);
    } else {
      // The octets behind the head reach the reader when the transport's callback returns.
      this.#reader.tap = undefined;
      exchange.task = server.tasks.spawn(() => exchange.run(), REQUEST);
    }
    if (this.#exchange !== exchange) return end;
    exchange.request.taskSignal = () => exchange.task!.signal;
    if (!exchange.answered) {
      server.deadlines.set(this, startedMs + server.timeouts.handler);
    }
    return end;
  }

  sendContinue(): void {
    // Behind a final status it would be part of the content.
    if (this.#exchange?.answered === false) this.outbox.post(CONTINUE);
  }

  awaitBody(): void {
    this.enter("body", this.server.timeouts.body);
  }

  gotBody(): void {
    const exchange = this.#exchange;
    if (this.phase !== "body" || exchange === undefined) return;
    this.pass("exchange");
    const { server } = this;
    const dueMs = exchange.answered ? Infinity : exchange.startedMs + server.timeouts.handler;
    server.deadlines.set(this, dueMs);
  }

  // What an exchange does.

  /** Sends the head of a response, and its content when that is all there. Throws what cannot be sent. */
  answer(exchange: Exchange, response: Response): void {
    const { server } = this;
    const streamed = isStream(response.body);
    // What is streamed may be made of the content that is still to come.
    if (streamed && response.status < 300) this.#body?.proceed();
    const blocked = !streamed && this.#body?.blocks === true;
    const answer = server.answer.compose(response, {
      method: exchange.request.method,
      minorVersion: this.#minorVersion,
      close: !this.#persistent || this.closing || server.draining || blocked,
      dateLine: server.dateLine(this.advancing ? this.#nowMs : server.nowMs()),
    });
    if (answer.close) this.closing = true;
    exchange.answered = true;
    exchange.status = response.status;
    exchange.sentBytes = answer.contentBytes;
    server.deadlines.set(this, Infinity);
    if (this.advancing && answer.framing === "none") this.outbox.gather(answer.text);
    else this.outbox.post(answer.text);
    if (answer.bytes !== undefined) this.outbox.postBytes(answer.bytes);
  }

  /** A piece of a streamed response, when the one before it is with the host. */
  async sendPiece(before: string, data: string | Uint8Array, behind: string): Promise<void> {
    if (this.gone || this.phase === "closed") throw this.server.goneError();
    const wait = this.outbox.postPiece(before, data, behind);
    if (this.outbox.pendingBytes > 0) await this.#drained(wait ?? this.connection.flushed());
    else if (wait !== undefined) await wait;
  }

  async sendEnd(text: string): Promise<void> {
    if (this.gone || this.phase === "closed") throw this.server.goneError();
    this.outbox.post(text);
  }

  async #drained(wait: Promise<void>): Promise<void> {
    this.enter("send", this.server.timeouts.send);
    await wait;
    if (this.phase !== "send") return;
    this.pass("exchange");
    this.server.deadlines.set(this, Infinity);
  }

  /** Nothing more comes from the exchange: the next request, or the end. */
  exchangeOver(exchange: Exchange): void {
    if (exchange.over) return;
    this.#settle(exchange);
    if (this.phase === "closed") return;
    const body = this.#body;
    if (body !== undefined && !body.complete && !this.closing) return this.#discard(body);
    if (body?.complete === true) this.#body = undefined;
    this.#next();
  }

  #settle(exchange: Exchange): void {
    exchange.over = true;
    this.#exchange = undefined;
    this.server.finished(exchange);
  }

  /** The response cannot be completed: the connection is broken, so that the client sees that. */
  abandon(exchange: Exchange): void {
    if (!exchange.over) this.#settle(exchange);
    this.outbox.drop();
    this.close(true);
  }

  /** Reads what the handler left unread of the body, so that the next request can be found. */
  #discard(body: RequestBody): void {
    this.#body = undefined;
    this.#reader.tap = undefined;
    this.pass("body");
    const { tasks, limits } = this.server;
    tasks.spawn(async () => {
      let complete = false;
      try {
        complete = await body.discard(limits.discardBytes);
      } catch {
        // A malformed rest ends the connection as one that is too long does.
      }
      if (this.phase === "closed") return;
      if (!complete) {
        this.closing = true;
        this.#body = body;
      }
      this.#next();
    });
  }

  #next(): void {
    if (this.outbox.pendingBytes > 0) return this.#awaitFlush();
    if (this.closing || this.server.draining) {
      this.flush();
      return this.#body === undefined ? this.finish() : this.linger();
    }
    if (this.advancing) return this.enter("idle", this.server.timeouts.idle, this.#nowMs);
    this.enter("idle", this.server.timeouts.idle);
    const reader = this.#reader;
    reader.tap = this.tap;
    if (reader.bufferedBytes > 0) {
      const used = this.#advance(reader.buffered);
      if (this.phase !== "closed") reader.consume(this.lingering ? reader.bufferedBytes : used);
    }
    if (this.#ready() && this.gone) this.close(false);
  }

  /** The client does not take what was sent: nothing more is read from it meanwhile. */
  #awaitFlush(): void {
    this.enter("send", this.server.timeouts.send);
    this.server.tasks.spawn(async () => {
      try {
        await this.connection.flushed();
      } catch {
        return this.close(true);
      }
      if (this.phase === "send") this.#next();
    });
  }

  async upgrade(
    exchange: Exchange,
    take: (connection: Connection) => Promise<void>,
  ): Promise<void> {
    this.flush();
    // The octets behind the head reach the reader when the transport's callback returns.
    await Promise.resolve();
    this.pass("upgraded");
    this.server.deadlines.set(this, Infinity);
    this.#reader.tap = undefined;
    this.#reader.onEnd = undefined;
    try {
      await take(this.connection);
    } catch (error) {
      exchange.outcome = "failed";
      throw error;
    } finally {
      this.#settle(exchange);
      this.close(false);
    }
  }

  // How it ends.

  #ended(): void {
    if (this.phase === "closed") return;
    this.gone = true;
    const exchange = this.#exchange;
    if (exchange === undefined || exchange.over) {
      if (this.phase !== "send" && this.phase !== "body") this.close(false);
      return;
    }
    exchange.outcome = "gone";
    // Its task ends when the handler has noticed; the connection need not wait for that.
    this.close(false);
    void exchange.task?.cancel(this.server.goneError());
  }

  expired(): void {
    const exchange = this.#exchange;
    switch (this.phase) {
      case "head":
        return this.refuse(REFUSALS.HEAD_TIMEOUT);
      case "body":
        this.closing = true;
        if (exchange === undefined) return this.close(false);
        return this.#expire(exchange, 408);
      case "exchange":
        this.closing = true;
        if (exchange !== undefined) this.#expire(exchange, 503);
        return;
      case "send":
        if (exchange === undefined) return this.close(true);
        exchange.outcome = "gone";
        this.gone = true;
        void exchange.task?.cancel(this.server.goneError());
        return this.abandon(exchange);
      case "fresh":
      case "idle":
      case "lingering":
        return this.close(false);
      case "upgraded":
      case "closed":
        return;
    }
  }

  /** The exchange has taken too long: it is answered, and its task cancelled. */
  #expire(exchange: Exchange, status: number): void {
    if (!exchange.answered) {
      exchange.outcome = "failed";
      exchange.answer({ status, headers: status === 503 ? this.server.retryAfter : {} });
    }
    void exchange.task?.cancel(`the request took longer than its timeout`);
  }

  /** The server is being drained: what is idle ends now, the rest after its response. */
  drain(): void {
    this.closing = true;
    if (this.phase === "idle" || this.phase === "fresh") this.close(false);
  }

  /** The server is being closed. */
  end(): void {
    this.close(this.#exchange !== undefined);
  }
}

const REQUEST = { name: "request" } as const;

/**
 * One connection to an origin, and the exchanges on it in the order in which they were begun.
 *
 *     begin ──> exchanges: [answered, body being read │ waits │ waits]   at most `pipeline`
 *                              ^ only the first receives                (RFC 9112 section 9.3)
 *
 * Heads are parsed in the transport's own callback. Content that came with its head is copied there and
 * the exchange is over before its caller has been woken. Otherwise the tap is taken off, the body pulls
 * from the ByteReader while somebody reads it, and the tap comes back with the body's end: what nobody
 * reads fills the read-ahead and then makes the sender wait.
 *
 * Invariants:
 * 1. Bytes that come when no exchange is open close the connection: they answer nothing that was asked.
 * 2. After `close` the owner has been told once and every exchange is settled.
 * 3. Nothing is sent on a connection whose last response has been announced (`#last`).
 * 4. #body is there exactly while the tap is off.
 */
import type { Connection, Task } from "@hotpath/runtime";
import { HeadFields } from "../message/headers.ts";
import { StreamedBody } from "../message/streamed-body.ts";
import { MORE, REFUSED, type SectionLimits } from "../wire/field-section.ts";
import type { Framing } from "../wire/framing.ts";
import { ResponseHead, responseFraming } from "../wire/response-head.ts";
import { bodyInHand } from "./body-in-hand.ts";
import type { RequestErrorCode } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import { keepAliveHint } from "./keep-alive.ts";
import type { Loaded } from "./load-table.ts";
import type { Payload } from "./request-body.ts";
import { sendAtOnce, sendContent, takesTime } from "./sending.ts";

export interface ConnectionOwner {
  /** An exchange is over, and the connection takes others. */
  released(connection: ClientConnection): void;
  /** The connection is closed, or somebody else's. */
  gone(connection: ClientConnection): void;
  /** A body is left in the connection until somebody reads it. */
  streaming(): void;
  nowMs(): number;
  /** Runs a task that ends with the pool. */
  spawn(name: string, body: () => Promise<void>): Task<void>;
}

export interface ConnectionLimits extends SectionLimits {
  /** How long it may be idle when the other side does not say. */
  readonly idleMs: number;
  /** The longest that the other side may say. */
  readonly idleMostMs: number;
  /** Gather the requests of one turn into one write. */
  readonly gathers: boolean;
  /** How long to wait for 100 Continue. */
  readonly goAheadMs: number;
}

/** Interim responses to one request (RFC 9110 section 15.2); more is somebody who plays for time. */
const INTERIM_LIMIT = 20;
const scratch = new Uint8Array(1);

export class ClientConnection implements Loaded {
  row: number = -1;
  place: number = 0;
  readonly openedMs: number;
  idleSinceMs: number;
  /** Exchanges that are over. */
  served: number = 0;
  /** Requests that it was promised to and that have not begun. Owned by the pool. */
  promised: number = 0;
  /** What runs on it, or is about to, shares with nobody. Owned by the pool. */
  exclusive: boolean = false;
  /** When the body that is being received was last asked for; Infinity while somebody waits for it. */
  unreadSinceMs: number = Infinity;
  readonly #connection: Connection;
  readonly #owner: ConnectionOwner;
  readonly #limits: ConnectionLimits;
  readonly #head: ResponseHead;
  readonly #exchanges: Exchange[] = [];
  #idleMs: number;
  #requestsLeft = Infinity;
  #body: StreamedBody | undefined = undefined;
  #interim = 0;
  #last = false;
  /** The other side has ended; what came before is still being read. */
  #sawEnd = false;
  #closed = false;
  #corked = false;
  readonly #tap = (bytes: Uint8Array): number => this.#received(bytes);

  constructor(connection: Connection, owner: ConnectionOwner, limits: ConnectionLimits) {
    this.#connection = connection;
    this.#owner = owner;
    this.#limits = limits;
    this.#head = new ResponseHead(limits);
    this.#idleMs = limits.idleMs;
    this.openedMs = owner.nowMs();
    this.idleSinceMs = this.openedMs;
    const { reader } = connection;
    reader.tap = this.#tap;
    reader.onEnd = () => this.#ended();
    reader.arm();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** A body is being received. */
  get receiving(): boolean {
    return this.#body !== undefined;
  }

  /** Exchanges that are not over. */
  get running(): number {
    return this.#exchanges.length;
  }

  /** Whether it may be given further requests, as far as itself is concerned. */
  get usable(): boolean {
    return !this.#closed && !this.#last && !this.#sawEnd && this.#requestsLeft > 0;
  }

  /** When, lying idle, it is not to be used any more. */
  get expiresMs(): number {
    return this.idleSinceMs + this.#idleMs;
  }

  /** Sends a request. Throws with delivery "none" when the connection refuses it as a whole. */
  begin(exchange: Exchange, head: string, payload: Payload): void {
    exchange.reused = this.served + this.#exchanges.length > 0;
    if (!this.usable) throw exchange.error("RESET", "send", "found its connection closed");
    const connection = this.#connection;
    this.#exchanges.push(exchange);
    this.#requestsLeft--;
    try {
      if (this.#limits.gathers) this.#gather();
      const separately = exchange.goAhead !== undefined || takesTime(payload);
      const isWithHost = separately
        ? connection.postText(head)
        : sendAtOnce(connection, head, payload);
      exchange.delivery = "unknown";
      if (separately) this.#sendLater(exchange, payload);
      else if (isWithHost) exchange.wasSent();
      else {
        exchange.written = true;
        this.#sendLater(exchange, { kind: "none" });
      }
    } catch (error) {
      this.#exchanges.pop();
      exchange.over = true;
      this.#failAll("RESET", "was behind another one on a connection that broke", error);
      throw exchange.errorFrom(error, "send");
    }
  }

  /** The caller wants nothing more of this exchange. */
  abandon(exchange: Exchange): void {
    if (exchange.over) return;
    exchange.orphaned = true;
    // Others on the connection go on, if what is left of this one is a response that can be dropped.
    const first = this.#exchanges[0] === exchange;
    const droppable = exchange.written && !(first && this.#body !== undefined);
    if (droppable && this.#exchanges.some((other) => !other.orphaned)) return;
    this.#failAll("RESET", "shared its connection with a request that was given up");
  }

  /** Ends it, and every exchange on it with the error that is made for it. */
  close(error: (exchange: Exchange) => unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection[Symbol.dispose]();
    const { length } = this.#exchanges;
    for (let index = 0; index < length; index++) {
      const exchange = this.#exchanges[index]!;
      if (!exchange.orphaned) exchange.failed(error(exchange));
      this.#over(exchange);
    }
    this.#exchanges.length = 0;
    this.#owner.gone(this);
  }

  #failAll(code: RequestErrorCode, what: string, cause?: unknown): void {
    this.close((exchange) => exchange.error(code, phaseOf(exchange), what, cause));
  }

  /** Whatever is sent until the microtasks have run goes out in one write. */
  #gather(): void {
    if (this.#corked) return;
    this.#corked = true;
    const { writer } = this.#connection;
    writer.cork();
    queueMicrotask(() => {
      this.#corked = false;
      try {
        writer.uncork();
      } catch (error) {
        this.#failAll("RESET", "could not be sent", error);
      }
    });
  }

  #sendLater(exchange: Exchange, payload: Payload): void {
    const connection = this.#connection;
    // After its end the exchange has no say over the connection.
    const broken = (error: unknown): void => (exchange.over ? undefined : this.close(() => error));
    const { goAheadMs } = this.#limits;
    const sending = { exchange, connection, payload, goAheadMs, broken };
    exchange.sender = this.#owner.spawn("send a request", () => sendContent(sending));
  }

  /** The tap: how many of the bytes are dealt with. */
  #received(bytes: Uint8Array): number {
    const head = this.#head;
    let at = 0;
    while (at < bytes.length && !this.#closed && this.#body === undefined) {
      const exchange = this.#exchanges[0];
      if (exchange === undefined) {
        this.#failAll("PROTOCOL", "was answered before it was asked");
        break;
      }
      // The connection was alive when the request reached it.
      exchange.reused = false;
      const next = head.parse(bytes, at, bytes.length);
      if (next === MORE) return at;
      if (next === REFUSED) {
        this.#failAll("PROTOCOL", `got a response that is malformed: ${head.refusal!.reason}`);
        break;
      }
      if (head.status >= 200) at = this.#final(exchange, bytes, next);
      else if (head.status === 101) return this.#switched(exchange, next);
      else if (this.#informed(exchange)) at = next;
      else break;
    }
    return this.#closed ? bytes.length : at;
  }

  /** An interim response. */
  #informed(exchange: Exchange): boolean {
    if (this.#head.status === 100) exchange.goAhead?.send(true);
    this.#head.reset();
    if (++this.#interim <= INTERIM_LIMIT) return true;
    this.#failAll("PROTOCOL", `got more than ${INTERIM_LIMIT} interim responses`);
    return false;
  }

  /** The final head: the position behind what belongs to the response and is here. */
  #final(exchange: Exchange, bytes: Uint8Array, at: number): number {
    const head = this.#head;
    const framing = responseFraming(head, exchange.method);
    const headers = new HeadFields(head.text, head.fieldsStart);
    if (!head.persistent || framing.kind === "close") this.#last = true;
    else if (this.served === 0) this.#hint(headers.get("keep-alive"));
    exchange.status = head.status;
    const inHand = bodyInHand(framing, bytes, at, this.#limits);
    const body = inHand?.body ?? this.#stream(exchange, framing as BodyFraming);
    const answer = {
      status: head.status,
      reason: head.reason,
      httpVersion: head.minorVersion === 1 ? "1.1" : "1.0",
      headers,
      body,
    } as const;
    head.reset();
    this.#interim = 0;
    exchange.answered(answer);
    if (inHand === undefined) {
      // The rest of a body that nobody wants is not waited for.
      if (exchange.orphaned) this.#failAll("RESET", "was behind a request that was given up");
      return at;
    }
    this.#finished(exchange);
    return inHand.next;
  }

  #hint(value: string | undefined): void {
    const { idleMs, requests } = keepAliveHint(value);
    if (idleMs !== undefined) this.#idleMs = Math.min(idleMs, this.#limits.idleMostMs);
    if (requests !== undefined) this.#requestsLeft = requests;
  }

  #stream(exchange: Exchange, framing: BodyFraming): StreamedBody {
    const { budget } = exchange;
    const { reader } = this.#connection;
    reader.tap = undefined;
    this.unreadSinceMs = this.#owner.nowMs();
    this.#owner.streaming();
    this.#body = new StreamedBody({
      reader,
      framing,
      limitBytes: Infinity,
      limits: this.#limits,
      onWait: () => {
        this.unreadSinceMs = Infinity;
        return budget.wait(budget.limits.bodyMs);
      },
      onGot: () => (this.unreadSinceMs = this.#owner.nowMs()),
      onEnd: (complete) => this.#bodyEnded(exchange, complete),
    });
    return this.#body;
  }

  #bodyEnded(exchange: Exchange, complete: boolean): void {
    if (this.#closed) return;
    this.#body = undefined;
    this.unreadSinceMs = Infinity;
    // What is wrong with it the reader of the body is told.
    if (!complete) this.#last = true;
    const { reader } = this.#connection;
    if (!this.#last) reader.tap = this.#tap;
    this.#finished(exchange);
    if (this.#closed) return;
    if (reader.bufferedBytes > 0) {
      const count = this.#received(reader.buffered);
      if (!this.#closed) reader.consume(count);
    }
    if (this.#sawEnd && this.#body === undefined) this.#ended();
    else if (!this.#closed) reader.arm();
  }

  /** The response is in. */
  #finished(exchange: Exchange): void {
    this.#exchanges.shift();
    this.#over(exchange);
    this.served++;
    // A request that is not written to its end leaves the connection in the middle of a message.
    if (!exchange.written) this.#last = true;
    if (this.#last || (this.#sawEnd && this.#exchanges.length === 0)) {
      this.#failAll("END", "was behind the last response that the other side sent");
    } else if (this.#exchanges.length > 0 && this.#exchanges.every((other) => other.orphaned)) {
      this.#failAll("RESET", "was given up");
    } else {
      this.idleSinceMs = this.#owner.nowMs();
      this.#owner.released(this);
    }
  }

  #over(exchange: Exchange): void {
    exchange.over = true;
    if (!exchange.written) void exchange.sender?.cancel("its exchange is over");
  }

  /** 101: the connection becomes the caller's, with what came behind the head still to be read. */
  #switched(exchange: Exchange, next: number): number {
    if (!exchange.upgrades || this.#exchanges.length > 1) {
      this.#failAll("PROTOCOL", "got a switch of protocols that it did not ask for");
      return next;
    }
    const { reader } = this.#connection;
    reader.tap = undefined;
    reader.onEnd = undefined;
    this.#closed = true;
    this.#exchanges.length = 0;
    exchange.over = true;
    exchange.switched(new HeadFields(this.#head.text, this.#head.fieldsStart), this.#connection);
    this.#owner.gone(this);
    return next;
  }

  /** The other side has ended or broken the connection. */
  #ended(): void {
    if (this.#closed) return;
    this.#sawEnd = true;
    // Content that has come is still there to be read; its reader finds the end.
    if (this.#body !== undefined) return;
    const where = this.#head.begun
      ? "in the middle of the response's head"
      : "before a response came";
    const cause = this.#failure();
    if (cause === undefined) this.#failAll("END", `lost its connection ${where}`);
    else this.#failAll("RESET", `lost its connection ${where}`, cause);
  }

  #failure(): unknown {
    try {
      this.#connection.tryRead(scratch);
      return undefined;
    } catch (error) {
      return error;
    }
  }
}

type BodyFraming = Exclude<Framing, { kind: "none" }>;

function phaseOf(exchange: Exchange): "send" | "head" | "body" {
  if (exchange.status !== undefined) return "body";
  return exchange.sent ? "head" : "send";
}

/**
 * One request and its response on a connection: what the connection reports, and what the caller waits
 * for.
 *
 *     begun ──> sent ──────────> answered ──> body read ──> over
 *       └────── answered before it was sent ──^
 *
 * The caller waits in `progress` (sent, answered or failed, whichever comes first) when the request
 * takes time to send, and then in `answer`.
 *
 * Invariants:
 * 1. `delivery` becomes "unknown" in the step in which the host takes the first byte, or a buffer that is
 *    on its way to the host does, and is never taken back. A first write that is refused as a whole
 *    leaves it "none".
 * 2. `answer` is settled once: with the response's head, or with the error that ended the exchange.
 * 3. After `over` nothing of this exchange touches the connection.
 */
import {
  CancelError,
  ClosedError,
  IoError,
  Oneshot,
  RuntimeError,
  TimeoutError,
  type Connection,
  type Task,
} from "@hotpath/runtime";
import { EMPTY_BODY } from "../message/body.ts";
import type { Body, Headers } from "../message/exchange.ts";
import { HttpError } from "../message/http-error.ts";
import { RequestError, type Delivery, type RequestErrorCode, type RequestPhase } from "./errors.ts";
import type { TimeBudget } from "./timeouts.ts";

/** The final head of a response. */
export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly httpVersion: "1.0" | "1.1";
  readonly headers: Headers;
  readonly body: Body;
  /** After a switch of protocols. */
  readonly connection?: Connection;
}

export class Exchange {
  readonly method: string;
  readonly target: string;
  readonly authority: string;
  readonly budget: TimeBudget;
  /** Nothing may be on the connection before it or behind it (RFC 9112 section 9.3.2). */
  readonly exclusive: boolean;
  readonly upgrades: boolean;
  /** Whether the connection had carried an exchange before. */
  reused = false;
  delivery: Delivery = "none";
  /** All of it is on its way: nothing more will be written. The connection can go on behind it. */
  written: boolean = false;
  /** All of it is with the host, as far as is known; the other side may know before. */
  sent: boolean = false;
  status: number | undefined = undefined;
  over = false;
  /** The caller has given up; what comes is dropped. */
  orphaned = false;
  readonly answer: Oneshot<Answer> = new Oneshot();
  /** Sent, answered or failed; there when somebody waits for that. */
  #progress: Oneshot<void> | undefined = undefined;
  /** What ended it before its response was whole. */
  failure: unknown = undefined;
  /** For Expect: whether to send the body (RFC 9110 section 10.1.1). */
  readonly goAhead: Oneshot<boolean> | undefined;
  sender: Task<void> | undefined = undefined;

  constructor(request: ExchangeRequest) {
    this.method = request.method;
    this.target = request.target;
    this.authority = request.authority;
    this.budget = request.budget;
    this.exclusive = request.exclusive;
    this.upgrades = request.upgrades;
    this.goAhead = request.expectsContinue ? new Oneshot() : undefined;
  }

  /** All of the request is with the host. */
  wasSent(): void {
    this.written = true;
    this.sent = true;
    this.#progress?.send();
  }

  answered(answer: Answer): void {
    this.goAhead?.send(false);
    this.answer.send(answer);
    this.#progress?.send();
  }

  /** 101: the connection is the caller's. */
  switched(headers: Headers, connection: Connection): void {
    const head = { status: 101, reason: "", httpVersion: "1.1", headers } as const;
    this.answered({ ...head, body: EMPTY_BODY, connection });
  }

  failed(error: unknown): void {
    this.failure = error;
    this.goAhead?.send(false);
    this.answer.fail(error);
    this.#progress?.send();
  }

  /** Waits for the response's head. What it throws ends the exchange: the connection is told then. */
  async received(): Promise<Answer> {
    const { budget } = this;
    try {
      if (!this.sent) await (this.#progress ??= new Oneshot()).receive(budget.wait(Infinity));
      // An answer that is there already is not waited for.
      if (!this.sent) return await this.answer.receive();
      return await this.answer.receive(budget.wait(budget.limits.headMs));
    } catch (error) {
      throw this.errorFrom(error, this.sent ? "head" : "send");
    }
  }

  error(code: RequestErrorCode, phase: RequestPhase, what: string, cause?: unknown): RequestError {
    const { delivery, status } = this;
    const facts = { phase, delivery, status, ...(cause === undefined ? {} : { cause }) };
    return new RequestError(code, `${this.describe()} ${what}`, facts);
  }

  /** "GET localhost:8080": neither the path, which may hold names, nor the query. */
  describe(): string {
    return `${this.method} ${this.authority}`;
  }

  /** What the caller sees of an error that ended one of its waits. Cancellation stays what it is. */
  errorFrom(error: unknown, phase: RequestPhase): unknown {
    if (error instanceof RequestError || error instanceof CancelError) return error;
    // Closed under somebody who was reading: why is known.
    if (error instanceof ClosedError && this.failure !== undefined) return this.failure;
    const { budget } = this;
    if (budget.signal?.aborted === true && error === budget.signal.reason) {
      return this.error("ABORTED", phase, "was aborted", error);
    }
    if (error instanceof TimeoutError) {
      const limit = budget.isOver ? "total" : phase;
      return this.error("TIMEOUT", phase, `was not over in its time limit (${limit})`, error);
    }
    if (error instanceof RuntimeError) {
      const why = error instanceof IoError ? error.systemCode : error.message;
      return this.error("RESET", phase, `lost its connection: ${why}`, error);
    }
    if (error instanceof HttpError) return this.#errorOfBody(error);
    return error;
  }

  #errorOfBody(error: HttpError): RequestError {
    const code = BODY_CODES[error.code] ?? "PROTOCOL";
    return this.error(code, "body", `got a body that cannot be used: ${error.message}`, error);
  }
}

const BODY_CODES: Readonly<Partial<Record<HttpError["code"], RequestErrorCode>>> = {
  LIMIT: "LIMIT",
  INCOMPLETE: "END",
  CONTENT: "CODING",
};

export interface ExchangeRequest {
  readonly method: string;
  readonly target: string;
  readonly authority: string;
  readonly budget: TimeBudget;
  readonly exclusive: boolean;
  readonly upgrades: boolean;
  readonly expectsContinue: boolean;
}

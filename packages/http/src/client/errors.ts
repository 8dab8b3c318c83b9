/**
 * What goes wrong with a request, and whether the other side may have acted on it.
 *
 * `delivery` is for those who must not do a thing twice:
 *
 *     "none"     no byte of the request was handed to the host, or a later attempt never began: whatever
 *                the other side has done, it was not because of this request
 *     "unknown"  bytes have left; the request may have been carried out, and may still be
 *
 * It is decided in one place, where the head is handed to the connection (`exchange.ts`), and only ever
 * goes from "none" to "unknown", also across retries and redirects: one attempt that may have arrived
 * makes the whole call unknown.
 */

export type RequestErrorCode =
  /** A phase, or the whole of it, took too long; `phase` says which. */
  | "TIMEOUT"
  /** As many requests wait for a connection as may. */
  | "BUSY"
  /** No connection could be made; `cause` has the system's error or that of TLS. */
  | "CONNECT"
  /** The connection broke. */
  | "RESET"
  /** The other side ended the connection before the response was whole. */
  | "END"
  /** What came is not a response to this request (RFC 9112). */
  | "PROTOCOL"
  /** The response is larger than allowed: its head, its body, or what it decompresses to. */
  | "LIMIT"
  /** A redirect that cannot or may not be followed. */
  | "REDIRECT"
  /** The content does not decompress. */
  | "CODING"
  /** The request's body failed, or has not the stated length. */
  | "SOURCE"
  /** The caller's AbortSignal; its reason is the `cause`. */
  | "ABORTED"
  /** The client or pool was closed. */
  | "CLOSED";

/** Where a request is: waiting for a connection, making one, sending, waiting for the head, receiving. */
export type RequestPhase = "queue" | "connect" | "send" | "head" | "body";

export type Delivery = "none" | "unknown";

export interface RequestErrorFacts {
  readonly phase: RequestPhase;
  readonly delivery: Delivery;
  readonly cause?: unknown;
  /** The status, when the head of a response had come. */
  readonly status?: number | undefined;
}

export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly code: RequestErrorCode;
  readonly phase: RequestPhase;
  /** Whether the other side may have acted on the request. */
  readonly delivery: Delivery;
  readonly status: number | undefined;

  constructor(code: RequestErrorCode, message: string, facts: RequestErrorFacts) {
    super(message, "cause" in facts ? { cause: facts.cause } : undefined);
    this.code = code;
    this.phase = facts.phase;
    this.delivery = facts.delivery;
    this.status = facts.status;
  }

  /** Whether it is safe to make the same call again, whatever its method, and may help. */
  get retryable(): boolean {
    return this.delivery === "none" && TRANSIENT.has(this.code);
  }

  /** The same failure, when an earlier attempt of the same call may have arrived. */
  afterDelivery(): RequestError {
    if (this.delivery === "unknown") return this;
    const { phase, status } = this;
    const facts = { phase, status, delivery: "unknown", cause: this } as const;
    return new RequestError(this.code, this.message, facts);
  }
}

const TRANSIENT: ReadonlySet<RequestErrorCode> = new Set(["TIMEOUT", "BUSY", "CONNECT", "RESET"]);

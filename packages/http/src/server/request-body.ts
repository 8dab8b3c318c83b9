/** The content of a request that was not all there with its head. */
import type { ByteReader } from "@hotpath/runtime";
import { StreamedBody } from "../message/streamed-body.ts";
import type { RequestHead } from "../wire/request-head.ts";
import type { ServerLimits } from "./limits.ts";

/** What the connection does while a handler reads. */
export interface BodyHost {
  /** The client waits for 100 Continue before it sends any content. */
  sendContinue(): void;
  /** The handler waits for more. */
  awaitBody(): void;
  gotBody(): void;
}

export class RequestBody extends StreamedBody {
  #awaitsContinue: boolean;
  readonly #discardBytes: number;
  readonly #host: BodyHost;

  constructor(head: RequestHead, reader: ByteReader, limits: ServerLimits, host: BodyHost) {
    super({
      reader,
      framing: head.chunked
        ? { kind: "chunked" }
        : { kind: "length", sizeBytes: head.contentLength },
      limitBytes: limits.bodyBytes,
      limits,
      onWait: () => {
        this.proceed();
        host.awaitBody();
        return undefined;
      },
      onGot: () => host.gotBody(),
    });
    this.#awaitsContinue = head.expectsContinue;
    this.#host = host;
    this.#discardBytes = limits.discardBytes;
  }

  /** Lets the client send, if it waits for that. */
  proceed(): void {
    if (this.#awaitsContinue) this.#host.sendContinue();
    this.#awaitsContinue = false;
  }

  /** Whether so much of it is unread that the connection cannot be kept for another request. */
  get blocks(): boolean {
    if (this.complete) return false;
    // A client that was never told to continue may send the content or not: nobody can know.
    if (this.#awaitsContinue || this.broken) return true;
    return (this.sizeBytes ?? 0) - this.receivedBytes > this.#discardBytes;
  }
}

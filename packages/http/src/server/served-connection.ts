/**
 * What a connection of the server is, whatever it is doing: its phase with its deadline, what it sends
 * and how it ends.
 *
 * Invariants:
 * 1. A phase has one deadline; entering the next replaces it.
 * 2. After `close` nothing is called on the connection and the server does not know it.
 */
import type { Connection } from "@hotpath/runtime";
import type { Refusal } from "../wire/refusal.ts";
import type { Expiring } from "./deadlines.ts";
import type { HttpServer } from "./http-server.ts";
import type { Origin } from "./incoming-request.ts";
import { Outbox } from "./outbox.ts";

export type Phase =
  /** Nothing has come yet. */
  | "fresh"
  /** Part of a head has come. */
  | "head"
  /** Between two requests. */
  | "idle"
  | "exchange"
  /** In an exchange, waiting for content; or dropping what the handler left. */
  | "body"
  /** Waiting for the client to take what was sent. */
  | "send"
  /** Closed in the direction of the client, and listening for what is still on its way. */
  | "lingering"
  | "upgraded"
  | "closed";

export abstract class ServedConnection implements Expiring, Origin {
  readonly server: HttpServer;
  readonly connection: Connection;
  readonly secure: boolean;
  deadlineMs: number = Infinity;
  /** The client has closed or broken the connection. */
  gone = false;
  /** Close when what is in progress is over. */
  protected closing = false;
  /** The transport's callback is being answered from the octets it brought. */
  protected advancing = false;
  protected readonly outbox: Outbox;
  #phase: Phase = "fresh";

  constructor(server: HttpServer, connection: Connection, secure: boolean) {
    this.server = server;
    this.connection = connection;
    this.secure = secure;
    this.outbox = new Outbox(connection);
  }

  abstract expired(): void;
  /** The server is being drained: what is idle ends now, the rest after its response. */
  abstract drain(): void;
  /** The server is being closed. */
  abstract end(): void;
  protected abstract readonly tap: (chunk: Uint8Array) => number;

  get idPrefix(): string {
    return this.server.idPrefix;
  }

  get drainSignal(): AbortSignal {
    return this.server.drainSignal;
  }

  protected get phase(): Phase {
    return this.#phase;
  }

  protected get lingering(): boolean {
    return this.#phase === "lingering";
  }

  protected enter(phase: Phase, timeoutMs: number, nowMs: number = this.server.nowMs()): void {
    this.#phase = phase;
    this.server.deadlines.set(this, nowMs + timeoutMs);
  }

  /** As `enter`, keeping the deadline that there is. */
  protected pass(phase: Phase): void {
    this.#phase = phase;
  }

  /** A client that is gone is noticed here or when reading. */
  protected flush(): void {
    if (this.#phase === "closed") return;
    try {
      this.outbox.flush();
    } catch {
      this.gone = true;
      this.close(true);
    }
  }

  /** Answers what never became a request, and ends the connection. */
  protected refuse(refusal: Refusal): void {
    this.outbox.gather(this.server.refusalText(refusal.status, refusal.reason));
    this.server.refused(refusal);
    this.closing = true;
    this.flush();
    if (this.phase !== "closed") this.linger();
  }

  /** Everything has been answered. Unread octets would turn the close into a reset: those are listened to first. */
  protected finish(): void {
    if (this.advancing || this.connection.reader.bufferedBytes > 0) this.linger();
    else this.close(false);
  }

  /** RFC 9112 section 9.6: half-close, and read until the client has closed too, for a while. */
  protected linger(): void {
    if (this.gone) return this.close(false);
    this.enter("lingering", this.server.timeouts.linger);
    const { reader } = this.connection;
    reader.tap = this.tap;
    if (!this.advancing) reader.consume(reader.bufferedBytes);
    this.server.tasks.spawn(async () => {
      try {
        this.flush();
        await this.connection.closeWrite();
      } catch {
        this.close(true);
      }
    });
  }

  protected close(reset: boolean): void {
    if (this.#phase === "closed") return;
    this.flush();
    this.#phase = "closed";
    this.deadlineMs = Infinity;
    this.connection.reader.tap = undefined;
    this.connection.reader.onEnd = undefined;
    if (reset) this.connection.reset();
    // What the host still holds goes out first, for a client that takes it in time. Whether it did is
    // nobody's business any more: the connection is closed either way.
    else this.connection.close({ timeout: this.server.timeouts.send }).catch(() => {});
    this.server.forget(this);
  }
}

/** What `serve` is told. */
import type { Connection, TcpListenOptions } from "@hotpath/runtime";
import type { Handler, Request, Response } from "../message/exchange.ts";
import type { ServerLimits, ServerTimeouts } from "./limits.ts";
import type { ServerTls } from "./tls.ts";

/** A TCP port, or the path of a Unix socket. */
export type Listen =
  | Pick<TcpListenOptions, "host" | "port" | "ipv6Only" | "reusePort" | "backlog">
  | { readonly path: string; readonly backlog?: number };

/** How an exchange ended. */
export type Outcome =
  /** The response is with the host, all of it. */
  | "answered"
  /** The client went before that. */
  | "gone"
  /** The handler threw, or took too long; a 5xx was sent where that was still possible. */
  | "failed"
  /** The request broke the protocol, or a limit; it never reached the handler. */
  | "refused";

/** A finished exchange: for access logs and metrics. */
export interface ExchangeReport {
  /** Undefined when the request never became one. */
  readonly request: Request | undefined;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Octets of content that were sent. */
  readonly sentBytes: number;
  readonly durationMs: number;
  readonly outcome: Outcome;
}

export interface ServeOptions {
  readonly handler: Handler;
  /** Default: a free port on 127.0.0.1. */
  readonly listen?: Listen | readonly Listen[];
  /** Serve over TLS, with what node:tls takes: `key`, `cert`, … Default: in the clear. */
  readonly tls?: ServerTls;
  readonly limits?: Partial<ServerLimits>;
  readonly timeouts?: Partial<ServerTimeouts>;
  /** Told of every exchange that is over. It must not throw. */
  readonly onExchange?: (report: ExchangeReport) => void;
  /**
   * Told of errors that nobody expected: what a handler threw that says nothing of a response, and the
   * failures of tasks that a handler left behind. Default: printed to stderr.
   */
  readonly onError?: (error: unknown, request: Request | undefined) => void;
  /** What a shed request is told to wait before it tries again. Default: 1 s. */
  readonly retryAfterSeconds?: number;
}

export type { Connection, Request, Response };

/** One structured line for each request, to wherever the program logs. */
import { formatAddress, wallClock } from "@hotpath/runtime";
import type { Middleware } from "../routing/middleware.ts";
import { watch } from "./watch.ts";

export interface AccessLine {
  /** When the response ended, ISO 8601. */
  readonly endedAt: string;
  readonly id: string;
  readonly remote: string | undefined;
  readonly method: string;
  /** Without the query, which may hold what must not be logged. */
  readonly path: string;
  /** The route's pattern; undefined where no route matched. */
  readonly route: string | undefined;
  /** 499: the client went away, or the handler was stopped, before there was an answer. */
  readonly status: number;
  /** Until the response began, and until its body was through; milliseconds. */
  readonly headMs: number;
  readonly ms: number;
  readonly sizeBytes: number;
  /** False for a streamed body that broke off. */
  readonly complete: boolean;
  readonly userAgent: string | undefined;
}

export interface AccessLogOptions {
  /** Routes that are not worth a line, such as health checks. */
  readonly skip?: (line: AccessLine) => boolean;
}

/** The sink must not throw; it is called when the response has been handed to the server. */
export function accessLog(
  sink: (line: AccessLine) => void,
  options: AccessLogOptions = {},
): Middleware {
  return (next, route) =>
    watch(next, (request, outcome) => {
      const { remote } = request;
      const line: AccessLine = {
        endedAt: new Date(wallClock()).toISOString(),
        id: request.id,
        remote: remote === undefined ? undefined : formatAddress(remote),
        method: request.method,
        path: request.path,
        route: route?.path,
        status: outcome.status,
        headMs: round(outcome.headMs),
        ms: round(outcome.totalMs),
        sizeBytes: outcome.sizeBytes,
        complete: outcome.complete,
        userAgent: request.headers.get("user-agent")?.slice(0, 300),
      };
      if (options.skip?.(line) !== true) sink(line);
    });
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** What a client or pool can be told, with the defaults and the checks. */
import { durationMs, type Duration } from "@hotpath/runtime";
import type { ConnectionLimits } from "./client-connection.ts";
import type { DialOptions } from "./dial.ts";
import type { RequestBody } from "./request-body.ts";
import type { RequestHeaders } from "./request-head.ts";
import { retryPolicy, type RetryOptions, type RetryPolicy } from "./retry.ts";
import { timeoutsMs, type RequestTimeouts, type TimeoutsMs } from "./timeouts.ts";

export interface PoolOptions extends DialOptions {
  /** Connections to the origin at once. Default: 64. */
  readonly connections?: number;
  /** Requests that may wait for one; error BUSY beyond. Default: 1024. */
  readonly queueLimit?: number;
  /**
   * Requests on a connection at once. Above 1 those that are idempotent, without a stream as body, are
   * sent before the response to the one in front has come. For servers that one trusts: a slow answer
   * delays those behind it. Default: 1.
   */
  readonly pipeline?: number;
  /** How long a connection is kept idle when the server does not say (Keep-Alive). Default: 4 s. */
  readonly keepAlive?: Duration;
  /** The longest that the server may say. Default: 10 min. */
  readonly keepAliveMost?: Duration;
  /** A connection is not used for longer than this. Default: no limit. */
  readonly connectionAge?: Duration;
  readonly timeouts?: RequestTimeouts;
  readonly retry?: RetryOptions;
  /** The most bytes of a response's head. Default: 32 KiB. */
  readonly headLimitBytes?: number;
  /** The most fields of a response's head. Default: 200. */
  readonly fieldLimit?: number;
  /** The most bytes of a response that `bytes`, `text` and `json` take. Default: 64 MiB. */
  readonly bodyLimitBytes?: number;
  /** Ask for compressed responses and decompress them. Default: false. */
  readonly decompress?: boolean;
  /** The most bytes that a compressed response may become. Default: 64 MiB. */
  readonly decompressedLimitBytes?: number;
  /** How long to wait for 100 Continue before the body is sent anyway. Default: 1 s. */
  readonly continueWait?: Duration;
  /** Connect to this Unix socket. */
  readonly unixPath?: string;
}

/** What all requests have in common, whether by pool or by client. */
export interface RequestOptions {
  /** In capitals. Default: "GET". */
  readonly method?: string;
  /** Names in any case; a list is sent as several lines. */
  readonly headers?: RequestHeaders;
  readonly body?: RequestBody;
  /** How long a streamed body is; without it the body is sent in chunks. */
  readonly contentLength?: number;
  /** Replaces those of the pool one by one. */
  readonly timeouts?: RequestTimeouts;
  /** For code that has one; cancelling the task does the same. */
  readonly signal?: AbortSignal;
  readonly retry?: RetryOptions;
  readonly decompress?: boolean;
  /** Send the body only when the server asks for it (RFC 9110 section 10.1.1). Default: false. */
  readonly expectContinue?: boolean;
  /** Asks for another protocol: "websocket". The response then may have status 101 and a connection. */
  readonly upgrade?: string;
}

export interface PoolSettings {
  readonly connections: number;
  readonly queueLimit: number;
  readonly pipeline: number;
  readonly ageMs: number;
  readonly timeouts: TimeoutsMs;
  readonly retry: RetryPolicy;
  readonly bodyLimitBytes: number;
  readonly decompress: boolean;
  readonly decompressedLimitBytes: number;
  readonly limits: ConnectionLimits;
}

const MIB = 1024 * 1024;
/** Deeper ones gain nothing and lose all of it when the connection breaks. */
const PIPELINE_MOST = 256;

export function poolSettings(options: PoolOptions): PoolSettings {
  const { connections = 64, queueLimit = 1024, pipeline = 1 } = options;
  const { headLimitBytes = 32 * 1024, fieldLimit = 200 } = options;
  const { bodyLimitBytes = 64 * MIB, decompressedLimitBytes = 64 * MIB } = options;
  checkCount("connections", connections, 1);
  checkCount("queueLimit", queueLimit, 0);
  checkCount("pipeline", pipeline, 1, PIPELINE_MOST);
  checkCount("headLimitBytes", headLimitBytes, 64);
  checkCount("fieldLimit", fieldLimit, 1);
  checkCount("bodyLimitBytes", bodyLimitBytes, 0);
  checkCount("decompressedLimitBytes", decompressedLimitBytes, 0);
  return {
    connections,
    queueLimit,
    pipeline,
    ageMs: durationMs(options.connectionAge ?? Infinity),
    timeouts: timeoutsMs(options.timeouts),
    retry: retryPolicy(options.retry),
    bodyLimitBytes,
    decompress: options.decompress ?? false,
    decompressedLimitBytes,
    limits: {
      headBytes: headLimitBytes,
      fieldCount: fieldLimit,
      idleMs: durationMs(options.keepAlive ?? "4s"),
      idleMostMs: durationMs(options.keepAliveMost ?? "10m"),
      gathers: pipeline > 1,
      goAheadMs: durationMs(options.continueWait ?? "1s"),
    },
  };
}

function checkCount(name: string, value: number, least: number, most: number = Infinity): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const range = most === Infinity ? `from ${least}` : `from ${least} to ${most}`;
  throw new RangeError(`${name} is a whole number ${range}: not ${value}`);
}

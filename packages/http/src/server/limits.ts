/** What a server allows, and how long it waits. Every one has a default that the open network is safe with. */
import { durationMs, type Duration } from "@hotpath/runtime";

export interface ServerLimits {
  /** Method, target and version; beyond it 414. Default: 8 KiB. */
  readonly requestLineBytes: number;
  /** The whole head; beyond it 431. Default: 16 KiB. */
  readonly headBytes: number;
  /** Field lines of a head; beyond it 431. Default: 100. */
  readonly fieldCount: number;
  /** What `body.bytes()` and `text()` take unless told otherwise; beyond it 413. Default: 1 MiB. */
  readonly bodyBytes: number;
  /** Content that nobody has read is read and dropped up to this, to keep the connection. Default: 64 KiB. */
  readonly discardBytes: number;
  /** Requests that a connection may make before it is closed. Default: no limit. */
  readonly requestsPerConnection: number;
  /** Connections open at once; further ones get 503 and are closed. Default: 20 000. */
  readonly connections: number;
  /** Requests being handled at once; further ones get 503. Default: 10 000. */
  readonly requestsInFlight: number;
}

export interface ServerTimeouts {
  /** From the opening of a connection, or the first octet of a later request, to the end of the head. Default: 10 s. */
  readonly head: Duration;
  /** From one piece of content to the next, while the handler waits for it. Default: 30 s. */
  readonly body: Duration;
  /** From one response to the next request. Default: 65 s, which outlives nginx's 60. */
  readonly idle: Duration;
  /** Until the handler has answered; streaming what it answered is not counted. Default: 60 s. */
  readonly handler: Duration;
  /** For a piece of a response to be taken by the client. Default: 30 s. */
  readonly send: Duration;
  /** How long a connection that is closed early listens for what is still on its way. Default: 2 s. */
  readonly linger: Duration;
  /** For the TLS handshake. Default: 10 s. */
  readonly handshake: Duration;
}

export const DEFAULT_LIMITS: ServerLimits = {
  requestLineBytes: 8 * 1024,
  headBytes: 16 * 1024,
  fieldCount: 100,
  bodyBytes: 1024 * 1024,
  discardBytes: 64 * 1024,
  requestsPerConnection: Infinity,
  connections: 20_000,
  requestsInFlight: 10_000,
};

export type TimeoutsMs = { readonly [Phase in keyof ServerTimeouts]: number };

const DEFAULT_TIMEOUTS: ServerTimeouts = {
  head: "10s",
  body: "30s",
  idle: "65s",
  handler: "60s",
  send: "30s",
  linger: "2s",
  handshake: "10s",
};

export function limitsFrom(given: Partial<ServerLimits> = {}): ServerLimits {
  const limits = { ...DEFAULT_LIMITS, ...given };
  for (const [name, value] of Object.entries(limits)) {
    if (!(value >= (name === "discardBytes" ? 0 : 1))) {
      throw new RangeError(`The limit ${name} must be a number above 0: ${value} is not`);
    }
  }
  return limits;
}

export function timeoutsFrom(given: Partial<ServerTimeouts> = {}): TimeoutsMs {
  const timeouts = { ...DEFAULT_TIMEOUTS, ...given };
  const entries = Object.entries(timeouts).map(([phase, value]) => [phase, durationMs(value)]);
  return Object.fromEntries(entries) as TimeoutsMs;
}

/** Making a connection to an origin: TCP or a Unix socket, with TLS for https. */
import {
  CancelError,
  connectTcp,
  connectUnix,
  IoError,
  monotonic,
  TimeoutError,
  type Connection,
  type Resolver,
} from "@hotpath/runtime";
import { RequestError } from "./errors.ts";
import type { Origin } from "./origin.ts";
import { secure, type ClientTls } from "./secure.ts";

export interface DialOptions {
  /** Who knows the names. Default: one resolver per runtime. */
  readonly resolver?: Resolver;
  /** For https. */
  readonly tls?: ClientTls;
}

export interface Dial extends DialOptions {
  readonly origin: Origin;
  readonly timeoutMs: number;
  /** What may be received ahead of the reader: not less than a whole head. */
  readonly readAheadBytes: number;
}

/** Connects; what it throws, other than cancellation, is a RequestError of a request that was not sent. */
export async function dial(what: Dial): Promise<Connection> {
  try {
    return await open(what);
  } catch (error) {
    if (error instanceof CancelError || error instanceof RequestError) throw error;
    const facts = { phase: "connect", delivery: "none", cause: error } as const;
    const { authority } = what.origin;
    if (error instanceof TimeoutError) {
      const message = `No connection to ${authority} in ${what.timeoutMs} ms`;
      throw new RequestError("TIMEOUT", message, facts);
    }
    const why = error instanceof IoError ? error.systemCode : reason(error);
    throw new RequestError("CONNECT", `Cannot connect to ${authority}: ${why}`, facts);
  }
}

async function open(what: Dial): Promise<Connection> {
  const { origin, timeoutMs, readAheadBytes, tls } = what;
  if (!origin.secure) return connect(what, timeoutMs);
  const endMs = monotonic() + timeoutMs;
  const below = await connect(what, timeoutMs);
  const timeout = Math.max(0, endMs - monotonic());
  return secure(below, { host: origin.host, tls, timeout, readAheadBytes });
}

function connect(what: Dial, timeout: number): Promise<Connection> {
  const { origin, readAheadBytes, resolver } = what;
  const { host, port, unixPath } = origin;
  if (unixPath !== undefined) return connectUnix(unixPath, { timeout, readAheadBytes });
  const named = resolver === undefined ? {} : { resolver };
  return connectTcp({ host, port, timeout, readAheadBytes, ...named });
}

/** node:tls has a code for most of what can be wrong with a certificate or a handshake. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? error.message : `${code}: ${error.message}`;
}

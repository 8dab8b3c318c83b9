/**
 * Handing a request to a connection.
 *
 *     small, text or bytes   head and content in one write, in the caller's own step
 *     large, or a stream     a task of its own, so that an early response is seen while sending goes on
 *
 * A write that fails here does not end the exchange: a server that refuses a request answers and
 * closes, and its answer may be there to be read (RFC 9112 section 9.5). Whoever reads the connection
 * finds out.
 */
import { isCancelled, RuntimeError, TimeoutError, type Connection } from "@hotpath/runtime";
import { CHUNK_END, chunkHead, LAST_CHUNK } from "../wire/chunked-encoder.ts";
import type { Exchange } from "./exchange.ts";
import type { Payload } from "./request-body.ts";

/** Up to here copying the content behind the head is cheaper than a second system call. */
const TOGETHER_BYTES = 16 * 1024;
/** Large content is sent in such pieces, so that each of them is a sign of life. */
const PIECE_BYTES = 256 * 1024;

/** Whether sending it takes a task of its own. */
export function takesTime(payload: Payload): boolean {
  return (
    payload.kind === "stream" || (payload.kind !== "none" && payload.sizeBytes > TOGETHER_BYTES)
  );
}

/** Sends what `takesTime` says no of; whether all of it is with the host. */
export function sendAtOnce(connection: Connection, head: string, payload: Payload): boolean {
  if (payload.kind === "none") return connection.postText(head);
  if (payload.kind === "ascii") return connection.postText(head + payload.text);
  if (payload.kind === "stream") return false;
  const { writer } = connection;
  writer.cork();
  writer.postText(head);
  writer.post(payload.bytes);
  return writer.uncork();
}

export interface Sending {
  readonly exchange: Exchange;
  readonly connection: Connection;
  readonly payload: Payload;
  /** How long to wait for the other side to ask for the content, when it is announced. */
  readonly goAheadMs: number;
  /** The source failed: the connection cannot go on. */
  readonly broken: (error: unknown) => void;
}

/** The body of the task: everything behind the head. */
export async function sendContent(sending: Sending): Promise<void> {
  const { exchange, payload } = sending;
  try {
    if (!(await wanted(sending))) return;
    if (payload.kind === "stream") await sendStream(sending, payload);
    else await sendPieces(sending);
    await sending.connection.flushed({ timeout: exchange.budget.limits.sendMs });
    exchange.wasSent();
  } catch (error) {
    // The exchange is over; how it ended is known already.
    if (isCancelled()) return;
    if (error instanceof SourceFailure) {
      sending.broken(exchange.error("SOURCE", "send", "has a body that failed", error.cause));
    } else if (error instanceof TimeoutError) {
      const what = "was not taken in its time limit (send)";
      sending.broken(exchange.error("TIMEOUT", "send", what, error));
    } else if (!(error instanceof RuntimeError)) throw error;
  }
}

/** An error of the caller's own stream, of whatever class. */
class SourceFailure extends Error {
  constructor(cause: unknown) {
    super("The stream of a request's body failed", { cause });
  }
}

/** Waits for 100 Continue, not for ever: some servers do not know it (RFC 9110 section 10.1.1). */
async function wanted({ exchange, goAheadMs }: Sending): Promise<boolean> {
  if (exchange.goAhead === undefined) return true;
  try {
    return await exchange.goAhead.receive({ timeout: goAheadMs });
  } catch (error) {
    if (error instanceof TimeoutError) return true;
    throw error;
  }
}

async function sendPieces({ exchange, connection, payload }: Sending): Promise<void> {
  if (payload.kind === "none" || payload.kind === "stream") return;
  const timeout = exchange.budget.limits.sendMs;
  const bytes = payload.kind === "ascii" ? Buffer.from(payload.text, "latin1") : payload.bytes;
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const taken = connection.write(bytes.subarray(at, at + PIECE_BYTES), { timeout });
    if (at + PIECE_BYTES >= bytes.length) exchange.written = true;
    await taken;
  }
}

async function sendStream(
  { exchange, connection }: Sending,
  payload: Extract<Payload, { kind: "stream" }>,
): Promise<void> {
  const timeout = exchange.budget.limits.sendMs;
  let sizeBytes = 0;
  for await (const part of fromSource(payload.open)) {
    const bytes = typeof part === "string" ? Buffer.from(part) : part;
    // A chunk of no bytes would say that the body is over.
    if (bytes.length === 0) continue;
    sizeBytes += bytes.length;
    if (payload.sizeBytes === undefined) {
      const framed = [Buffer.from(chunkHead(bytes.length), "latin1"), bytes, CHUNK_END_BYTES];
      await connection.writev(framed, { timeout });
    } else {
      if (sizeBytes > payload.sizeBytes) throw wrongSize(payload.sizeBytes, "more");
      const taken = connection.write(bytes, { timeout });
      if (sizeBytes === payload.sizeBytes) exchange.written = true;
      await taken;
    }
  }
  if (payload.sizeBytes === undefined) {
    const taken = connection.write(LAST_CHUNK, { timeout });
    exchange.written = true;
    await taken;
  } else if (sizeBytes < payload.sizeBytes) throw wrongSize(payload.sizeBytes, `only ${sizeBytes}`);
}

const CHUNK_END_BYTES = Buffer.from(CHUNK_END, "latin1");

function wrongSize(statedBytes: number, came: string): SourceFailure {
  return new SourceFailure(new Error(`${statedBytes} bytes were stated, ${came} came`));
}

/** The caller's parts, with their errors marked as the caller's. */
async function* fromSource(
  open: () => AsyncIterable<string | Uint8Array>,
): AsyncGenerator<string | Uint8Array, void, undefined> {
  let parts: AsyncIterator<string | Uint8Array>;
  let finished = false;
  try {
    parts = open()[Symbol.asyncIterator]();
  } catch (cause) {
    throw new SourceFailure(cause);
  }
  try {
    for (;;) {
      let next: IteratorResult<string | Uint8Array>;
      try {
        next = await parts.next();
      } catch (cause) {
        finished = true;
        throw new SourceFailure(cause);
      }
      finished = next.done === true;
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    // The caller may have a file open; nobody waits for it to close.
    if (!finished) Promise.resolve(parts.return?.()).catch(() => undefined);
  }
}

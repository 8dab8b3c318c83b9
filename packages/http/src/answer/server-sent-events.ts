/**
 * Server-sent events (WHATWG HTML, section 9.2): a response that goes on.
 *
 *     source ──task──> Channel(0) ──┬─ select ──> "id: …\nevent: …\ndata: …\n\n"
 *                     heartbeat ────┘             ":\n\n" when nothing was sent for a while
 *
 * The source is pulled in a task of its own, one event ahead at most, so a client that does not read
 * stops it. The stream ends when the source does, and when the server drains: the browser then comes
 * back by itself, elsewhere, with the id that it saw last.
 */
import {
  after,
  Channel,
  durationMs,
  fromSignal,
  select,
  spawn,
  type Duration,
} from "@hotpath/runtime";
import type { Request, Response } from "../message/exchange.ts";

export interface ServerSentEvent {
  /** Text as it is, any other value as JSON. */
  readonly data: unknown;
  /** Default: "message". */
  readonly event?: string;
  /** What the client will send as Last-Event-ID when it comes back. */
  readonly id?: string | number;
}

export interface EventStreamOptions {
  /** A comment is sent when nothing else was for this long, so that proxies keep the connection. Default: 15 s. */
  readonly heartbeat?: Duration;
  /** How long a client that lost the connection waits before it comes back. */
  readonly retry?: Duration;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

export function eventStream(
  request: Request,
  source: AsyncIterable<ServerSentEvent>,
  options: EventStreamOptions = {},
): Response {
  return {
    status: 200,
    headers: {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      // nginx would gather the events otherwise.
      "x-accel-buffering": "no",
      ...options.headers,
    },
    body: formatted(source, request.draining, options),
  };
}

/** What the client saw last; undefined for one that comes for the first time. */
export function lastEventId(request: Request): string | undefined {
  const id = request.headers.get("last-event-id");
  return id === undefined || id === "" ? undefined : id;
}

async function* formatted(
  source: AsyncIterable<ServerSentEvent>,
  draining: AbortSignal,
  options: EventStreamOptions,
): AsyncGenerator<string, void, undefined> {
  const { heartbeat = "15s", retry } = options;
  if (retry !== undefined) yield `retry: ${durationMs(retry)}\n\n`;
  const events = new Channel<ServerSentEvent>(0, { name: "server-sent events" });
  await using _pump = spawn(() => pump(source, events), { name: "server-sent events" });
  const drained = fromSignal(draining);
  for (;;) {
    const step = await select({ drained, events, beat: after(heartbeat) });
    if (step.kind === "beat") yield ":\n\n";
    else if (step.kind === "events" && !step.closed) yield formatEvent(step.value);
    else return;
  }
}

/** An error of the source is thrown where the response is being sent: it must not look complete. */
async function pump(
  source: AsyncIterable<ServerSentEvent>,
  events: Channel<ServerSentEvent>,
): Promise<void> {
  for await (const event of source) await events.send(event);
  events.close();
}

/** TypeError for an id or a name that would break the stream's lines. */
export function formatEvent({ data, event, id }: ServerSentEvent): string {
  let lines = "";
  if (id !== undefined) lines += `id: ${oneLine("id", String(id))}\n`;
  if (event !== undefined) lines += `event: ${oneLine("name", event)}\n`;
  const text = typeof data === "string" ? data : (JSON.stringify(data) ?? "null");
  for (const line of text.split(/\r\n|\r|\n/)) lines += `data: ${line}\n`;
  return `${lines}\n`;
}

function oneLine(what: string, text: string): string {
  if (/[\r\n\0]/.test(text)) {
    throw new TypeError(`The ${what} of an event is one line: ${JSON.stringify(text)} is not`);
  }
  return text;
}

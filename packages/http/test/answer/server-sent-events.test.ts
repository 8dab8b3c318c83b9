/** Streams of events on virtual time: order, heartbeats, ends and clients that leave. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Channel, simulate, sleep, spawn } from "@hotpath/runtime";
import {
  eventStream,
  lastEventId,
  type EventStreamOptions,
  type ServerSentEvent,
} from "../../src/index.ts";
import { formatEvent } from "../../src/answer/server-sent-events.ts";
import { makeRequest } from "../request.ts";

function bodyOf(
  source: AsyncIterable<ServerSentEvent>,
  options?: EventStreamOptions,
  draining = new AbortController(),
): AsyncIterable<string> {
  const response = eventStream(makeRequest({ draining: draining.signal }), source, options);
  assert.equal(response.headers?.["content-type"], "text/event-stream");
  return response.body as AsyncIterable<string>;
}

async function all(body: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of body) text += piece;
  return text;
}

describe("eventStream", () => {
  test("sends what the source gives and ends with it", async () => {
    await simulate(async () => {
      async function* source(): AsyncGenerator<ServerSentEvent> {
        yield { data: "plain" };
        yield { id: 7, event: "tick", data: { n: 1 } };
      }
      assert.equal(
        await all(bodyOf(source(), { retry: "2s" })),
        'retry: 2000\n\ndata: plain\n\nid: 7\nevent: tick\ndata: {"n":1}\n\n',
      );
    });
  });

  test("beats when nothing was sent for a while, counted from the last event", async () => {
    await simulate(async () => {
      async function* source(): AsyncGenerator<ServerSentEvent> {
        await sleep("25s");
        yield { data: "late" };
        await sleep("9s");
        yield { data: "soon" };
      }
      const text = await all(bodyOf(source(), { heartbeat: "10s" }));
      assert.equal(text, ":\n\n:\n\ndata: late\n\ndata: soon\n\n");
    });
  });

  test("ends in order when the server drains, and closes the source", async () => {
    await simulate(async () => {
      const stop = new AbortController();
      let closed = false;
      async function* source(): AsyncGenerator<ServerSentEvent> {
        try {
          yield { data: 1 };
          await sleep("1h");
        } finally {
          closed = true;
        }
      }
      const reading = spawn(() => all(bodyOf(source(), { heartbeat: "2h" }, stop)));
      await sleep("1s");
      stop.abort();
      assert.equal(await reading, "data: 1\n\n");
      assert.ok(closed);
    });
  });

  test("a client that goes away closes the source", async () => {
    await simulate(async () => {
      const events = new Channel<ServerSentEvent>(0);
      const reading = spawn(() => all(bodyOf(events)));
      await events.send({ data: 1 });
      await sleep("1s");
      await reading.cancel("client gone");
      assert.equal(reading.state, "cancelled");
      assert.equal(events.trySend({ data: 2 }), false);
    });
  });

  test("a client that does not read stops the source", async () => {
    await simulate(async () => {
      let made = 0;
      async function* source(): AsyncGenerator<ServerSentEvent> {
        for (;;) yield { data: ++made };
      }
      for await (const _ of bodyOf(source())) {
        await sleep("1h");
        break;
      }
      assert.ok(made <= 3, `${made} events were made for one that was read`);
    });
  });

  test("an error of the source is an error of the response", async () => {
    await simulate(async () => {
      async function* source(): AsyncGenerator<ServerSentEvent> {
        yield { data: 1 };
        throw new Error("source broke");
      }
      await assert.rejects(all(bodyOf(source())), /source broke/);
    });
  });
});

test("an event's text cannot break its lines", () => {
  assert.equal(formatEvent({ data: "a\nb\r\nc\rd" }), "data: a\ndata: b\ndata: c\ndata: d\n\n");
  assert.equal(formatEvent({ data: undefined }), "data: null\n\n");
  assert.throws(() => formatEvent({ data: 1, id: "1\ndata: x" }), TypeError);
  assert.throws(() => formatEvent({ data: 1, event: "a\rb" }), TypeError);
});

test("lastEventId is what the browser sends when it comes back", () => {
  assert.equal(lastEventId(makeRequest({ headers: { "last-event-id": "42" } })), "42");
  assert.equal(lastEventId(makeRequest()), undefined);
});

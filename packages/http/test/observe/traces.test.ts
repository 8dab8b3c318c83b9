/** Spans of requests, against a tracer that writes down what it is told. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  context,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  trace,
  type Context,
  type Span,
  type SpanOptions,
  type TextMapPropagator,
  type Tracer,
} from "@opentelemetry/api";
import { run } from "@hotpath/runtime";
import { json, route, router, traces, type Handler } from "../../src/index.ts";
import { makeRequest } from "../request.ts";

interface Recorded {
  readonly name: string;
  readonly options: SpanOptions;
  readonly parent: string | undefined;
  readonly state: string | undefined;
  readonly attributes: Record<string, unknown>;
  failed: boolean;
  ended: number;
}

function recorder(): { readonly tracer: Tracer; readonly spans: Recorded[] } {
  const spans: Recorded[] = [];
  const startSpan = (
    name: string,
    options: SpanOptions = {},
    parent: Context = ROOT_CONTEXT,
  ): Span => {
    const caller = trace.getSpanContext(parent);
    const recorded: Recorded = {
      name,
      options,
      parent:
        caller === undefined
          ? undefined
          : `${caller.traceId} ${caller.spanId} ${caller.traceFlags}`,
      state: caller?.traceState?.serialize(),
      attributes: { ...options.attributes },
      failed: false,
      ended: 0,
    };
    spans.push(recorded);
    const span = {
      setAttribute: (key: string, value: unknown) => (recorded.attributes[key] = value),
      setStatus: () => (recorded.failed = true),
      end: () => recorded.ended++,
      spanContext: () => ({ traceId: "f".repeat(32), spanId: "e".repeat(16), traceFlags: 1 }),
    };
    return span as unknown as Span;
  };
  return { tracer: { startSpan } as unknown as Tracer, spans };
}

const PARENT = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;

async function ask(
  handler: Handler,
  target: string,
  headers: Record<string, string> = {},
): Promise<void> {
  await run(async () => {
    await handler(makeRequest({ target, headers }));
  });
}

describe("traces", () => {
  const { tracer, spans } = recorder();
  const app = router(
    [
      route("GET", "/items/:id", () => json(200, {})),
      route("GET", "/broken", () => Promise.reject(new Error("x"))),
    ],
    { middleware: [traces({ tracer })], report: () => {} },
  );
  const last = (): Recorded => spans.at(-1)!;

  test("a span is named after its route and continues the caller's trace", async () => {
    await ask(app, "/items/7?q", { traceparent: PARENT, tracestate: "v=1", "user-agent": "test" });
    assert.equal(last().name, "GET /items/:id");
    assert.equal(last().parent, `${"a".repeat(32)} ${"b".repeat(16)} 1`);
    assert.equal(last().state, "v=1");
    assert.deepEqual(last().attributes, {
      "http.request.method": "GET",
      "url.scheme": "http",
      "url.path": "/items/7",
      "network.protocol.version": "1.1",
      "http.route": "/items/:id",
      "client.address": "127.0.0.1",
      "user_agent.original": "test",
      "http.response.status_code": 200,
    });
    assert.deepEqual([last().ended, last().failed], [1, false]);
  });

  test("a 500 is an error, a 404 is not; unrouted requests are named after their method", async () => {
    await ask(app, "/broken");
    assert.deepEqual([last().failed, last().attributes["error.type"]], [true, "500"]);
    await ask(app, "/nowhere");
    assert.deepEqual([last().name, last().failed], ["GET", false]);
  });

  for (const bad of [
    "junk",
    PARENT.replace("00-", "ff-"),
    `${PARENT}-more`,
    PARENT.replaceAll("a", "0"),
    PARENT.replaceAll("a", "A"),
    `00-${"a".repeat(32)}-${"0".repeat(16)}-01`,
  ]) {
    test(`traceparent ${bad} begins a new trace`, async () => {
      await ask(app, "/items/7", { traceparent: bad });
      assert.equal(last().parent, undefined);
    });
  }

  test("a later version of traceparent is read as far as it is known", async () => {
    await ask(app, "/items/7", { traceparent: `${PARENT.replace("00-", "01-")}-more` });
    assert.ok(last().parent?.startsWith("a".repeat(32)));
  });

  test("a registered propagator is asked instead", async () => {
    const b3: TextMapPropagator = {
      fields: () => ["b3"],
      inject: () => {},
      extract: (at, carrier, getter) => {
        assert.ok(getter.keys(carrier).includes("b3"));
        const traceId = String(getter.get(carrier, "b3"));
        const found = { traceId, spanId: "c".repeat(16), traceFlags: 0 };
        assert.ok(isSpanContextValid(found));
        return trace.setSpanContext(at, found);
      },
    };
    propagation.setGlobalPropagator(b3);
    try {
      await ask(app, "/items/7", { b3: "d".repeat(32), traceparent: PARENT });
      assert.ok(last().parent?.startsWith("d".repeat(32)));
    } finally {
      propagation.disable();
    }
  });

  test("without an SDK nothing happens", async () => {
    const plain = router([route("GET", "/", () => json(200, {}))], { middleware: [traces()] });
    await ask(plain, "/", { traceparent: PARENT });
    assert.equal(trace.getSpan(context.active()), undefined);
  });
});

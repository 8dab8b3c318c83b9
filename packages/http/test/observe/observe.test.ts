/** What logs, metrics and spans say of requests that are answered, streamed, broken off and cancelled. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { simulate, sleep, spawn } from "@hotpath/runtime";
import {
  accessLog,
  httpMetrics,
  json,
  Metrics,
  metricsResponse,
  Problem,
  route,
  router,
  type AccessLine,
  type Handler,
  type Middleware,
  type Response,
} from "../../src/index.ts";
import { makeRequest } from "../request.ts";

async function* slowBody(broken: boolean): AsyncGenerator<string> {
  yield "four";
  await sleep("2s");
  if (broken) throw new Error("disk on fire");
  yield "€";
}

function app(...middleware: Middleware[]): Handler {
  return router(
    [
      route("GET", "/items/:id", async () => {
        await sleep("20ms");
        return json(200, { a: "€" });
      }),
      route("GET", "/stream", ({ query }) => ({
        status: 200,
        body: slowBody(query.has("broken")),
      })),
      route("GET", "/tea", () => {
        throw new Problem({ status: 418, title: "t", detail: "d" });
      }),
      route("GET", "/forever", () => sleep("1h").then(() => json(200, {}))),
    ],
    { middleware },
  );
}

/** What a server does with a response. */
async function send(response: Response): Promise<void> {
  const { body } = response;
  if (typeof body === "object" && !(body instanceof Uint8Array)) for await (const _ of body);
}

async function ask(handler: Handler, target: string, method = "GET"): Promise<void> {
  const headers = { "user-agent": "test/1" };
  await send(await handler(makeRequest({ target, method, headers })));
}

describe("accessLog", () => {
  test("has one line for each request, when its response has ended", async () => {
    const lines: AccessLine[] = [];
    await simulate(async () => {
      const handler = app(
        accessLog((line) => lines.push(line), { skip: ({ path }) => path === "/tea" }),
      );
      await ask(handler, "/items/7?secret=1");
      await ask(handler, "/tea");
      await ask(handler, "/nowhere");
      await ask(handler, "/stream");
      await ask(handler, "/stream", "HEAD").catch(() => {});
      await assert.rejects(ask(handler, "/stream?broken"), /disk on fire/);
      const left = (await handler(makeRequest({ target: "/stream" })))
        .body as AsyncIterable<string>;
      for await (const _ of left) break;
      const task = spawn(() => ask(handler, "/forever"));
      await sleep("1s");
      await task.cancel("gone");
    });
    assert.deepEqual(
      lines.map(({ route: at, status, ms, sizeBytes, complete }) => [
        at,
        status,
        ms,
        sizeBytes,
        complete,
      ]),
      [
        ["/items/:id", 200, 20, 11, true],
        [undefined, 404, 0, lines[1]!.sizeBytes, true],
        ["/stream", 200, 2000, 7, true],
        ["/stream", 200, 0, 0, true],
        ["/stream", 200, 2000, 4, false],
        ["/stream", 200, 0, 4, false],
        ["/forever", 499, 1000, 0, false],
      ],
    );
    const [first] = lines;
    assert.equal(first!.path, "/items/7", "without the query");
    assert.equal(first!.userAgent, "test/1");
    assert.equal(first!.remote, "127.0.0.1:5");
    assert.equal(first!.id, "test-1");
    assert.match(first!.endedAt, /^\d{4}-\d\d-\d\dT/);
  });
});

describe("httpMetrics", () => {
  test("counts by route and status, times the head, and knows what is in flight", async () => {
    const metrics = new Metrics();
    const middle: string[] = [];
    await simulate(async () => {
      const handler = app(httpMetrics(metrics, { prefix: "shop", buckets: [0.01, 0.1] }));
      await ask(handler, "/items/7");
      await ask(handler, "/items/8");
      await ask(handler, "/tea");
      await ask(handler, "/a-path-of-the-client", "BREW");
      const streaming = spawn(() => ask(handler, "/stream"));
      await sleep("1s");
      middle.push(metrics.text());
      await streaming;
    });
    assert.match(middle[0]!, /^shop_requests_in_flight 1$/m);
    const text = metrics.text();
    assert.match(text, /^shop_requests_in_flight 0$/m);
    assert.match(
      text,
      /^shop_requests_total\{method="GET",route="\/items\/:id",status="200"\} 2$/m,
    );
    assert.match(text, /^shop_requests_total\{method="GET",route="\/tea",status="418"\} 1$/m);
    assert.match(text, /^shop_requests_total\{method="other",route="other",status="404"\} 1$/m);
    const series = 'shop_request_duration_seconds_bucket{method="GET",route="/items/:id"';
    assert.ok(
      text.includes(`${series},le="0.01"} 0\n${series},le="0.1"} 2\n${series},le="+Inf"} 2\n`),
    );
    assert.doesNotMatch(text, /a-path-of-the-client|BREW/);
    assert.equal(metricsResponse(metrics).body, text);
  });
});

describe("Metrics", () => {
  test("folds label sets beyond the bound into one, and says so", () => {
    const metrics = new Metrics({ seriesLimit: 3 });
    const counter = metrics.counter("hits_total", "Hits", ["who"]);
    for (let i = 0; i < 10; i++) counter.increment([`client-${i}`]);
    counter.increment(["client-0"], 5);
    const text = metrics.text();
    assert.match(text, /^hits_total\{who="client-0"\} 6$/m);
    assert.match(text, /^hits_total\{who="other"\} 7$/m);
    assert.match(text, /^metrics_folded_total 7$/m);
    assert.equal(text.match(/^hits_total/gm)?.length, 4);
  });

  test("escapes label values, reads gauges when asked, refuses names that are none", () => {
    const metrics = new Metrics();
    metrics.counter("a_total", "two\nlines", ["l"]).increment(['q"\\\n']);
    let value = 1;
    metrics.gauge("g", "gauge", () => value);
    value = 2;
    assert.ok(metrics.text().includes('a_total{l="q\\"\\\\\\n"} 1\n'));
    assert.ok(metrics.text().includes("# HELP a_total two lines\n"));
    assert.match(metrics.text(), /^g 2$/m);
    assert.throws(() => metrics.gauge("g", "", () => 0), TypeError);
    assert.throws(() => metrics.counter("a b", ""), TypeError);
    assert.throws(() => metrics.counter("b", "", ["l-l"]), TypeError);
    assert.throws(() => metrics.counter("c", "", ["l"]).increment([]), TypeError);
  });
});

/** The examples, run as their headers say. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { start } from "./program.ts";

const example = (name: string): string =>
  fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
const ORDER = { sku: "A-1", quantity: 2 };
const HEADERS = { authorization: "Bearer secret", "content-type": "application/json" };

test(
  "30-orders: takes orders, tells of them, describes itself, and stops in order",
  { timeout: 60_000 },
  async () => {
    await using program = await start(example("30-orders.ts"));
    const { url } = program;
    const place = (headers: Record<string, string>, body: unknown = ORDER): Promise<Response> =>
      fetch(`${url}/api/orders`, { method: "POST", headers, body: JSON.stringify(body) });
    const events = await fetch(`${url}/events`);
    const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader();
    assert.equal((await reader.read()).value, "retry: 1000\n\n");

    const refused = await place({ "content-type": "application/json" });
    assert.equal(refused.status, 401);
    assert.equal(refused.headers.get("www-authenticate"), 'Bearer realm="orders"');
    assert.equal((await place(HEADERS, { ...ORDER, quantity: 0 })).status, 422);
    const placed = await place({ ...HEADERS, "x-request-id": "mine-1" });
    assert.equal(placed.status, 201);
    assert.equal(placed.headers.get("x-request-id"), "mine-1");
    assert.deepEqual(await placed.json(), { id: 1, ...ORDER });
    const found = await fetch(url + placed.headers.get("location")!, { headers: HEADERS });
    assert.deepEqual(await found.json(), { id: 1, ...ORDER });
    assert.equal(
      (await reader.read()).value,
      'id: 1\nevent: placed\ndata: {"id":1,"sku":"A-1","quantity":2}\n\n',
    );
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: object };
    assert.deepEqual(Object.keys(document.paths), [
      "/api/orders",
      "/api/orders/{id}",
      "/events",
      "/",
    ]);
    assert.match(
      await (await fetch(`${url}/metrics`)).text(),
      /route="\/api\/orders",status="201"\} 1/,
    );

    program.process.kill("SIGTERM");
    assert.equal((await reader.read()).done, true, "the stream ends in order");
    assert.equal(await program.exited, 0);
    const last = JSON.parse(program.lines.at(-1)!) as { path: string; complete: boolean };
    assert.deepEqual([last.path, last.complete], ["/events", true]);
  },
);

test("31-hono: a Hono app answers and stops in order", { timeout: 60_000 }, async () => {
  await using program = await start(example("31-hono.ts"));
  assert.deepEqual(await (await fetch(`${program.url}/hello/you`)).json(), { hello: "you" });
  program.process.kill("SIGTERM");
  assert.equal(await program.exited, 0);
});

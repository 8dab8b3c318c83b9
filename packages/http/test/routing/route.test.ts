/** Input checked before the handler sees it, and answers before the client does. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { route, router, type Response, type Violation } from "../../src/index.ts";
import { makeRequest, type RequestParts } from "../request.ts";

const reported: unknown[] = [];
const app = router(
  [
    route(
      "POST",
      "/orders/:shop",
      {
        params: z.object({ shop: z.coerce.number().int() }),
        query: z.object({
          tag: z.array(z.string()).optional(),
          dry: z.stringbool().default(false),
        }),
        body: z.strictObject({
          amount: z.int().positive(),
          items: z.array(z.strictObject({ sku: z.string() })).max(3),
        }),
        bodyLimitBytes: 200,
        answers: { 201: { description: "made", schema: z.strictObject({ id: z.number() }) } },
      },
      (_request, { body, params, query, reply }) => {
        const wrong = query.dry ? { note: "dry" } : {};
        return reply(201, { id: params.shop * 1000 + body.amount, ...wrong });
      },
    ),
  ],
  { report: (error) => reported.push(error) },
);
const GOOD = { amount: 5, items: [{ sku: "a" }] };

function post(body: unknown, parts: RequestParts = {}): Promise<Response> {
  return Promise.resolve(
    app(
      makeRequest({
        method: "POST",
        target: "/orders/7",
        headers: { "content-type": "application/json" },
        body: typeof body === "string" ? body : JSON.stringify(body),
        ...parts,
      }),
    ),
  );
}

async function violations(response: Promise<Response>): Promise<readonly Violation[]> {
  const { status, body } = await response;
  assert.equal(status, 422, JSON.stringify(body));
  return (JSON.parse(body as string) as { errors: Violation[] }).errors;
}

describe("a route with schemas", () => {
  test("gives the handler the schemas' output", async () => {
    const response = await post(GOOD);
    assert.equal(response.status, 201);
    assert.equal(response.body, '{"id":7005}');
    assert.equal(response.headers?.["content-type"], "application/json; charset=utf-8");
  });

  test("names every offending path of a body", async () => {
    const paths = (await violations(post({ amount: 0, items: [{ sku: 1 }, {}], x: 1, y: 2 }))).map(
      ({ path }) => path,
    );
    assert.deepEqual(paths.sort(), ["amount", "items.0.sku", "items.1.sku", "x", "y"]);
    assert.deepEqual((await violations(post([])))[0]!.path, "(body)");
  });

  test("checks path and query", async () => {
    assert.equal((await violations(post(GOOD, { target: "/orders/x" })))[0]!.path, "shop");
    assert.equal((await violations(post(GOOD, { target: "/orders/7?dry=often" })))[0]!.path, "dry");
    assert.equal((await post(GOOD, { target: "/orders/7?tag=a&tag=b" })).status, 201);
  });

  test("an answer that breaks its schema is a 500 and reported", async () => {
    const response = await post(GOOD, { target: "/orders/7?dry=yes" });
    assert.equal(response.status, 500);
    assert.match((reported[0] as Error).message, /breaks the route's schema: note: unknown field/);
  });

  for (const [what, status, parts] of [
    ["a body that is not JSON", 400, { body: "{" }],
    ["a body that is not UTF-8", 400, { body: new Uint8Array([0x22, 0xff, 0x22]) }],
    ["an empty body", 400, { body: "" }],
    ["another content type", 415, { headers: { "content-type": "text/plain" } }],
    ["no content type", 415, { headers: {} }],
    ["a body beyond the route's limit", 413, { body: `"${"x".repeat(300)}"` }],
  ] as const) {
    test(`${what} is ${status}`, async () => {
      assert.equal((await post(GOOD, parts)).status, status);
    });
  }

  for (const type of [
    "application/json; charset=utf-8",
    "Application/JSON",
    "application/vnd.x+json",
  ]) {
    test(`${type} is JSON`, async () => {
      assert.equal((await post(GOOD, { headers: { "content-type": type } })).status, 201);
    });
  }
});

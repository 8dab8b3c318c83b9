/** Which pages may call, and what their browsers are told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { cors, json, route, router, type CorsOptions, type Response } from "../../src/index.ts";
import { makeRequest } from "../request.ts";

async function ask(
  options: CorsOptions,
  headers: Record<string, string>,
  method = "GET",
): Promise<Response> {
  const app = router([route("GET", "/x", () => json(200, {}, { vary: "accept" }))], {
    middleware: [cors(options)],
  });
  return app(makeRequest({ target: "/x", method, headers }));
}

const PREFLIGHT = { origin: "https://a.example", "access-control-request-method": "PUT" };

test("a page of a listed origin may read the answer, and caches keep origins apart", async () => {
  const options = { origins: ["https://a.example"], credentials: true, exposed: ["x-total"] };
  const { headers } = await ask(options, { origin: "https://a.example" });
  assert.equal(headers?.["access-control-allow-origin"], "https://a.example");
  assert.equal(headers?.["access-control-allow-credentials"], "true");
  assert.equal(headers?.["access-control-expose-headers"], "x-total");
  assert.equal(headers?.["vary"], "accept, origin");
});

test("a page of another origin gets no permission, nor does a request without one", async () => {
  for (const headers of [{ origin: "https://b.example" }, { origin: "null" }, {}]) {
    const response = await ask({ origins: ["https://a.example"] }, headers);
    assert.equal(response.status, 200);
    assert.equal(response.headers?.["access-control-allow-origin"], undefined);
    assert.equal(response.headers?.["vary"], "accept, origin");
  }
});

test("a preflight is answered, for any path and method; errors are marked too", async () => {
  const response = await ask({ origins: "any", headers: ["x-key"] }, PREFLIGHT, "OPTIONS");
  assert.equal(response.status, 204);
  assert.equal(response.headers?.["access-control-allow-origin"], "*");
  assert.equal(response.headers?.["access-control-allow-headers"], "x-key");
  const refused = await ask({ origins: ["https://c.example"] }, PREFLIGHT, "OPTIONS");
  assert.equal(refused.headers?.["access-control-allow-methods"], undefined);
  const wrong = await ask({ origins: "any" }, { origin: "https://a.example" }, "DELETE");
  assert.equal(wrong.status, 405);
  assert.equal(wrong.headers?.["access-control-allow-origin"], "*");
});

test("an OPTIONS that is no preflight is the router's", async () => {
  assert.equal((await ask({ origins: "any" }, {}, "OPTIONS")).headers?.["allow"], "GET, HEAD");
});

test("credentials for any origin are refused", () => {
  assert.throws(() => cors({ origins: "any", credentials: true }), TypeError);
});

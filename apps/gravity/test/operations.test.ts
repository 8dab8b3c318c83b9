/** Health, metrics, presets, the OpenAPI document, and the page. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startService, type TestService } from "./service.ts";

describe("operations", { timeout: 120_000 }, () => {
  let service: TestService;
  before(async () => (service = await startService()));
  after(() => service[Symbol.asyncDispose]());

  test("healthz and readyz answer 200, HEAD without a body", async () => {
    assert.equal((await service.get("/healthz")).status, 200);
    assert.equal((await service.get("/readyz")).status, 200);
    const head = await fetch(`${service.url}/readyz`, { method: "HEAD" });
    assert.equal(head.status, 200);
    assert.equal(await head.text(), "");
  });

  test("metrics are Prometheus text that counts requests and jobs", async () => {
    const id = await service.create();
    await service.finished(id);
    const text = await (await service.get("/metrics")).text();
    assert.match(
      text,
      /hotpath_http_requests_total\{method="POST",route="\/api\/v1\/simulations",status="202"\} 1/,
    );
    assert.match(text, /hotpath_jobs_total\{status="successful"\} 1/);
    assert.match(
      text,
      /hotpath_http_request_duration_seconds_bucket\{method="POST",route="\/api\/v1\/simulations",le="\+Inf"\} 1/,
    );
    for (const line of text.trim().split("\n")) {
      assert.match(
        line,
        /^(# (TYPE|HELP) \w+ .+|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [-+.\deInf]+)$/,
        line,
      );
    }
  });

  test("presets say what they are and what suits them", async () => {
    const { presets } = (await (await service.get("/api/v1/presets")).json()) as {
      presets: { kind: string; particles: object; integrator: string }[];
    };
    const kinds = presets.map(({ kind }) => kind);
    for (const kind of ["plummer", "disk", "galaxies", "solar-system", "figure-eight"])
      assert.ok(kinds.includes(kind));
  });

  test("every preset runs with its own settings", async () => {
    const { presets } = (await (await service.get("/api/v1/presets")).json()) as {
      presets: { kind: string; integrator: string; dt: number }[];
    };
    for (const { kind, integrator, dt } of presets) {
      const request = {
        name: kind,
        initial: { kind },
        integrator,
        dt,
        steps: 20,
        snapshotEvery: 10,
      };
      const response = await service.post("/api/v1/simulations", request);
      assert.equal(response.status, 202, kind);
      const { simulation_id: id } = (await response.json()) as { simulation_id: string };
      const { status, energyError } = await service.finished(id);
      assert.equal(status, "successful", kind);
      assert.ok(energyError < 1e-3, `${kind}: energy error ${energyError}`);
    }
  });

  test("openapi.json describes every route, with the bodies' schemas", async () => {
    const document = (await (await service.get("/openapi.json")).json()) as {
      openapi: string;
      paths: Record<
        string,
        Record<string, { requestBody?: unknown; responses: object; operationId: string }>
      >;
    };
    assert.equal(document.openapi, "3.1.0");
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
    assert.ok(document.paths["/api/v1/simulations/{id}"]?.["delete"]);
    assert.ok(document.paths["/simulate"]?.["post"]?.requestBody);
    const creation = JSON.stringify(document.paths["/api/v1/simulations"]?.["post"]);
    for (const field of ["snapshotEvery", "collisions", "restitution", "theta", "errorTarget"]) {
      assert.match(creation, new RegExp(`"${field}"`));
    }
    assert.ok(document.paths["/api/v1/simulations/{id}/checkpoint"]?.["get"]);
    // A GET of everything that takes no parameter answers.
    for (const [path, methods] of Object.entries(document.paths)) {
      if (!path.includes("{") && "get" in methods)
        assert.equal((await service.get(path)).status, 200, path);
    }
  });

  test("the page is served at / with its policy, and revalidated by its tag", async () => {
    const page = await service.get("/");
    assert.equal(page.status, 200);
    assert.match(await page.text(), /<title>/);
    const tag = page.headers.get("etag");
    if (tag !== null) assert.equal((await service.get("/", { "if-none-match": tag })).status, 304);
  });
});

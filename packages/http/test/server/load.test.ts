/** Too much at once, and the end of a server. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Event, sleep, spawn } from "@hotpath/runtime";
import type { Handler } from "../../src/index.ts";
import { RawClient } from "./raw-client.ts";
import { GET, hello, withServer } from "./simulated-server.ts";

test("beyond the limit of requests in flight, 503 with Retry-After, and the connection stays", async () => {
  const released = new Event();
  const handler: Handler = async () => {
    await released.wait();
    return { status: 200 };
  };
  await withServer(
    { handler, limits: { requestsInFlight: 1 }, retryAfterSeconds: 7 },
    async (client, server) => {
      released.reset();
      await client.send(GET);
      await sleep(10);
      await using second = await RawClient.connect(server.port);
      const shed = await second.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
      assert.equal(shed?.status, 503);
      assert.equal(shed.headers.get("retry-after"), "7");
      assert.equal(server.shedCount, 1);
      released.set();
      assert.equal((await client.receive())?.status, 200);
      assert.equal((await second.ask(GET))?.status, 200);
    },
  );
});

test("beyond the limit of connections, 503 and closed", () =>
  withServer({ handler: hello, limits: { connections: 1 } }, async (_client, server) => {
    await sleep(10);
    await using second = await RawClient.connect(server.port);
    assert.equal((await second.receive())?.status, 503);
    assert.equal(await second.receive(), undefined);
  }));

test("the last request that a connection may make is told so", () =>
  withServer({ handler: hello, limits: { requestsPerConnection: 2 } }, async (client) => {
    await client.send(GET, GET, GET);
    assert.equal((await client.receive())?.persistent, true);
    assert.equal((await client.receive())?.persistent, false);
    assert.equal(await client.receive(), undefined);
  }));

test("drain: what is idle is closed, what is in progress is answered, what takes too long is cancelled", () =>
  withServer(
    {
      handler: async (request) => {
        await sleep(request.path === "/slow" ? "1h" : "2s");
        return { status: 200 };
      },
      timeouts: { handler: "10h" },
    },
    async (idle, server) => {
      await using quick = await RawClient.connect(server.port);
      await using slow = await RawClient.connect(server.port);
      await quick.send(GET);
      await slow.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
      await sleep("1s");
      const draining = spawn(() => server.drain({ grace: "10s" }));
      assert.equal(await idle.receive(), undefined);
      const answer = await quick.receive();
      assert.equal(answer?.status, 200);
      assert.equal(answer.persistent, false);
      await assert.rejects(RawClient.connect(server.port), /ECONNREFUSED/);
      await assert.rejects(slow.receive(), /ECONNRESET|reset/);
      await draining;
      assert.equal(server.connectionCount, 0);
    },
  ));

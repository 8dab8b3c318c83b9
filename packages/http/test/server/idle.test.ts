/** Many connections that do nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  connectTcp,
  group,
  monotonic,
  run,
  simulate,
  sleep,
  type Connection,
} from "@hotpath/runtime";
import { serve } from "../../src/index.ts";

const GET = Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

async function ask(connection: Connection): Promise<void> {
  await connection.write(GET);
  const response = await connection.readUntil("hello");
  assert.match(new TextDecoder().decode(response), /^HTTP\/1.1 200/);
}

async function connectMany(port: number, count: number): Promise<Connection[]> {
  const connections: Connection[] = [];
  await group(
    async (tasks) => {
      for (let index = 0; index < count; index++) {
        tasks.spawn(async () => {
          const connection = await connectTcp({ port });
          connections.push(connection);
          await ask(connection);
        });
      }
    },
    { limit: 64 },
  );
  return connections;
}

test("10 000 idle connections are kept, answer again, and are closed when their time is up", () =>
  simulate(
    async () => {
      await using server = await serve({
        handler: () => ({ status: 200, body: "hello" }),
        timeouts: { idle: "65s" },
      });
      const connections = await connectMany(server.port, 10_000);
      await sleep("60s");
      assert.equal(server.connectionCount, 10_000);
      for (let index = 0; index < 10_000; index += 100) await ask(connections[index]!);
      await sleep("10s");
      assert.equal(server.connectionCount, 100);
      const startMs = monotonic();
      await sleep("60s");
      assert.equal(server.connectionCount, 0);
      assert(monotonic() > startMs);
      for (const connection of connections) connection.reset();
    },
    { maxSteps: 100_000_000, network: { shortReadChance: 0 } },
  ));

test("2 000 idle connections on the host's network cost the requests of another nothing but time", () =>
  run(async () => {
    await using server = await serve({ handler: () => ({ status: 200, body: "hello" }) });
    const connections = await connectMany(server.port, 2000);
    assert.equal(server.connectionCount, 2000);
    for (const connection of connections.slice(0, 50)) await ask(connection);
    for (const connection of connections) connection.reset();
    while (server.connectionCount > 0) await sleep(5);
  }));

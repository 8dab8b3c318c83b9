/** What the simulated network does to connections when it misbehaves. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  connectTcp,
  explore,
  group,
  IoError,
  listenTcp,
  simulate,
  simulatedNetwork,
  sleep,
  spawn,
  TimeoutError,
} from "@hotpath/runtime";
import { echo, pair } from "../conformance/net-suite.ts";

test("during a partition nothing arrives; after it everything does, in order", async () => {
  await explore(
    async () => {
      const network = simulatedNetwork();
      await using listener = await network.at("10.0.0.2", () =>
        listenTcp({ host: "10.0.0.2", port: 7 }),
      );
      await using near = await connectTcp({ host: "10.0.0.2", port: 7 });
      await using far = await listener.accept();
      network.partition(["127.0.0.1"], ["10.0.0.2"]);
      for (let k = 0; k < 5; k++) await near.write(`${k}`);
      const buffer = new Uint8Array(5);
      await assert.rejects(far.read(buffer, { timeout: "1m" }), TimeoutError);
      network.heal();
      await far.readExactly(buffer);
      assert.equal(new TextDecoder().decode(buffer), "01234");
    },
    { seeds: 50 },
  );
});

test("a host that loses power breaks its connections and no others", async () => {
  await simulate(async () => {
    const network = simulatedNetwork();
    await using listener = await network.at("10.0.0.2", () =>
      listenTcp({ host: "10.0.0.2", port: 7 }),
    );
    await using near = await connectTcp({ host: "10.0.0.2", port: 7 });
    await using _far = await listener.accept();
    const { near: other, far: otherFar } = await pair();
    network.breakConnections("10.0.0.2");
    await assert.rejects(near.read(new Uint8Array(1)), (error: unknown) => {
      return error instanceof IoError && error.systemCode === "ECONNRESET" && error.retryable;
    });
    await other.write("x");
    assert.equal(await otherFar.read(new Uint8Array(1)), 1);
    await other.close();
    await otherFar.close();
  });
});

test("whatever the network does, an echo returns what was sent or an error (seeds 1 to 200)", async () => {
  let broken = 0;
  let whole = 0;
  await explore(
    async (seed) => {
      simulatedNetwork().change({
        latencyMs: [0, 50],
        shortReadChance: 0.5,
        resetChance: 0.01,
        windowBytes: 1 + ((seed * 37) % 5000),
      });
      await using listener = await listenTcp();
      const server = spawn(async () => {
        await group(
          async (tasks) => {
            for await (const connection of listener) {
              tasks.spawn(() => echo(connection).catch(() => {}));
            }
          },
          { failFast: false },
        );
      });
      for (let k = 0; k < 4; k++) {
        const sent = new Uint8Array(3000).map((_, index) => (index * seed + k) & 255);
        try {
          await using connection = await connectTcp({ port: listener.port });
          const back = await group(async (tasks) => {
            tasks.spawn(async () => {
              await connection.write(sent);
              await connection.closeWrite();
            });
            return await connection.reader.readAll();
          });
          assert.deepEqual(new Uint8Array(back), sent);
          whole++;
        } catch (error) {
          if (!(error instanceof IoError)) throw error;
          broken++;
        }
      }
      listener.close();
      await server;
    },
    { seeds: 200 },
  );
  assert.ok(broken > 20 && whole > 200, `${broken} broken, ${whole} whole`);
});

test("ten days of a service on a bad network take a moment", async () => {
  await simulate(async () => {
    simulatedNetwork().change({ latencyMs: [1, 200] });
    await using listener = await listenTcp();
    const server = spawn(async () => {
      for await (const connection of listener) spawn(() => echo(connection));
    });
    for (let hour = 0; hour < 240; hour++) {
      await using connection = await connectTcp({ port: listener.port });
      await connection.write("still there?");
      const buffer = new Uint8Array(12);
      await connection.readExactly(buffer, { timeout: "10s" });
      await sleep("1h");
    }
    listener.close();
    await server;
  });
});

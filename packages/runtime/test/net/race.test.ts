/** Happy eyeballs: which address of a host is connected to, and when. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  connectTcp,
  explore,
  IoError,
  listenTcp,
  monotonic,
  simulate,
  simulatedDns,
  simulatedNetwork,
  sleep,
  spawn,
  TimeoutError,
} from "@hotpath/runtime";
import { takeTurns } from "../../src/net/race.ts";

test("addresses of the two families take turns, beginning with the first one's", () => {
  const address = (text: string) => ({
    address: text,
    family: text.includes(":") ? (6 as const) : (4 as const),
  });
  const order = (...texts: string[]) => takeTurns(texts.map(address)).map((taken) => taken.address);
  assert.deepEqual(order("::a", "::b", "1.1", "1.2", "1.3"), ["::a", "1.1", "::b", "1.2", "1.3"]);
  assert.deepEqual(order("1.1", "::a"), ["1.1", "::a"]);
  assert.deepEqual(order("1.1"), ["1.1"]);
  assert.deepEqual(order(), []);
});

/** A host "db" with a silent address, a refusing one, and one that works. */
async function threeAddresses(): Promise<Awaited<ReturnType<typeof listenTcp>>> {
  const network = simulatedNetwork();
  simulatedDns().name("db", ["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
  network.partition(["127.0.0.1"], ["10.0.0.1"]);
  return network.at("10.0.0.3", () => listenTcp({ host: "10.0.0.3", port: 80 }));
}

test("connectTcp() goes on to the next address after 250 ms of silence, at once after a refusal (seeds 1 to 100)", async () => {
  await explore(
    async () => {
      await using listener = await threeAddresses();
      const startMs = monotonic();
      await using connection = await connectTcp({ host: "db", port: 80 });
      const tookMs = monotonic() - startMs;
      assert.ok(tookMs > 500 && tookMs < 510, `${tookMs} ms`);
      assert.equal(connection.remote?.kind === "tcp" && connection.remote.host, "10.0.0.3");
      await using accepted = await listener.accept();
      await accepted.write("x");
      assert.equal(await connection.read(new Uint8Array(1)), 1);
      // The attempt at the silent address was called off: when it gets through nobody is bothered.
      simulatedNetwork().heal();
      await sleep("1s");
    },
    { seeds: 100 },
  );
});

test("connectTcp() to a host that refuses everywhere says so, with every reason", async () => {
  await simulate(async () => {
    simulatedDns().name("down", ["10.0.0.1", "::1"]);
    const startMs = monotonic();
    await assert.rejects(connectTcp({ host: "down", port: 80 }), (error: unknown) => {
      assert.ok(error instanceof IoError);
      assert.equal(error.systemCode, "ECONNREFUSED");
      assert.equal((error.cause as AggregateError).errors.length, 2);
      return true;
    });
    assert.ok(monotonic() - startMs < 20, "a refusal is not waited out");
    await assert.rejects(connectTcp({ host: "down", port: 80, family: 6 }), IoError);
    await assert.rejects(connectTcp({ host: "nowhere", port: 80 }), (error: unknown) => {
      return error instanceof IoError && error.systemCode === "ENOTFOUND";
    });
  });
});

test("one timeout covers the lookup and every attempt; cancelling calls all of them off", async () => {
  await simulate(async () => {
    const network = simulatedNetwork();
    simulatedDns().name("silent", ["10.0.0.1", "10.0.0.2"]);
    simulatedDns().latencyMs = 300;
    network.partition(["127.0.0.1"], ["10.0.0.1", "10.0.0.2"]);
    const startMs = monotonic();
    await assert.rejects(connectTcp({ host: "silent", port: 80, timeout: 1000 }), TimeoutError);
    assert.equal(Math.round(monotonic() - startMs), 1000);
    const task = spawn(() => connectTcp({ host: "silent", port: 80 }));
    await sleep(400);
    await task.cancel();
    network.heal();
    await sleep("1s");
    assert.equal(network.connectionCount, 0);
  });
});

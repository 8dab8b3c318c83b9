/** The link against the emulated processor on HTTP: every answer of the contest's processors, and none. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { router, serve } from "@hotpath/http";
import { listenTcp, simulate, simulatedNetwork, sleep } from "@hotpath/runtime";
import { emulatorRoutes } from "../../src/processor/emulator-routes.ts";
import { Emulator } from "../../src/processor/emulator.ts";
import { HttpLink } from "../../src/processor/http-link.ts";

const order = {
  id: "4a7901b8-7d26-4d9d-aa19-4dc1c7cf60b3",
  amountMinor: 1990,
  requestedAtMs: 1_770_000_000_123,
};

async function withLink(
  body: (link: HttpLink, emulator: Emulator) => Promise<void>,
  permits?: number,
): Promise<void> {
  await simulate(async () => {
    const emulator = new Emulator({
      feeRate: 0.05,
      ...(permits === undefined ? {} : { permits, queueLimit: 0 }),
    });
    const network = simulatedNetwork();
    const listen = { host: "10.0.0.2", port: 8080 };
    await using server = await network.at("10.0.0.2", () =>
      serve({ handler: router(emulatorRoutes(emulator)), listen }),
    );
    assert.equal(server.port, 8080);
    await using link = new HttpLink("http://10.0.0.2:8080", { answerMs: 3000 });
    await body(link, emulator);
  });
}

test("a payment is recorded once, and found as it was sent", async () => {
  await withLink(async (link, emulator) => {
    assert.deepEqual(await link.lookUp(order.id), { kind: "absent" });
    assert.deepEqual(await link.pay(order), { kind: "recorded" });
    assert.deepEqual(await link.pay(order), { kind: "duplicate" });
    const { amountMinor, requestedAtMs } = order;
    assert.deepEqual(await link.lookUp(order.id), { kind: "found", amountMinor, requestedAtMs });
    assert.deepEqual(emulator.totals(), { count: 1, amountMinor: 1990 });
  });
});

test("the failure answer and the limiter's are sure, silence is not", async () => {
  await withLink(async (link, emulator) => {
    emulator.failing = true;
    assert.deepEqual(await link.pay(order), { kind: "failed", full: false });
    emulator.failing = false;
    emulator.delayMs = 10_000;
    assert.deepEqual(await link.pay(order), { kind: "unknown" });
    // The one that nobody waits for any more is still at work, and has the only permit.
    assert.deepEqual(await link.pay(order), { kind: "failed", full: true });
    await sleep(10_000);
    assert.deepEqual(emulator.totals(), { count: 1, amountMinor: 1990 });
  }, 1);
});

test("health is answered once in its window, and a caller that hangs gives up", async () => {
  await withLink(async (link, emulator) => {
    emulator.delayMs = 20;
    emulator.failing = true;
    const health = { kind: "health", failing: true, minResponseMs: 20 };
    assert.deepEqual(await link.health(), health);
    assert.deepEqual(await link.health(), { kind: "unknown" });
    await sleep(10_000);
    assert.deepEqual(await link.health(), health);
  });
});

test("a processor that is not there has surely not recorded anything", async () => {
  await simulate(async () => {
    await using link = new HttpLink("http://10.0.0.2:8080");
    assert.deepEqual(await link.pay(order), { kind: "failed", full: false });
    assert.deepEqual(await link.lookUp(order.id), { kind: "unknown" });
    assert.deepEqual(await link.health(), { kind: "unknown" });
  });
});

test("a connection that breaks after the request was sent says nothing", async () => {
  await simulate(async () => {
    const network = simulatedNetwork();
    await using listener = await network.at("10.0.0.2", () =>
      listenTcp({ host: "10.0.0.2", port: 8080 }),
    );
    listener.onConnection((connection) => {
      connection.reader.tap = (chunk) => {
        connection.reset();
        return chunk.length;
      };
      connection.reader.arm();
    });
    await using link = new HttpLink("http://10.0.0.2:8080");
    assert.deepEqual(await link.pay(order), { kind: "unknown" });
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  explore,
  group,
  IoError,
  Resolver,
  run,
  simulate,
  simulatedDns,
  sleep,
  spawn,
  TimeoutError,
} from "@hotpath/runtime";

function isNotFound(error: unknown): boolean {
  return error instanceof IoError && error.systemCode === "ENOTFOUND";
}

test("Resolver.resolve() looks a name up once for any number of tasks (seeds 1 to 100)", async () => {
  await explore(
    async () => {
      simulatedDns().name("db", ["10.0.0.2", "10.0.0.3"]);
      const resolver = new Resolver();
      await group((tasks) => {
        for (let k = 0; k < 20; k++) {
          tasks.spawn(async () => {
            const addresses = await resolver.resolve(k % 2 === 0 ? "db" : "DB");
            assert.deepEqual(
              addresses.map(({ address }) => address),
              ["10.0.0.2", "10.0.0.3"],
            );
          });
        }
      });
      assert.equal(simulatedDns().lookupCount, 1);
    },
    { seeds: 100 },
  );
});

test("Resolver.resolve() that is cancelled or late leaves the lookup to the others", async () => {
  await simulate(async () => {
    simulatedDns().name("slow", ["10.0.0.2"]);
    simulatedDns().latencyMs = 100;
    const resolver = new Resolver();
    const first = spawn(() => resolver.resolve("slow"));
    const second = spawn(() => resolver.resolve("slow"));
    await assert.rejects(resolver.resolve("slow", { timeout: 10 }), TimeoutError);
    await first.cancel();
    assert.equal((await second).length, 1);
    assert.equal((await resolver.resolve("slow")).length, 1);
    assert.equal(simulatedDns().lookupCount, 1);
  });
});

test("answers are kept for their time, failures for theirs, and forget() drops them", async () => {
  await simulate(async () => {
    const dns = simulatedDns();
    const resolver = new Resolver({ ttl: "10s", negativeTtl: "1s" });
    await assert.rejects(resolver.resolve("web"), isNotFound);
    await assert.rejects(resolver.resolve("web"), isNotFound);
    assert.equal(dns.lookupCount, 1);
    dns.name("web", ["10.0.0.9", "::9"]);
    await sleep("2s");
    assert.deepEqual(await resolver.resolve("web"), [
      { address: "10.0.0.9", family: 4 },
      { address: "::9", family: 6 },
    ]);
    await sleep("9s");
    await resolver.resolve("web");
    assert.equal(dns.lookupCount, 2);
    await sleep("2s");
    await resolver.resolve("web");
    assert.equal(dns.lookupCount, 3);
    resolver.forget("WEB");
    await resolver.resolve("web");
    assert.equal(resolver.lookupCount, 4);
  });
});

test("a resolver keeps no more names than its limit, and drops the one used longest ago", async () => {
  await simulate(async () => {
    const dns = simulatedDns();
    for (const name of ["a", "b", "c"]) dns.name(name, ["10.0.0.1"]);
    const resolver = new Resolver({ limit: 2 });
    for (const name of ["a", "b", "a", "c", "a"]) await resolver.resolve(name);
    assert.equal(dns.lookupCount, 3);
    await resolver.resolve("b");
    assert.equal(dns.lookupCount, 4);
    assert.throws(() => new Resolver({ limit: 0 }), RangeError);
    assert.throws(() => resolver.resolve("not a host"), TypeError);
  });
});

test("on the host: a numeric address is its own, localhost is found", async () => {
  await run(async () => {
    const resolver = new Resolver();
    assert.deepEqual(await resolver.resolve("::1"), [{ address: "::1", family: 6 }]);
    assert.equal(resolver.lookupCount, 0);
    const found = await resolver.resolve("localhost");
    assert.ok(found.some(({ address }) => address === "127.0.0.1" || address === "::1"));
  });
});

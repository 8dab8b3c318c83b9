import assert from "node:assert/strict";
import { test } from "node:test";
import {
  explore,
  external,
  monotonic,
  run,
  simulate,
  sleep,
  spawn,
  yieldNow,
} from "@hotpath/runtime";

/** Three tasks that take turns as the seed wills; their order. */
async function order(): Promise<string> {
  const steps: string[] = [];
  const tasks = ["a", "b", "c"].map((name) =>
    spawn(async () => {
      for (let k = 0; k < 3; k++) {
        steps.push(name);
        await yieldNow();
      }
    }),
  );
  for (const task of tasks) await task;
  return steps.join("");
}

test("simulate() gives the same run for the same seed and other runs for other seeds", async () => {
  const orders = new Set<string>();
  for (let seed = 1; seed <= 50; seed++) {
    const first = await simulate(order, { seed });
    assert.equal(await simulate(order, { seed }), first);
    orders.add(first);
  }
  assert.ok(orders.size > 40, `${orders.size} of 50 seeds differ`);
});

test("explore() finds the interleaving that breaks a program, and its replay string breaks it again", async () => {
  let lastOrder = "";
  const race = async (): Promise<void> => {
    let balance = 0;
    let log = "";
    const deposit = async (name: string): Promise<void> => {
      const before = balance;
      log += name;
      await yieldNow();
      balance = before + 1;
      log += name;
    };
    const tasks = [spawn(() => deposit("a")), spawn(() => deposit("b"))];
    for (const task of tasks) await task;
    lastOrder = log;
    assert.equal(balance, 2, "a deposit was lost");
  };
  const failure = await explore(race, { seeds: 200 }).then(
    () => assert.fail("the race was not found"),
    (error: Error) => error,
  );
  const replay = /replay: "([^"]+)"/.exec(failure.message)![1]!;
  const brokenOrder = lastOrder;
  await assert.rejects(simulate(race, { replay }), /a deposit was lost/);
  assert.equal(lastOrder, brokenOrder);
});

test("a replay string that is none is refused", async () => {
  await assert.rejects(
    simulate(() => {}, { replay: "what" }),
    RangeError,
  );
});

test("a task that never yields is reported by name", async () => {
  const spin = async (): Promise<void> => {
    await spawn(
      async () => {
        await yieldNow();
        const end = performance.now() + 5;
        while (performance.now() < end);
        await yieldNow();
      },
      { name: "spinner" },
    );
  };
  await assert.rejects(simulate(spin, { maxStepMs: 5 }), {
    code: "STALLED",
    message: /task "spinner".* kept its thread for \d+ ms/,
  });
});

test("a simulation that goes on for ever is stopped", async () => {
  const forever = async (): Promise<void> => {
    for (;;) await sleep("1h");
  };
  await assert.rejects(simulate(forever, { maxSteps: 500 }), { code: "LIMIT" });
});

test("external() makes a simulation wait for the world outside instead of jumping ahead", () =>
  simulate(async () => {
    const late = spawn(async () => {
      await sleep("1h");
      return "timer";
    });
    const value = await external(new Promise((resolve) => setTimeout(resolve, 5, "outside")));
    assert.equal(value, "outside");
    assert.equal(monotonic(), 0, "no virtual time has passed");
    await late.cancel();
  }));

test("external() in a real run is the promise itself", async () => {
  assert.equal(await run(() => external(Promise.resolve(3))), 3);
});

import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { test } from "node:test";
import {
  Channel,
  Mutex,
  TaskLocal,
  run,
  runtime,
  simulate,
  sleep,
  spawn,
  withTimeout,
  yieldNow,
} from "@hotpath/runtime";

test("dump() shows the tree: states, what each waits on, ages and sites", () =>
  simulate(async () => {
    const orders = new Channel<number>(0, { name: "orders" });
    const mutex = new Mutex({ name: "ledger" });
    const outer = spawn(
      async () => {
        using _ = await mutex.lock();
        spawn(() => withTimeout("1h", () => orders.receive()), { name: "inner" });
        await sleep("30m");
      },
      { name: "outer" },
    );
    while (!mutex.locked) await yieldNow();
    const blocked = spawn(() => mutex.lock().then((held) => held.unlock()), { name: "blocked" });
    await sleep("10m");
    const [main] = runtime.dump();
    assert.equal(main!.name, "main");
    const [first, second] = main!.children;
    assert.deepEqual(
      [first!.name, first!.state, first!.waits, first!.ageMs],
      ["outer", "parked", ["sleep on the clock"], 600_000],
    );
    assert.match(first!.site!, /insight\.test\.ts:\d+:\d+$/);
    assert.deepEqual(first!.children[0]!.waits, ["receive on channel orders"]);
    assert.match(second!.waits[0]!, /^lock on mutex ledger, held by task "outer"/);
    const text = runtime.dumpText();
    assert.match(text, /^main #\d+ running 10m/);
    assert.match(text, /\n {2}outer #\d+ parked 10m: sleep on the clock @ /);
    assert.match(text, /\n {4}inner #\d+ parked 10m: receive on channel orders/);
    assert.deepEqual(
      { ...runtime.metrics(), turns: 0 },
      { spawned: 4, finished: 0, failed: 0, cancelled: 0, live: 4, parked: 3, timers: 2, turns: 0 },
    );
    await outer.cancel();
    await blocked;
  }));

test("a deadlock is reported with who waits for whom, and a replay string", async () => {
  const stuck = (): Promise<void> =>
    simulate(
      async () => {
        const [a, b] = [new Mutex({ name: "a" }), new Mutex({ name: "b" })];
        const take = async (first: Mutex, second: Mutex): Promise<void> => {
          using _ = await first.lock();
          await yieldNow();
          using __ = await second.lock();
        };
        const left = spawn(() => take(a, b), { name: "left" });
        const right = spawn(() => take(b, a), { name: "right" });
        await left;
        await right;
      },
      { seed: 3 },
    );
  let replay = "";
  await assert.rejects(stuck(), (error: Error & { code: string; replay: string }) => {
    assert.equal(error.code, "DEADLOCK");
    assert.match(error.message, /task "left".* waits: lock on mutex b, held by task "right"/);
    assert.match(error.message, /task "right".* waits: lock on mutex a, held by task "left"/);
    replay = error.replay;
    return true;
  });
  assert.match(replay, /^3:/);
});

test("a task that ends with a lock is a LEAK in a simulation and where leakCheck is asked for", async () => {
  const leak = async (): Promise<void> => {
    await spawn(() => new Mutex({ name: "ledger" }).lock(), { name: "careless" });
  };
  const expected = { code: "LEAK", message: /task "careless".* still holds mutex ledger/ };
  await assert.rejects(simulate(leak), expected);
  await assert.rejects(run(leak, { leakCheck: true }), expected);
  await run(leak);
});

test("diagnostics_channel hears of every task that is spawned and ends", async () => {
  const events: string[] = [];
  const spawned = (message: unknown): void => {
    events.push(`spawn ${(message as { task: { name: string } }).task.name}`);
  };
  const ended = (message: unknown): void => {
    const { task, state } = message as { task: { name: string }; state: string };
    events.push(`${state} ${task.name}`);
  };
  subscribe("hotpath.runtime.spawn", spawned);
  subscribe("hotpath.runtime.end", ended);
  try {
    await run(() => spawn(() => 1, { name: "child" }).join());
  } finally {
    unsubscribe("hotpath.runtime.spawn", spawned);
    unsubscribe("hotpath.runtime.end", ended);
  }
  assert.deepEqual(events, ["spawn main", "spawn child", "done child", "done main"]);
});

test("TaskLocal follows a task and what it spawns, and nothing else", () =>
  run(async () => {
    const user = new TaskLocal("nobody");
    const seen: string[] = [];
    const tasks = ["ann", "bob"].map((name) =>
      user.run(name, () =>
        spawn(async () => {
          await yieldNow();
          seen.push(await spawn(() => user.value));
        }),
      ),
    );
    for (const task of tasks) await task;
    assert.deepEqual(
      seen.sort((a, b) => a.localeCompare(b)),
      ["ann", "bob"],
    );
    assert.equal(user.value, "nobody");
  }));

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CancelError,
  RuntimeError,
  after,
  run,
  runtime,
  select,
  sleep,
  spawn,
  yieldNow,
  type Task,
} from "@hotpath/runtime";

test("spawn() begins the task after the spawner's next suspension point, and join() has its value", async () => {
  const order: string[] = [];
  const value = await run(async () => {
    const task = spawn(() => {
      order.push("task");
      return 7;
    });
    order.push("spawner");
    assert.equal(task.state, "pending");
    const joined = await task;
    assert.equal(task.state, "done");
    return joined;
  });
  assert.equal(value, 7);
  assert.deepEqual(order, ["spawner", "task"]);
});

test("a task does not end before the tasks that it spawned", async () => {
  const order: string[] = [];
  await run(async () => {
    await spawn(() => {
      spawn(async () => {
        await yieldNow();
        order.push("child");
      });
      order.push("parent's code");
    });
    order.push("joined");
  });
  assert.deepEqual(order, ["parent's code", "child", "joined"]);
});

test("an error that nobody joins cancels the surrounding scope and is thrown where it ends", async () => {
  let reached: unknown;
  await assert.rejects(
    run(async () => {
      spawn(() => {
        throw new Error("boom");
      });
      try {
        await sleep("1h");
      } catch (error) {
        reached = error;
        throw error;
      }
    }),
    /^Error: boom$/,
  );
  assert.ok(reached instanceof CancelError);
});

test("an error that somebody joins goes there and nowhere else", async () => {
  const seen = await run(async () => {
    const task = spawn(() => {
      throw new Error("boom");
    });
    return task.join().catch(String);
  });
  assert.equal(seen, "Error: boom");
});

test("cancel() reaches everything the task spawned and waits for its end", async () => {
  const ended: string[] = [];
  await run(async () => {
    const task = spawn(async function outer() {
      spawn(async () => {
        try {
          await sleep("1h");
        } finally {
          ended.push("inner");
        }
      });
      try {
        await sleep("1h");
      } finally {
        ended.push("outer");
      }
    });
    await yieldNow();
    await task.cancel("enough");
    assert.equal(task.state, "cancelled");
    assert.deepEqual(ended.sort(), ["inner", "outer"]);
    await assert.rejects(
      task.join(),
      (error) =>
        error instanceof RuntimeError &&
        error.code === "TASK_CANCELLED" &&
        (error.cause as CancelError).reason === "enough",
    );
  });
});

test("a task that is cancelled before it begins never runs", async () => {
  let ran = false;
  await run(async () => {
    const task = spawn(() => {
      ran = true;
    });
    await task.cancel();
    assert.equal(task.state, "cancelled");
  });
  assert.equal(ran, false);
});

test("cancellation is level-triggered: swallowing it once does not escape it", async () => {
  let swallowed = 0;
  await run(async () => {
    const task = spawn(async () => {
      for (let round = 0; round < 3; round++) {
        try {
          await sleep("1h");
        } catch {
          swallowed++;
        }
      }
    });
    await yieldNow();
    await task.cancel();
    assert.equal(task.state, "done");
  });
  assert.equal(swallowed, 3);
});

test("joining in a circle is refused and names the tasks and where they were spawned", async () => {
  await assert.rejects(
    run(async () => {
      const left: Task<unknown> = spawn(
        async () => {
          await yieldNow();
          await right;
        },
        { name: "left" },
      );
      const right: Task<unknown> = spawn(() => left, { name: "right" });
      await left;
    }),
    (error) =>
      error instanceof RuntimeError &&
      error.code === "CYCLIC_JOIN" &&
      /"left" \(spawned at .*task\.test\.ts:\d+:\d+\)/.test(error.message) &&
      error.message.includes('"right"'),
  );
});

test("a child that joins its own parent is refused", async () => {
  await assert.rejects(
    run(async () => {
      const parent: Task<void> = spawn(async () => {
        await spawn(() => parent);
      });
      await parent;
    }),
    { code: "CYCLIC_JOIN" },
  );
});

test("run() reports a deadlock instead of ending in silence", async () => {
  // Nothing of the host may keep the process alive, so it happens in a process of its own.
  const { execFile } = await import("node:child_process");
  const { promisify } = await import("node:util");
  const program = `
    import { run, select, after, spawn } from "@hotpath/runtime";
    try {
      await run(async () => {
        const stuck = spawn(() => new Promise(() => {}), { name: "stuck" });
        await spawn(() => stuck.join(), { name: "joiner" });
      });
    } catch (error) { console.log(error.code, error.message); }`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "-e", program],
    { cwd: import.meta.dirname },
  );
  assert.match(stdout, /^DEADLOCK /);
  assert.match(stdout, /task "joiner".* waits: join on task "stuck"/);
  assert.match(stdout, /task "stuck".* waits: a promise from outside the runtime/);
});

test("a detached task outlives its spawner, and its error is reported once", async () => {
  const reports: string[] = [];
  await run(
    async () => {
      let detached: Task<void> | undefined;
      await spawn(() => {
        detached = spawn(
          async () => {
            await sleep(1);
            throw new Error("late");
          },
          { name: "background" },
        ).detach();
      });
      assert.equal(detached!.state, "parked");
      await sleep(20);
      assert.equal(detached!.state, "failed");
    },
    { onDetachedError: (error, task) => reports.push(`${task.name}: ${String(error)}`) },
  );
  assert.deepEqual(reports, ["background: Error: late"]);
});

test("run() cancels and joins what was detached when main is over", async () => {
  let ended = false;
  await run(() => {
    spawn(async () => {
      try {
        await sleep("1h");
      } finally {
        ended = true;
      }
    }).detach();
    return sleep(1);
  });
  assert.equal(ended, true);
});

test("tasks that keep each other busy do not starve timers", async () => {
  const winner = await run(async () => {
    const spinner = spawn(async () => {
      for (;;) await yieldNow();
    });
    const busy = spawn(async () => {
      for (;;) await select({ never: spinner, now: after(0) });
    });
    await sleep(5);
    await Promise.all([spinner.cancel(), busy.cancel()]);
    return "timer";
  });
  assert.equal(winner, "timer");
});

test("cancellation ends every wait of a task, not only the first", () =>
  run(async () => {
    const ended: string[] = [];
    const task = spawn(() =>
      Promise.all(
        ["1h", "2h", "3h"].map((length) => sleep(length as "1h").finally(() => ended.push(length))),
      ),
    );
    await yieldNow();
    assert.equal(runtime.metrics().parked, 3);
    await task.cancel();
    await yieldNow();
    assert.deepEqual(ended.sort(), ["1h", "2h", "3h"]);
    const { parked, timers } = runtime.metrics();
    assert.deepEqual({ parked, timers }, { parked: 0, timers: 0 });
  }));

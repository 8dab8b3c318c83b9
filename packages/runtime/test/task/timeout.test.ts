import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CancelError,
  TimeoutError,
  deadline,
  group,
  moveOnAfter,
  run,
  shield,
  sleep,
  spawn,
  withTimeout,
  yieldNow,
} from "@hotpath/runtime";

test("withTimeout() throws TimeoutError for its own deadline", async () => {
  await assert.rejects(
    run(() => withTimeout("2ms", () => sleep("1h"))),
    (error) => error instanceof TimeoutError && error.timeoutMs === 2,
  );
});

test("withTimeout() returns the value of a block that is in time and leaves no timer", async () => {
  assert.equal(await run(() => withTimeout("1h", () => 5)), 5);
});

test("nested timeouts: only the block whose deadline passed answers for it", async () => {
  const outcome = await run(() => moveOnAfter("2ms", () => moveOnAfter("1h", () => sleep("1h"))));
  assert.equal(outcome.kind, "timeout");
  const inner = await run(() => moveOnAfter("1h", () => moveOnAfter("2ms", () => sleep("1h"))));
  assert.deepEqual(inner, { kind: "done", value: { kind: "timeout", timeoutMs: 2 } });
});

test("a cancellation from outside wins over a timeout that fired as well", async () => {
  await run(async () => {
    let seen: unknown;
    const task = spawn(async () => {
      try {
        await withTimeout(1, async () => {
          try {
            await sleep("1h");
          } finally {
            void task.cancel("outer");
          }
        });
      } catch (error) {
        seen = error;
        throw error;
      }
    });
    await task.join().catch(() => {});
    assert.ok(seen instanceof CancelError);
    assert.equal(seen.reason, "outer");
  });
});

test("a block with a deadline waits for the tasks that were spawned in it", async () => {
  let ended = false;
  await assert.rejects(
    run(() =>
      withTimeout(2, () => {
        spawn(async () => {
          try {
            await sleep("1h");
          } finally {
            ended = true;
          }
        });
        return sleep("1h");
      }),
    ),
    TimeoutError,
  );
  assert.equal(ended, true);
});

test("shield() lets cleanup finish in a cancelled scope, and nests", async () => {
  const steps: string[] = [];
  await run(async () => {
    const task = spawn(async () => {
      try {
        await sleep("1h");
      } finally {
        await shield(async () => {
          await sleep(1);
          await shield(() => sleep(1));
          steps.push("cleaned");
        });
      }
    });
    await yieldNow();
    await task.cancel();
    assert.equal(task.state, "cancelled");
  });
  assert.deepEqual(steps, ["cleaned"]);
});

test("shield({ graceMs }) is itself cancelled when the grace is over", async () => {
  await run(async () => {
    let seen: unknown;
    const task = spawn(async () => {
      await shield(
        async () => {
          try {
            await sleep("1h");
          } catch (error) {
            seen = error;
            throw error;
          }
        },
        { graceMs: 2 },
      );
    });
    await yieldNow();
    await task.cancel();
    assert.match(String(seen), /grace of 2ms is over/);
  });
});

test("deadline() takes an instant; one that has passed cancels at the first suspension point", async () => {
  await assert.rejects(
    run(() => deadline(new Date(0), () => sleep("1h"))),
    TimeoutError,
  );
});

test("group() joins on success, and on failure cancels, joins and throws", async () => {
  const ended: string[] = [];
  await assert.rejects(
    run(() =>
      group(async (tasks) => {
        tasks.spawn(async () => {
          try {
            await sleep("1h");
          } finally {
            ended.push("sibling");
          }
        });
        tasks.spawn(async () => {
          await yieldNow();
          throw new Error("boom");
        });
        await sleep("1h");
      }),
    ),
    /^Error: boom$/,
  );
  assert.deepEqual(ended, ["sibling"]);
});

test("group({ failFast: false }) lets the others finish and throws every error", async () => {
  await assert.rejects(
    run(() =>
      group(
        (tasks) => {
          for (const name of ["a", "b"]) {
            tasks.spawn(() => {
              throw new Error(name);
            });
          }
        },
        { failFast: false },
      ),
    ),
    (error) =>
      error instanceof AggregateError &&
      error.errors.map((one: Error) => one.message).join(" ") === "a b",
  );
});

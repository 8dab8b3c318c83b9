import assert from "node:assert/strict";
import { test } from "node:test";
import { threadId } from "node:worker_threads";
import {
  RuntimeError,
  SharedEvent,
  SharedMutex,
  defineTask,
  group,
  moveOnAfter,
  parallel,
  run,
  select,
  spawn,
  transfer,
} from "../../src/index.ts";
import {
  PaymentError,
  add,
  computeUntil,
  crash,
  die,
  fail,
  lockSyncForever,
  notCloneable,
  reverse,
  sleepForever,
  square,
  whichThread,
} from "./tasks.ts";

function flags(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(16));
}

/** Waits until the word differs from 0, without sleeping. */
async function until(words: Int32Array, index: number, value: number): Promise<void> {
  for (;;) {
    const seen = Atomics.load(words, index);
    if (seen >= value) return;
    const wait = Atomics.waitAsync(words, index, seen, 100);
    if (wait.async) await wait.value;
  }
}

test("a thread task runs on another thread and returns its result", async () => {
  await run(
    async () => {
      assert.equal(await add(20, 22), 42);
      assert.notEqual(await whichThread(), threadId);
      assert.equal(await square.local(7), 49);
      const won = await select({ sum: add(1, 2) });
      assert.deepEqual({ ...won }, { kind: "sum", value: 3, closed: false });
    },
    { threads: 2 },
  );
});

test("arguments and results are copied, shared memory is shared, buffers move when told to", async () => {
  await run(
    async () => {
      const bytes = new Uint8Array([1, 2, 3]);
      assert.deepEqual(await reverse(bytes), new Uint8Array([3, 2, 1]));
      assert.deepEqual(bytes, new Uint8Array([1, 2, 3]));
      assert.deepEqual(await reverse(transfer(bytes, [bytes.buffer])), new Uint8Array([3, 2, 1]));
      assert.equal(bytes.length, 0);
    },
    { threads: 1 },
  );
});

test("errors arrive as what they are, with their fields and causes", async () => {
  await run(
    async () => {
      await assert.rejects(
        async () => fail("own"),
        (error: PaymentError) => {
          assert(error instanceof PaymentError && error instanceof Error);
          assert.equal(error.name, "PaymentError");
          assert.equal(error.amountMinor, 1999);
          assert.match(error.stack!, /tasks\.ts/);
          return true;
        },
      );
      await assert.rejects(
        async () => fail("runtime"),
        (error: RuntimeError) => {
          assert(error instanceof RuntimeError);
          assert.equal(error.code, "IO");
          assert(error.cause instanceof TypeError);
          return true;
        },
      );
      await assert.rejects(
        async () => fail("aggregate"),
        (error: AggregateError) => {
          assert(error instanceof AggregateError);
          assert(error.errors[0] instanceof RangeError);
          assert.equal(error.errors[1], "b");
          return true;
        },
      );
      await assert.rejects(
        async () => fail("just text"),
        (error) => error === "just text",
      );
    },
    { threads: 1 },
  );
});

test("a value that cannot be cloned is refused with the task's name and where it was spawned", async () => {
  await run(
    async () => {
      const pattern =
        /between threads|"reverse", called by task "reverse" \(spawned at .*thread-pool/;
      await assert.rejects(async () => reverse((() => {}) as never), {
        name: "TypeError",
        message: pattern,
      });
      await assert.rejects(async () => notCloneable(), { name: "TypeError", message: pattern });
    },
    { threads: 1 },
  );
});

test("cancelling the caller cancels the call on its thread and all it spawned, and waits for it", async () => {
  await run(
    async () => {
      const flag = flags();
      const task = sleepForever(flag);
      await until(flag, 0, 1);
      await task.cancel("enough");
      assert.equal(flag[1], 1);
      await assert.rejects(task.join(), { code: "TASK_CANCELLED" });
      const late = await moveOnAfter(20, () => sleepForever(flag));
      assert.equal(late.kind, "timeout");
      assert.equal(flag[1], flag[0]);
    },
    { threads: 1 },
  );
});

test("cancellation reaches a call that is blocked in a synchronous wait", async () => {
  await run(
    async () => {
      const mutex = new SharedMutex();
      const started = new SharedEvent();
      using _ = await mutex.lock();
      const blocked = lockSyncForever(mutex, started);
      await started.wait();
      await blocked.cancel("enough");
      assert.equal(blocked.state, "cancelled");
    },
    { threads: 1 },
  );
});

test("a call that does not stop in its grace is ended with its thread, which is replaced", async () => {
  await run(
    async () => {
      const flag = flags();
      const task = computeUntil.with({ grace: 10 })(flag);
      await until(flag, 1, 1);
      await task.cancel();
      assert.equal(task.state, "cancelled");
      assert.equal(await add(1, 1), 2);
    },
    { threads: 1 },
  );
});

test("a thread that dies rejects what it held, retryably, and goes on with what it had not begun", async () => {
  await run(
    async () => {
      await group(
        async (tasks) => {
          const lost = tasks.spawn(async () => {
            const flag = flags();
            await assert.rejects(
              async () => sleepForever(flag),
              (error: RuntimeError) => {
                assert.equal(error.code, "THREAD");
                assert.equal(error.retryable, true);
                assert.match(error.message, /"sleepForever", called by task .*spawned at/);
                return true;
              },
            );
          });
          const killed = tasks.spawn(() => assert.rejects(async () => die(), { code: "THREAD" }));
          const behind = tasks.spawn(async () => assert.equal(await add(2, 2), 4));
          await Promise.all([lost, killed, behind]);
        },
        { failFast: true },
      );
      await assert.rejects(
        async () => crash(),
        (error: RuntimeError) => {
          assert.equal(error.code, "THREAD");
          assert.match(String(error.cause), /in a callback/);
          return true;
        },
      );
      assert.equal(await add(3, 3), 6);
    },
    { threads: 1 },
  );
});

test("a call that waits behind a computing one is stolen by a thread that is free", async () => {
  await run(
    async () => {
      const flag = flags();
      const computing = computeUntil(flag);
      await until(flag, 1, 1);
      // More than there is room for elsewhere, so that some are offered to the computing thread.
      const others = Array.from({ length: 8 }, () => whichThread());
      const threads = new Set(await Promise.all(others));
      Atomics.store(flag, 0, 1);
      assert.deepEqual([...threads].includes(await computing), false);
    },
    { threads: 2 },
  );
});

test("calls that wait for each other share one thread", async () => {
  await run(
    async () => {
      const flag = flags();
      const tasks = Array.from({ length: 20 }, () => sleepForever(flag));
      await until(flag, 0, 20);
      assert.equal(await add(1, 2), 3);
      await Promise.all(tasks.map((task) => task.cancel()));
      assert.equal(flag[1], 20);
    },
    { threads: 1 },
  );
});

test("with({ thread }) pins a call", async () => {
  await run(
    async () => {
      const first = await whichThread.with({ thread: 0 })();
      const second = await whichThread.with({ thread: 1 })();
      assert.notEqual(first, second);
      assert.equal(await whichThread.with({ thread: 1 })(), second);
      assert.throws(() => whichThread.with({ thread: 2 })(), RangeError);
    },
    { threads: 2 },
  );
});

test("run waits for no call that its main has left behind detached", async () => {
  const flag = flags();
  await run(
    async () => {
      sleepForever(flag).detach();
      await until(flag, 0, 1);
    },
    { threads: 1 },
  );
  assert.equal(flag[1], 1);
});

test("a thread that does not yield is reported with what it runs", async () => {
  const flag = flags();
  const reports: RuntimeError[] = [];
  await run(
    async () => {
      const busy = computeUntil(flag);
      await new Promise<void>((reported) => {
        watch = reported;
      });
      Atomics.store(flag, 0, 1);
      await busy;
    },
    {
      threads: {
        count: 1,
        stallAfter: 5,
        onStalled: (error) => {
          reports.push(error);
          watch?.();
        },
      },
    },
  );
  assert.equal(reports[0]!.code, "STALLED");
  assert.match(reports[0]!.message, /"computeUntil", called by task "computeUntil" \(spawned at /);
});
let watch: (() => void) | undefined;

test("parallel() returns results in the order of the inputs and fails with the first error", async () => {
  await run(
    async () => {
      const inputs = Array.from({ length: 1000 }, (_, k) => k);
      assert.deepEqual(
        await parallel(square, inputs),
        inputs.map((n) => n * n),
      );
      assert.deepEqual(await parallel(square, []), []);
      await assert.rejects(parallel(fail, ["own", "own"], { chunk: 1 }), PaymentError);
      await assert.rejects(parallel((() => 1) as never, [1]), /closure cannot leave/);
    },
    { threads: 2 },
  );
});

test("threads: 0 runs thread tasks in the calling thread, with copies", async () => {
  await run(
    async () => {
      assert.equal(await whichThread(), threadId);
      const bytes = new Uint8Array([1, 2]);
      assert.deepEqual(await reverse(bytes), new Uint8Array([2, 1]));
      assert.deepEqual(bytes, new Uint8Array([1, 2]));
      assert.deepEqual(await parallel(square, [1, 2, 3]), [1, 4, 9]);
      await assert.rejects(async () => notCloneable(), { name: "TypeError" });
    },
    { threads: 0 },
  );
});

test("misuse of defineTask is refused when it happens", () => {
  assert.throws(() => defineTask("here", () => 1), /import\.meta\.url/);
  assert.throws(() => defineTask(import.meta.url, 1 as never), TypeError);
  defineTask(import.meta.url, function twice() {});
  assert.throws(() => defineTask(import.meta.url, function twice() {}), /"twice" twice/);
  assert.throws(() => add.with({ thread: -1 }), RangeError);
});

test("a main module that would run its program again in every thread is told so", async () => {
  await run(
    async () => {
      const { again } = await import("./runs-at-top.ts");
      await assert.rejects(async () => again(), {
        code: "THREAD",
        message: /runs-at-top\.ts defines tasks for threads and calls run at its top level/,
      });
    },
    { threads: 1 },
  );
});

test("a run that is cancelled from outside cancels its calls", async () => {
  const flag = flags();
  await run(async () => {
    const inner = spawn(() => run(() => sleepForever(flag), { threads: 1 }));
    await until(flag, 0, 1);
    await inner.cancel();
    assert.equal(inner.state, "cancelled");
    assert.equal(flag[1], 1);
  });
});

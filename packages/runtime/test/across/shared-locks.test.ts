import assert from "node:assert/strict";
import { test } from "node:test";
import {
  SharedBarrier,
  SharedEvent,
  SharedMutex,
  TimeoutError,
  run,
  select,
  spawn,
} from "../../src/index.ts";
import { countUnderLock, dieHolding, holdUntilEnded, rounds } from "../thread/tasks.ts";

test("SharedMutex excludes tasks of all threads, waiting and blocking, and loses no update", async () => {
  await run(
    async () => {
      const mutex = new SharedMutex({ name: "counter" });
      const counter = new Int32Array(new SharedArrayBuffer(4));
      await Promise.all([
        countUnderLock.with({ thread: 0 })(mutex, counter, 2000, false),
        countUnderLock.with({ thread: 0 })(mutex, counter, 2000, false),
        countUnderLock.with({ thread: 1 })(mutex, counter, 2000, true),
        spawn(async () => {
          for (let round = 0; round < 2000; round++) {
            using _ = await mutex.lock();
            const before = counter[0]!;
            await Promise.resolve();
            counter[0] = before + 1;
          }
        }),
      ]);
      assert.equal(counter[0], 8000);
      assert.equal(mutex.locked, false);
    },
    { threads: 2 },
  );
});

test("SharedMutex is poisoned when a thread dies holding it, until somebody recovers it", async () => {
  await run(
    async () => {
      const mutex = new SharedMutex({ name: "ledger" });
      const holding = new SharedEvent();
      const dying = dieHolding(mutex);
      await assert.rejects(dying.join(), { code: "THREAD" });
      assert.equal(mutex.poisoned, true);
      assert.throws(() => mutex.tryLock(), { code: "POISONED" });
      {
        using _ = await mutex.recover();
      }
      assert.equal(mutex.poisoned, false);

      const holder = holdUntilEnded.with({ grace: 0 })(mutex, holding);
      await holding.wait();
      const waiting = spawn(() => assert.rejects(mutex.lock(), { code: "POISONED" }));
      const second = spawn(() => assert.rejects(mutex.lock(), { code: "POISONED" }));
      await assert.rejects(mutex.lock({ timeout: 5 }), TimeoutError);
      await holder.cancel();
      await waiting;
      await second;
    },
    { threads: 1 },
  );
});

for (const blocking of [true, false]) {
  test(`SharedBarrier lets ${blocking ? "blocked" : "waiting"} threads through together, one as leader`, async () => {
    await run(
      async () => {
        const barrier = new SharedBarrier(2);
        const count = 500;
        const log = new Int32Array(new SharedArrayBuffer(4 * count));
        const leads = await Promise.all([
          rounds.with({ thread: 0 })(barrier, log, count, blocking),
          rounds.with({ thread: 1 })(barrier, log, count, blocking),
        ]);
        assert.equal(leads[0] + leads[1], count);
      },
      { threads: 2 },
    );
  });
}

test("SharedBarrier breaks when a party gives up, and can be reset", async () => {
  await run(async () => {
    const barrier = new SharedBarrier(3);
    const other = spawn(() => assert.rejects(barrier.wait(), { code: "BROKEN" }));
    await assert.rejects(barrier.wait({ timeout: 1 }), TimeoutError);
    await other;
    await assert.rejects(barrier.wait(), { code: "BROKEN" });
    barrier.reset();
    const leads = await Promise.all([barrier.wait(), barrier.wait(), barrier.wait()]);
    assert.deepEqual(leads, [false, false, true]);
  });
});

test("SharedEvent lets everybody through, or with autoReset one at a time", async () => {
  await run(async () => {
    const gate = new SharedEvent();
    const through = Promise.all([gate.wait(), gate.wait()]);
    gate.set();
    gate.reset();
    await through;
    assert.equal(gate.isSet, false);
    const turn = new SharedEvent({ autoReset: true });
    const won = select({ turn, gate });
    turn.set();
    assert.equal((await won).kind, "turn");
    assert.equal(turn.tryWait(), false);
  });
});

test("the main thread is not blocked by mistake", () => {
  const mutex = new SharedMutex();
  using _ = mutex.tryLock();
  assert.throws(() => mutex.lockSync(), /Cannot block the main thread in lock on shared mutex/);
  assert.throws(() => mutex.lockSync({ blockMain: true }), { code: "DEADLOCK" });
  assert.throws(() => mutex.lockSync({ blockMain: true, timeout: 1 }), TimeoutError);
});

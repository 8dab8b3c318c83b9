/**
 * The races that hurt: wake against cancel, wake against timeout, saturation, closing with work pending,
 * the death of a thread; for every shared primitive, with real threads. Print the seed, set SEED to repeat.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  SharedChannel,
  SharedMutex,
  SharedRwLock,
  SharedSemaphore,
  run,
  spawn,
} from "../../src/index.ts";
import {
  ENTERED,
  GAVE_UP,
  INSIDE,
  RECEIVED,
  SENT,
  SUM_RECEIVED,
  SUM_SENT,
  VIOLATIONS,
  dieWith,
  receiveOnThread,
  receiveStorm,
  sendOnThread,
  sendStorm,
  storm,
  stormOnThread,
  type Lockable,
} from "./chaos.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const ROUNDS = 400;
console.log(`conformance of shared primitives: SEED=${seed}`);

function board(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(64));
}

const locks: readonly (readonly [string, number, () => Lockable])[] = [
  ["SharedMutex", 1, () => new SharedMutex()],
  ["SharedRwLock", 1, () => new SharedRwLock()],
  ["SharedSemaphore", 2, () => new SharedSemaphore(2)],
];

for (const [name, limit, make] of locks) {
  test(`${name}: nobody is let in twice and nobody is left behind, however waiting ends`, async () => {
    await run(
      async () => {
        const lock = make();
        const marks = board();
        const chaos = { seed, rounds: ROUNDS, limit };
        await Promise.all([
          stormOnThread.with({ thread: 0 })(lock, marks, chaos),
          stormOnThread.with({ thread: 1 })(lock, marks, { ...chaos, seed: seed + 1 }),
          spawn(() => storm(lock, marks, { ...chaos, seed: seed + 2 })),
        ]);
        assert.equal(marks[VIOLATIONS], 0, `seed ${seed}`);
        assert.equal(marks[INSIDE], 0);
        assert.equal(marks[ENTERED]! + marks[GAVE_UP]!, 5 * ROUNDS);
        // Whatever gave up has left nothing behind.
        if (lock instanceof SharedSemaphore) assert.equal(lock.available, 2);
        else if (lock instanceof SharedMutex) assert.equal(lock.locked, false);
        else assert.equal(lock.readers + Number(lock.writing), 0);
      },
      { threads: 2 },
    );
  });

  test(`${name}: a waiter on a thread that dies takes no wake-up with it`, async () => {
    await run(
      async () => {
        const lock = make();
        for (let round = 0; round < 3; round++) {
          const held = Array.from({ length: limit }, () => {
            if ("tryLock" in lock) return lock.tryLock()!;
            return "tryWrite" in lock ? lock.tryWrite()! : lock.tryAcquire()!;
          });
          await assert.rejects(dieWith(lock, "wait").join(), { code: "THREAD" });
          const waiting = spawn(async () => {
            if ("lock" in lock) return lock.lock();
            return "write" in lock ? lock.write() : lock.acquire();
          });
          for (const guard of held) guard[Symbol.dispose]();
          (await waiting)[Symbol.dispose]();
        }
      },
      { threads: 1 },
    );
  });
}

test("SharedSemaphore gets the permits of a dead thread back", async () => {
  await run(
    async () => {
      const semaphore = new SharedSemaphore(1);
      await assert.rejects(dieWith(semaphore, "hold").join(), { code: "THREAD" });
      using permit = await semaphore.acquire();
      assert.equal(permit.count, 1);
      assert.equal(semaphore.available, 0);
    },
    { threads: 1 },
  );
});

test("SharedRwLock is poisoned by a writer that dies, not by a reader", async () => {
  await run(
    async () => {
      const lock = new SharedRwLock();
      await assert.rejects(dieWith(lock, "hold").join(), { code: "THREAD" });
      await assert.rejects(lock.read(), { code: "POISONED" });
      await assert.rejects(lock.write(), { code: "POISONED" });
      (await lock.recover()).unlock();
      using _ = await lock.write();
      assert.equal(lock.tryRead(), undefined);
      assert.equal(lock.poisoned, false);
    },
    { threads: 1 },
  );
});

for (const capacity of [1, 5, 64]) {
  test(`SharedChannel of ${capacity}: every value that was sent is received once, however waiting ends`, async () => {
    await run(
      async () => {
        const channel = SharedChannel.u32(capacity);
        const marks = board();
        const chaos = { seed, rounds: ROUNDS, limit: 1 };
        const receivers = [
          receiveOnThread.with({ thread: 0 })(channel, marks, chaos),
          receiveOnThread.with({ thread: 1 })(channel, marks, { ...chaos, seed: seed + 1 }),
          spawn(() => receiveStorm(channel, marks, { ...chaos, seed: seed + 2 })),
        ];
        await Promise.all([
          sendOnThread.with({ thread: 0 })(channel, marks, { ...chaos, seed: seed + 3 }),
          sendOnThread.with({ thread: 1 })(channel, marks, { ...chaos, seed: seed + 4 }),
          spawn(() => sendStorm(channel, marks, { ...chaos, seed: seed + 5 })),
        ]);
        channel.close();
        await Promise.all(receivers);
        assert.equal(channel.size, 0);
        assert.equal(marks[RECEIVED], marks[SENT], `seed ${seed}`);
        assert.equal(marks[SUM_RECEIVED], marks[SUM_SENT], `seed ${seed}`);
        assert(marks[SENT]! > ROUNDS);
      },
      { threads: 2 },
    );
  });
}

test("SharedChannel closes when the thread of its last sender dies, and its values stay", async () => {
  await run(
    async () => {
      const channel = SharedChannel.u32(8);
      channel.trySend(7);
      const all = spawn(async () => Array.fromAsync(channel));
      await assert.rejects(dieWith(channel as never, "send").join(), { code: "THREAD" });
      assert.deepEqual(await all, [7]);
    },
    { threads: 1 },
  );
});

test("a receiver on a thread that dies takes no value with it", async () => {
  await run(
    async () => {
      const channel = SharedChannel.u32(8);
      await assert.rejects(dieWith(channel as never, "wait").join(), { code: "THREAD" });
      const waiting = spawn(() => channel.receive());
      channel.trySend(1);
      assert.equal(await waiting, 1);
    },
    { threads: 1 },
  );
});

/** What the locks say when they are used wrongly. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Barrier,
  Condition,
  Event,
  Mutex,
  RwLock,
  Semaphore,
  TimeoutError,
  WaitGroup,
  run,
  simulate,
  spawn,
  yieldNow,
} from "@hotpath/runtime";

test("releasing a lock twice is NOT_LOCKED; disposing of it twice is nothing", () =>
  run(async () => {
    const mutex = new Mutex({ name: "ledger" });
    const held = await mutex.lock();
    held.unlock();
    held[Symbol.dispose]();
    assert.throws(() => held.unlock(), {
      code: "NOT_LOCKED",
      message: /Cannot release mutex ledger in task "main".*: it is not locked/,
    });
    assert.throws(() => mutex.unlock(), { code: "NOT_LOCKED" });
    const read = await new RwLock().read();
    read.unlock();
    assert.throws(() => read.unlock(), { code: "NOT_LOCKED" });
    const permit = await new Semaphore(1).acquire();
    permit.release();
    assert.throws(() => permit.release(), { code: "NOT_LOCKED" });
  }));

test("releasing another task's lock is FOREIGN_LOCK and names who holds it and where it was spawned", () =>
  run(async () => {
    const mutex = new Mutex({ name: "ledger" });
    const owner = spawn(
      async () => {
        using _ = await mutex.lock();
        await new Event().wait();
      },
      { name: "writer" },
    );
    await yieldNow();
    assert.throws(() => mutex.unlock(), {
      code: "FOREIGN_LOCK",
      message: /in task "main".*: task "writer" \(spawned at .*misuse\.test\.ts:\d+:\d+\) holds it/,
    });
    assert.equal(mutex.tryLock(), undefined);
    await owner.cancel();
    assert.equal(mutex.locked, false);
    mutex.tryLock()!.unlock();
    assert.equal(await mutex.with(() => 5), 5);
  }));

test("Condition.wait() without the lock is refused", () =>
  run(async () => {
    const mutex = new Mutex();
    const held = await mutex.lock();
    held.unlock();
    await assert.rejects(new Condition().wait(held), { code: "NOT_LOCKED" });
  }));

test("counts that make no sense are RangeErrors", () => {
  assert.throws(() => new Semaphore(-1), RangeError);
  assert.throws(() => new Semaphore(1).release(0), RangeError);
  assert.throws(() => new Barrier(0), RangeError);
  assert.throws(() => new WaitGroup().done(), /cannot change by -1/);
});

test("every wait takes a timeout", () =>
  run(async () => {
    const mutex = new Mutex();
    const lock = new RwLock();
    const empty = new Semaphore(0);
    const group = new WaitGroup();
    group.add();
    using held = await mutex.lock();
    using _ = await lock.write();
    const timeout = { timeout: 1 };
    for (const wait of [
      () => mutex.lock(timeout),
      () => lock.read(timeout),
      () => lock.write(timeout),
      () => empty.acquire(timeout),
      () => group.wait(timeout),
      () => new Event().wait(timeout),
      () => new Barrier(2).wait(timeout),
      () => new Condition().wait(held, timeout),
    ]) {
      await assert.rejects(wait(), TimeoutError, wait.toString());
    }
    assert.equal(mutex.locked, true, "the condition has the lock again");
  }));

test("a broken barrier says who gave up, until it is reset", () =>
  run(async () => {
    const barrier = new Barrier(2);
    const quitter = spawn(() => barrier.wait(), { name: "quitter" });
    await yieldNow();
    await quitter.cancel();
    await assert.rejects(barrier.wait(), { code: "BROKEN", message: /task "quitter".* gave up/ });
    barrier.reset();
    const other = spawn(() => barrier.wait());
    await yieldNow();
    assert.equal(await barrier.wait(), true, "the last to arrive leads");
    assert.equal(await other, false);
  }));

test("a reader that comes after a waiting writer waits behind it", () =>
  simulate(async () => {
    const lock = new RwLock();
    const first = await lock.read();
    const writer = spawn(async () => {
      using _ = await lock.write();
    });
    await yieldNow();
    while (writer.state !== "parked") await yieldNow();
    assert.equal(lock.tryRead(), undefined);
    first.unlock();
    await writer;
    assert.equal(lock.readers, 0);
    lock.tryRead()!.unlock();
  }));

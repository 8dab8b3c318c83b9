/**
 * One suite for the local primitives and the shared: the same names, and the same behaviour as far as
 * one thread can see it, under simulated schedules.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Barrier,
  Channel,
  ClosedError,
  Event,
  Mutex,
  RwLock,
  Semaphore,
  SharedBarrier,
  SharedChannel,
  SharedEvent,
  SharedMutex,
  SharedRwLock,
  SharedSemaphore,
  TimeoutError,
  group,
  moveOnAfter,
  run,
  select,
  simulate,
  sleep,
  spawn,
  yieldNow,
} from "../../src/index.ts";

const SEEDS = 200;

type Class = abstract new (...args: never[]) => object;

const TWINS: readonly (readonly [Class, Class, readonly string[]])[] = [
  [Mutex, SharedMutex, ["pass", "relock"]],
  [RwLock, SharedRwLock, ["pass", "abandon"]],
  [Semaphore, SharedSemaphore, []],
  [Event, SharedEvent, []],
  [Barrier, SharedBarrier, ["abandon"]],
  // Overflow policies drop values that nobody has seen; between threads that would hide a slow thread.
  [Channel, SharedChannel, ["dropped", "drain"]],
];

for (const [local, shared, internal] of TWINS) {
  test(`${shared.name} has every method of ${local.name}`, () => {
    const names = new Set<string>();
    for (
      let prototype: unknown = shared.prototype;
      prototype !== Object.prototype;
      prototype = Object.getPrototypeOf(prototype)
    ) {
      for (const name of Object.getOwnPropertyNames(prototype)) names.add(name);
    }
    const missing = Object.getOwnPropertyNames(local.prototype).filter(
      (name) => !names.has(name) && !internal.includes(name),
    );
    assert.deepEqual(missing, []);
  });
}

/** Runs the body under many schedules and then on the real runtime. */
async function everywhere(body: () => Promise<void>): Promise<void> {
  for (let seed = 1; seed <= SEEDS; seed++) await simulate(body, { seed });
  await run(body);
}

for (const make of [() => new Mutex(), () => new SharedMutex()]) {
  test(`${make().constructor.name}: excludes; a cancelled or late waiter leaves no trace`, () =>
    everywhere(async () => {
      const mutex = make();
      let inside = 0;
      let entered = 0;
      await group(async (tasks) => {
        for (let k = 0; k < 3; k++) {
          tasks.spawn(async () => {
            using _ = await mutex.lock();
            assert.equal(++inside, 1);
            await yieldNow();
            inside--;
            entered++;
          });
        }
        const victim = tasks.spawn(async () => {
          using _ = await mutex.lock();
          entered += 10;
        });
        await yieldNow();
        await victim.cancel();
        tasks.spawn(() => mutex.lock({ timeout: 0 }).then((held) => held.unlock(), late));
      });
      assert.equal(entered % 10, 3);
      assert.equal(mutex.locked, false);
      assert.throws(() => mutex.unlock(), { code: "NOT_LOCKED" });
      const held = mutex.tryLock()!;
      await assert.rejects(spawn(() => mutex.unlock()).join(), { code: "FOREIGN_LOCK" });
      held.unlock();
      assert.throws(() => held.unlock(), { code: "NOT_LOCKED" });
    }));
}

for (const make of [() => new RwLock(), () => new SharedRwLock()]) {
  test(`${make().constructor.name}: readers together, writers alone, a writer that gives up lets them in`, () =>
    everywhere(async () => {
      const lock = make();
      const first = await lock.read();
      const second = await lock.read();
      assert.equal(lock.readers, 2);
      assert.equal(lock.tryWrite(), undefined);
      const late = await moveOnAfter(1, async () => lock.write());
      assert.equal(late.kind, "timeout");
      (await lock.read()).unlock();
      first.unlock();
      const writer = spawn(async () => {
        using _ = await lock.write();
        assert.equal(lock.tryRead(), undefined);
        await yieldNow();
      });
      await yieldNow();
      second.unlock();
      await writer;
      const won = await select({ read: lock.sharing() });
      won.value[Symbol.dispose]();
      assert.equal(lock.readers, 0);
    }));
}

for (const make of [(n: number) => new Semaphore(n), (n: number) => new SharedSemaphore(n)]) {
  test(`${make(1).constructor.name}: never more than its permits, all back at the end`, () =>
    everywhere(async () => {
      const semaphore = make(3);
      let taken = 0;
      await group(async (tasks) => {
        for (const permits of [1, 2, 3, 1]) {
          tasks.spawn(async () => {
            using permit = await semaphore.acquire({ permits });
            taken += permit.count;
            assert(taken <= 3);
            await yieldNow();
            taken -= permit.count;
          });
        }
        tasks.spawn(() =>
          moveOnAfter(0, async () => semaphore.acquire({ permits: 3 })).then(giveBack),
        );
      });
      assert.equal(semaphore.available, 3);
      assert.equal(semaphore.tryAcquire(4), undefined);
      assert.throws(() => semaphore.release(0), RangeError);
    }));
}

for (const make of [
  (options?: { readonly autoReset?: boolean }) => new Event(options),
  (options?: { readonly autoReset?: boolean }) => new SharedEvent(options),
]) {
  test(`${make().constructor.name}: a gate for all, or for one at a time`, () =>
    everywhere(async () => {
      const gate = make();
      const turn = make({ autoReset: true });
      let through = 0;
      await group(async (tasks) => {
        for (let k = 0; k < 3; k++) tasks.spawn(() => gate.wait().then(() => through++));
        const two = [0, 1].map(() => tasks.spawn(() => turn.wait().then(() => through++)));
        await sleep(1);
        assert.equal(through, 0);
        gate.set();
        turn.set();
        await sleep(1);
        assert.equal(through, 4);
        turn.set();
        await Promise.all(two);
      });
      assert.equal(turn.isSet, false);
      assert.equal(gate.tryWait(), true);
    }));
}

for (const make of [(n: number) => new Barrier(n), (n: number) => new SharedBarrier(n)]) {
  test(`${make(1).constructor.name}: one leader a round; broken by one who gives up, until reset`, () =>
    everywhere(async () => {
      const barrier = make(2);
      for (let round = 0; round < 3; round++) {
        const leads = await Promise.all([spawn(() => barrier.wait()), spawn(() => barrier.wait())]);
        assert.deepEqual(leads.filter(Boolean), [true]);
      }
      await assert.rejects(barrier.wait({ timeout: 1 }), TimeoutError);
      await assert.rejects(barrier.wait(), { code: "BROKEN" });
      barrier.reset();
      assert.equal(barrier.broken, false);
    }));
}

for (const make of [() => new Channel<number>(2), () => SharedChannel.u32(2)]) {
  test(`${make().constructor.name}: in order, bounded, drained after close; cancelled waiters lose nothing`, () =>
    everywhere(async () => {
      const channel = make();
      const seen: number[] = [];
      await group(async (tasks) => {
        tasks.spawn(async () => {
          using sender = channel.sender();
          for (let k = 0; k < 5; k++) await sender.send(k);
          assert(channel.size <= 2);
          assert.equal(channel.trySend(5) || channel.size === 2, true);
          await channel.sendAll(channel.size > 2 ? [] : [6, 7, 8]);
        });
        const victim = tasks.spawn(() => channel.receive().then((value) => seen.push(value)));
        await yieldNow();
        await victim.cancel();
        for await (const batch of channel.batches(2)) seen.push(...batch);
      });
      assert.deepEqual(
        seen,
        [...seen].sort((a, b) => a - b),
      );
      assert.deepEqual(seen.slice(0, 5), [0, 1, 2, 3, 4]);
      assert.deepEqual(seen.slice(-3), [6, 7, 8]);
      assert.equal(channel.closed, true);
      assert.equal(channel.trySend(1), false);
      await assert.rejects(channel.send(1), ClosedError);
      await assert.rejects(channel.receive(), ClosedError);
      assert.equal((await select({ channel })).closed, true);
    }));
}

function late(error: unknown): void {
  assert(error instanceof TimeoutError);
}

function giveBack(moved: { readonly kind: string; readonly value?: Disposable }): void {
  moved.value?.[Symbol.dispose]();
}

import assert from "node:assert/strict";
import {
  Barrier,
  CancelError,
  Condition,
  Event,
  Mutex,
  Notify,
  RuntimeError,
  RwLock,
  Semaphore,
  TimeoutError,
  WaitGroup,
  select,
  yieldNow,
} from "@hotpath/runtime";
import { cancelSome, inTime, settled, spawnMany, stumble, type Race, type Random } from "./race.ts";

async function mutexExcludes(random: Random): Promise<void> {
  const mutex = new Mutex();
  let inside = 0;
  const tasks = spawnMany(5, async () => {
    await stumble(random);
    await inTime(async () => {
      using _ = await mutex.lock(random.chance(0.5) ? { timeout: random.below(3) } : undefined);
      assert.equal(++inside, 1);
      try {
        await stumble(random);
      } finally {
        inside--;
      }
    });
  });
  await cancelSome(tasks, random);
  assert.equal(mutex.locked, false);
}

async function mutexInSelect(random: Random): Promise<void> {
  const [a, b] = [new Mutex(), new Mutex()];
  const inside = new Map<Mutex, number>();
  const tasks = spawnMany(4, async () => {
    const taken = await select({ a, b });
    using held = taken.value;
    const count = (inside.get(held.mutex) ?? 0) + 1;
    assert.equal(count, 1);
    inside.set(held.mutex, count);
    try {
      await stumble(random);
    } finally {
      inside.set(held.mutex, 0);
    }
  });
  await cancelSome(tasks, random);
  assert.deepEqual([a.locked, b.locked], [false, false]);
}

async function rwLockExcludes(random: Random): Promise<void> {
  const lock = new RwLock();
  let readers = 0;
  let writers = 0;
  const tasks = spawnMany(6, async (index) => {
    await stumble(random);
    const options = random.chance(0.5) ? { timeout: random.below(3) } : undefined;
    await inTime(async () => {
      if (index % 2 === 0) {
        using _ = await lock.read(options);
        readers++;
        assert.equal(writers, 0);
        await stumble(random).finally(() => readers--);
      } else {
        using _ = await lock.write(options);
        writers++;
        assert.deepEqual([readers, writers], [0, 1]);
        await stumble(random).finally(() => writers--);
      }
    });
  });
  await cancelSome(tasks, random);
  using all = lock.tryWrite();
  assert.notEqual(all, undefined, "a cancelled writer leaves nothing behind");
}

async function semaphoreConserves(random: Random): Promise<void> {
  const semaphore = new Semaphore(3);
  let out = 0;
  const tasks = spawnMany(6, async () => {
    const permits = 1 + random.below(3);
    await inTime(async () => {
      const timeout = random.below(4);
      using _ = await semaphore.acquire(random.chance(0.5) ? { permits, timeout } : { permits });
      out += permits;
      assert.ok(out <= 3);
      await stumble(random).finally(() => (out -= permits));
    });
  });
  await cancelSome(tasks, random);
  assert.equal(semaphore.available, 3);
}

/** Whoever gives up at the head of the line lets those behind it through, while others still hold. */
async function headGivesUp(random: Random): Promise<void> {
  const semaphore = new Semaphore(3);
  const lock = new RwLock();
  using _ = await semaphore.acquire({ permits: 2 });
  using __ = await lock.read();
  const options = random.chance(0.5) ? { timeout: random.below(3) } : {};
  const heads = spawnMany(2, async (index) => {
    await inTime(async () => {
      if (index === 0) (await semaphore.acquire({ permits: 3, ...options })).release();
      else (await lock.write(options)).unlock();
    });
  });
  await stumble(random);
  const behind = spawnMany(2, async (index) => {
    if (index === 0) (await semaphore.acquire()).release();
    else (await lock.read()).unlock();
  });
  await stumble(random);
  for (const task of heads) void task.cancel();
  await settled([...heads, ...behind]);
}

/** A queue under a mutex: every item that was put is taken, though takers time out and are cancelled. */
async function conditionLosesNoSignal(random: Random): Promise<void> {
  const mutex = new Mutex();
  const filled = new Condition();
  let items = 0;
  let taken = 0;
  const takers = spawnMany(3, async () => {
    for (;;) {
      using held = await mutex.lock();
      // oxlint-disable-next-line no-unmodified-loop-condition -- other tasks change it
      while (items === 0) await inTime(() => filled.wait(held, { timeout: 1 + random.below(3) }));
      items--;
      taken++;
      if (taken === 6) filled.broadcast();
    }
  });
  const putters = spawnMany(2, async () => {
    for (let k = 0; k < 3; k++) {
      await stumble(random);
      using _ = await mutex.lock();
      items++;
      filled.signal();
    }
  });
  void takers[0]!.cancel();
  await settled(putters);
  // oxlint-disable-next-line no-unmodified-loop-condition -- the takers change it
  while (taken < 6) await yieldNow();
  for (const taker of takers) void taker.cancel();
  await settled(takers);
  assert.deepEqual([items, taken, mutex.locked], [0, 6, false]);
}

/** Without timeouts: a signal must not be eaten by a waiter that is cancelled at the same moment. */
async function signalPassesTheCancelled(random: Random): Promise<void> {
  const mutex = new Mutex();
  const turn = new Condition();
  let tokens = 0;
  let used = 0;
  const tasks = spawnMany(3, async () => {
    using held = await mutex.lock();
    await turn.waitUntil(held, () => tokens > 0);
    tokens--;
    used++;
  });
  await stumble(random);
  void tasks[random.below(3)]!.cancel();
  await stumble(random);
  for (let k = 0; k < 3; k++) {
    using _ = await mutex.lock();
    tokens++;
    turn.broadcast();
  }
  await settled(tasks);
  assert.equal(used + tokens, 3);
  assert.equal(used, tasks.filter((task) => task.state === "done").length);
}

async function barrierBreaksOrOpens(random: Random): Promise<void> {
  const barrier = new Barrier(3);
  let leaders = 0;
  let through = 0;
  const tasks = spawnMany(3, async () => {
    await stumble(random);
    try {
      if (await barrier.wait({ timeout: 5 })) leaders++;
      through++;
    } catch (error) {
      const gaveUp = error instanceof TimeoutError || error instanceof CancelError;
      if (!gaveUp && !(error instanceof RuntimeError && error.code === "BROKEN")) throw error;
    }
  });
  await stumble(random);
  if (random.chance(0.5)) void tasks[random.below(3)]!.cancel();
  await settled(tasks);
  assert.deepEqual([through, leaders], barrier.broken ? [0, 0] : [3, 1]);
}

async function waitGroupOpensAtZero(random: Random): Promise<void> {
  const todo = new WaitGroup();
  let done = 0;
  todo.add(4);
  const workers = spawnMany(4, async () => {
    await stumble(random);
    done++;
    todo.done();
  });
  const waiters = spawnMany(3, async () => {
    await stumble(random);
    await todo.wait();
    assert.equal(done, 4);
  });
  await cancelSome(waiters, random);
  await settled(workers);
}

async function autoEventLetsOneThrough(random: Random): Promise<void> {
  const event = new Event({ autoReset: true });
  let through = 0;
  let sets = 0;
  const tasks = spawnMany(4, async () => {
    for (let k = 0; k < 2; k++) {
      if (await inTime(() => event.wait({ timeout: random.below(4) }))) through++;
    }
  });
  for (let k = 0; k < 4; k++) {
    await stumble(random);
    if (!event.isSet) {
      event.set();
      sets++;
    }
  }
  for (const task of tasks) if (random.chance(0.3)) void task.cancel();
  await settled(tasks);
  assert.equal(through + (event.isSet ? 1 : 0), sets);
}

async function manualEventLetsAllThrough(random: Random): Promise<void> {
  const event = new Event();
  const tasks = spawnMany(4, async () => {
    await stumble(random);
    await event.wait();
    assert.equal(event.isSet, true);
  });
  await stumble(random);
  event.set();
  await cancelSome(tasks, random);
}

async function notifyCountsWhoItWakes(random: Random): Promise<void> {
  const notify = new Notify();
  let woken = 0;
  let reached = 0;
  const tasks = spawnMany(4, async () => {
    await stumble(random);
    if (await inTime(() => notify.wait({ timeout: 1 + random.below(3) }))) woken++;
  });
  for (let k = 0; k < 4; k++) {
    await stumble(random);
    if (random.chance(0.2)) reached += notify.notifyAll();
    else if (notify.notify()) reached++;
    if (random.chance(0.3)) void tasks[k]!.cancel();
  }
  await settled(tasks);
  assert.equal(woken, reached, "a notification reaches a live waiter or nobody");
}

export const lockRaces: readonly Race[] = [
  { name: "Mutex: cancel × timeout × hand-over", body: mutexExcludes },
  { name: "Mutex as a case of select", body: mutexInSelect },
  { name: "RwLock: cancelled writers leave nothing behind", body: rwLockExcludes },
  { name: "Semaphore: cancel × timeout × wake conserves permits", body: semaphoreConserves },
  { name: "Semaphore, RwLock: the head of the line gives up", body: headGivesUp },
  { name: "Condition: timeout × signal", body: conditionLosesNoSignal },
  { name: "Condition: cancel × broadcast", body: signalPassesTheCancelled },
  { name: "Barrier: opens for all or breaks for all", body: barrierBreaksOrOpens },
  { name: "WaitGroup: cancel × done", body: waitGroupOpensAtZero },
  { name: "Event (auto reset): timeout × set × cancel", body: autoEventLetsOneThrough },
  { name: "Event (manual reset): set × cancel", body: manualEventLetsAllThrough },
  { name: "Notify: timeout × notify × cancel", body: notifyCountsWhoItWakes },
];

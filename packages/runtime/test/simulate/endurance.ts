/**
 * A small service that lives through simulated hours with faults: tasks that fail and are restarted,
 * clients that give up, a link that drops, a leader that is cancelled and replaced. Nothing may be lost
 * or counted twice, and nothing may be left over.
 */
import assert from "node:assert/strict";
import {
  Broadcast,
  CancelError,
  Channel,
  LaggedError,
  Mutex,
  RwLock,
  Semaphore,
  TimeoutError,
  Watch,
  after,
  group,
  moveOnAfter,
  runtime,
  select,
  sleep,
  spawn,
  ticker,
  type Duration,
} from "@hotpath/runtime";
import type { Random } from "../../src/simulate/random.ts";

class Fault extends Error {}

interface Books {
  accepted: number;
  refused: number;
  settled: number;
  faults: number;
}

/** Restarts `body` when it fails with a Fault, for as long as the task is not cancelled. */
async function supervise(books: Books, body: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await body();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      books.faults++;
      await sleep("1s");
    }
  }
}

export async function endure(random: Random, length: Duration): Promise<Books> {
  const books: Books = { accepted: 0, refused: 0, settled: 0, faults: 0 };
  const inbox = new Channel<number>(4, { name: "inbox" });
  const ledger = new Mutex({ name: "ledger" });
  const index = new RwLock({ name: "index" });
  const gate = new Semaphore(2, { name: "link" });
  const news = new Broadcast<number>(8, { name: "news" });
  const level = new Watch(0, { name: "level" });
  let inHand = 0;

  const client = async (): Promise<void> => {
    for (let request = 0; ; request++) {
      await sleep(random.below(600_000));
      try {
        await inbox.send(request, { timeout: random.below(5000) });
        books.accepted++;
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
        books.refused++;
      }
    }
  };

  const settle = async (): Promise<void> => {
    using _ = await gate.acquire();
    await sleep(random.below(60_000));
    if (random.chance(0.05)) throw new Fault("the link dropped");
  };

  const worker = async (): Promise<void> => {
    for (;;) {
      const next = await select.fair({ inbox, idle: after("30m") });
      if (next.kind === "idle" || next.closed) continue;
      inHand++;
      // At least once: the job is tried until it is through, also by a worker that is being replaced.
      for (let through = false; !through;) {
        const end = await moveOnAfter("50s", settle).catch((error: unknown) => {
          if (!(error instanceof Fault)) throw error;
          books.faults++;
          return { kind: "timeout" } as const;
        });
        through = end.kind === "done";
      }
      using _ = await ledger.lock();
      using __ = await index.write();
      books.settled++;
      inHand--;
      news.send(books.settled);
      level.set(books.settled);
    }
  };

  const reader = async (): Promise<void> => {
    using subscription = news.subscribe();
    let last = level.value;
    for (;;) {
      try {
        const value = await subscription.receive({ timeout: "2h" });
        assert.equal(value, last + 1);
        last = value;
        using _ = await index.read();
        await sleep(random.below(120_000));
        if (random.chance(0.02)) throw new Fault("the reader crashed");
      } catch (error) {
        if (error instanceof LaggedError) last += error.lost;
        else if (!(error instanceof TimeoutError)) throw error;
      }
    }
  };

  await moveOnAfter(length, () =>
    group(async (tasks) => {
      for (let k = 0; k < 3; k++) tasks.spawn(client, { name: `client ${k}` });
      for (let k = 0; k < 2; k++) tasks.spawn(worker, { name: `worker ${k}` });
      for (let k = 0; k < 2; k++) {
        tasks.spawn(() => supervise(books, reader), { name: `reader ${k}` });
      }
      // A leader that is deposed every hour or so and must leave nothing behind.
      for await (const beat of ticker("1h")) {
        const leader = spawn(async () => {
          using _ = await ledger.lock({ timeout: "10m" });
          await sleep(random.below(7_200_000));
        });
        await sleep(random.below(3_000_000));
        await leader.cancel(`deposed in hour ${beat.count}`);
        assert.ok(leader.state !== "failed");
        assert.ok(inbox.size <= inbox.capacity);
      }
    }),
  ).catch((error: unknown) => {
    assert.ok(!(error instanceof CancelError), "a deadline is not a cancellation from outside");
    throw error;
  });

  assert.equal(books.accepted, books.settled + inHand + inbox.size, JSON.stringify(books));
  assert.deepEqual([ledger.locked, index.writing, index.readers], [false, false, 0]);
  assert.equal(gate.available, 2);
  assert.equal(level.value, books.settled);
  const { live, parked, timers } = runtime.metrics();
  assert.deepEqual({ live, parked, timers }, { live: 1, parked: 0, timers: 0 });
  return books;
}

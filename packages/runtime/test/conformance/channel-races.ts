import assert from "node:assert/strict";
import {
  Broadcast,
  Channel,
  LaggedError,
  Oneshot,
  Watch,
  after,
  select,
  spawn,
} from "@hotpath/runtime";
import { cancelSome, inTime, settled, spawnMany, stumble, type Race, type Random } from "./race.ts";

/** What went in and what came out: nothing may be lost, doubled or invented. */
class Ledger {
  readonly sent = new Set<number>();
  readonly received: number[] = [];

  check(left: readonly number[]): void {
    const out = [...this.received, ...left].sort((a, b) => a - b);
    assert.deepEqual(
      out,
      [...this.sent].sort((a, b) => a - b),
    );
  }
}

function capacity(random: Random): number {
  return [0, 1, 3, Infinity][random.below(4)]!;
}

function drained(channel: Channel<number>): number[] {
  const left: number[] = [];
  for (let value = channel.tryReceive(); value !== undefined; value = channel.tryReceive()) {
    left.push(value);
  }
  return left;
}

async function cancelledBothSides(random: Random): Promise<void> {
  const channel = new Channel<number>(capacity(random));
  const ledger = new Ledger();
  const tasks = [
    ...spawnMany(3, async (index) => {
      for (let k = 0; k < 3; k++) {
        const value = index * 10 + k;
        await channel.send(value);
        ledger.sent.add(value);
      }
    }),
    ...spawnMany(3, async () => {
      for (let k = 0; k < 3; k++) ledger.received.push(await channel.receive());
    }),
  ];
  await stumble(random);
  for (const task of tasks) if (random.chance(0.4)) void task.cancel();
  await stumble(random);
  // Whoever is still waiting now waits for somebody who was cancelled.
  for (const task of tasks) void task.cancel();
  await settled(tasks);
  ledger.check(drained(channel));
}

async function timeoutsBothSides(random: Random): Promise<void> {
  const channel = new Channel<number>(capacity(random));
  const ledger = new Ledger();
  const tasks = [
    ...spawnMany(2, async (index) => {
      for (let k = 0; k < 3; k++) {
        await stumble(random);
        const value = index * 10 + k;
        if (await inTime(() => channel.send(value, { timeout: random.below(3) }))) {
          ledger.sent.add(value);
        }
      }
    }),
    ...spawnMany(2, async () => {
      for (let k = 0; k < 3; k++) {
        await stumble(random);
        await inTime(async () => {
          ledger.received.push(await channel.receive({ timeout: random.below(3) }));
        });
      }
    }),
  ];
  await settled(tasks);
  ledger.check(drained(channel));
}

async function closedWhileWaiting(random: Random): Promise<void> {
  const channel = new Channel<number>(capacity(random));
  const ledger = new Ledger();
  const senders = spawnMany(2, async (index) => {
    for (let k = 0; k < 3; k++) {
      try {
        await channel.send(index * 10 + k);
      } catch {
        return;
      }
      ledger.sent.add(index * 10 + k);
    }
  });
  const receivers = spawnMany(2, async () => {
    for await (const value of channel) ledger.received.push(value);
  });
  await stumble(random);
  channel.close();
  await settled([...senders, ...receivers]);
  ledger.check([]);
}

async function orderOfOneSender(random: Random): Promise<void> {
  const channel = new Channel<number>(capacity(random));
  const received: number[] = [];
  spawn(async () => {
    for (let k = 0; k < 8; k++) {
      if (random.chance(0.5) || !channel.trySend(k)) await channel.send(k);
    }
    channel.close();
  });
  for await (const batch of channel.batches(3)) {
    received.push(...batch);
    await stumble(random);
  }
  assert.deepEqual(received, [0, 1, 2, 3, 4, 5, 6, 7]);
}

async function handlesCloseOnce(random: Random): Promise<void> {
  const channel = new Channel<number>(capacity(random));
  const first = channel.sender();
  for (let producer = 0; producer < 3; producer++) {
    const handle = first.clone();
    spawn(async () => {
      using mine = handle;
      await stumble(random);
      await mine.send(producer);
    });
  }
  first.close();
  const received: number[] = [];
  for await (const value of channel) received.push(value);
  assert.deepEqual(
    received.sort((a, b) => a - b),
    [0, 1, 2],
  );
}

async function selectTakesOne(random: Random): Promise<void> {
  const left = new Channel<number>(capacity(random));
  const right = new Channel<number>(random.below(2));
  const out = new Channel<number>(random.below(2));
  const [inward, outward] = [new Ledger(), new Ledger()];
  const tasks = [
    ...spawnMany(4, async (index) => {
      const channel = index % 2 === 0 ? left : right;
      for (let k = 0; k < 2; k++) {
        const value = index * 10 + k;
        await channel.send(value);
        inward.sent.add(value);
      }
    }),
    ...spawnMany(2, async (index) => {
      for (let k = 0; k < 4; k++) {
        const value = 100 + index * 10 + k;
        const cases = { left, right, out: out.sending(value), late: after(random.below(3)) };
        const next = await (random.chance(0.5) ? select(cases) : select.fair(cases));
        if (next.kind === "out") outward.sent.add(value);
        else if (next.kind !== "late") inward.received.push(next.value!);
      }
    }),
    ...spawnMany(1, async () => {
      for (let k = 0; k < 2; k++) outward.received.push(await out.receive());
    }),
  ];
  await stumble(random);
  for (const task of tasks) if (random.chance(0.3)) void task.cancel();
  await stumble(random);
  for (const task of tasks) void task.cancel();
  await settled(tasks);
  inward.check([...drained(left), ...drained(right)]);
  outward.check(drained(out));
}

async function broadcastCounts(random: Random): Promise<void> {
  const broadcast = new Broadcast<number>(1 + random.below(3));
  const subscriptions = [0, 1, 2].map(() => broadcast.subscribe());
  const tasks = spawnMany(3, async (index) => {
    const subscription = subscriptions[index]!;
    let last = -1;
    for (;;) {
      try {
        const next = await select({ subscription });
        if (next.closed) break;
        assert.ok(next.value > last);
        last = next.value;
      } catch (error) {
        if (!(error instanceof LaggedError)) throw error;
        last += error.lost;
      }
      if (random.chance(0.3)) await stumble(random);
    }
    assert.equal(last, 7, "what was received and what was reported lost add up");
  });
  await stumble(random);
  for (let value = 0; value < 8; value++) {
    broadcast.send(value);
    if (random.chance(0.5)) await stumble(random);
  }
  broadcast.close();
  await settled(tasks);
}

async function watchSeesTheLast(random: Random): Promise<void> {
  const watch = new Watch(0);
  const seen: number[] = [];
  const watchers = [watch.watch(), watch.watch(), watch.watch()];
  const tasks = spawnMany(3, async (index) => {
    let last = 0;
    for await (const value of watchers[index]!) {
      assert.ok(value > last);
      last = value;
      await stumble(random);
    }
    seen.push(last);
  });
  for (let value = 1; value <= 5; value++) {
    watch.set(value);
    await stumble(random);
  }
  watch.close();
  await settled(tasks);
  assert.deepEqual(seen, [5, 5, 5]);
}

async function oneshotReachesAll(random: Random): Promise<void> {
  const oneshot = new Oneshot<number>();
  let got = 0;
  const tasks = spawnMany(4, async () => {
    await stumble(random);
    assert.equal(await oneshot.receive(), 9);
    got++;
  });
  await stumble(random);
  assert.equal(oneshot.send(9), true);
  assert.equal(oneshot.send(10), false);
  await cancelSome(tasks, random);
  assert.equal(got, tasks.filter((task) => task.state === "done").length);
}

export const channelRaces: readonly Race[] = [
  { name: "Channel: cancel × wake on both sides loses nothing", body: cancelledBothSides },
  { name: "Channel: timeout × wake on both sides loses nothing", body: timeoutsBothSides },
  { name: "Channel.close() × waiting senders and receivers", body: closedWhileWaiting },
  { name: "Channel keeps one sender's order, also in batches", body: orderOfOneSender },
  { name: "Channel closes with its last sender handle", body: handlesCloseOnce },
  { name: "select: cancel × timeout × wake, one winner, no residue", body: selectTakesOne },
  { name: "Broadcast: received and lost add up", body: broadcastCounts },
  { name: "Watch: every watcher sees the last value", body: watchSeesTheLast },
  { name: "Oneshot: every receiver gets the one value", body: oneshotReachesAll },
];

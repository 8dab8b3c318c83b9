import assert from "node:assert/strict";
import {
  CancelError,
  Channel,
  Group,
  group,
  monotonic,
  moveOnAfter,
  runtime,
  shield,
  sleep,
  spawn,
  withTimeout,
  yieldNow,
} from "@hotpath/runtime";
import { currentRuntime } from "../../src/runtime/runtime.ts";
import { settled, spawnMany, stumble, type Race, type Random } from "./race.ts";

/**
 * Random depths and deadlines: one block answers, the one whose deadline is the earliest. When the host
 * was so late that several have passed, the outer one cancels the inner, and it answers.
 */
async function nestedTimeouts(random: Random): Promise<void> {
  const limits = Array.from({ length: 4 }, () => 1 + random.below(50));
  const answered: number[] = [];
  const start = monotonic();
  const nest = async (level: number): Promise<void> => {
    if (level === limits.length) return sleep("1h");
    const end = await moveOnAfter(limits[level]!, () => nest(level + 1));
    if (end.kind === "timeout") answered.push(level);
  };
  await nest(0);
  const elapsedMs = monotonic() - start;
  const passed = limits.filter((limit) => limit <= elapsedMs + 0.5);
  assert.equal(answered.length, 1);
  assert.ok(passed.includes(limits[answered[0]!]!), `${limits.join()} after ${elapsedMs} ms`);
  if (passed.length === 1) assert.equal(limits[answered[0]!], Math.min(...limits));
}

/** The outer cancellation comes at any moment around the timeout: it wins whenever it is there. */
async function outerCancelWins(random: Random): Promise<void> {
  const task = spawn(async () => {
    try {
      await withTimeout(2, () => sleep("1h"));
    } catch (error) {
      over = true;
      const cancelled = error instanceof CancelError;
      assert.ok(stopping || !cancelled, "CancelError only when something outside was cancelled");
      // On Node the cancellation can come in the microtasks after the block has decided.
      if (currentRuntime().isSimulated) assert.equal(cancelled, stopping);
    }
  });
  let stopping = false;
  let over = false;
  for (let k = random.below(3); k > 0; k--) await sleep(1);
  await stumble(random);
  // Also after the timeout has fired and before the block has heard of it.
  if (!over && random.chance(0.7)) {
    stopping = true;
    void task.cancel("outer");
  }
  await settled([task]);
}

async function groupReuse(random: Random): Promise<void> {
  await using workers = new Group({ failFast: random.chance(0.5) });
  for (let round = 0; round < 3; round++) {
    let finished = 0;
    const fails = random.chance(0.4);
    for (let k = 0; k < 3; k++) {
      workers.spawn(async () => {
        await stumble(random);
        if (fails && k === 1) throw new Error(`round ${round}`);
        finished++;
      });
    }
    if (random.chance(0.3)) await workers.cancel();
    let failure = "";
    await workers.wait().catch((error: unknown) => {
      failure = String(error);
    });
    if (failure !== "") assert.equal(failure, `Error: round ${round}`);
    else assert.ok(finished <= 3);
    assert.equal(workers.size, 0, "nothing of a round is left in the next");
  }
}

async function groupLimit(random: Random): Promise<void> {
  let inside = 0;
  await group(
    async (workers) => {
      const tasks = Array.from({ length: 6 }, () =>
        workers.spawn(async () => {
          assert.ok(++inside <= 2);
          await stumble(random).finally(() => inside--);
        }),
      );
      await stumble(random);
      if (random.chance(0.5)) void tasks[random.below(6)]!.cancel();
      await settled(tasks);
    },
    { limit: 2 },
  );
  assert.equal(inside, 0);
}

async function failFast(random: Random): Promise<void> {
  let ended = 0;
  const failing = random.below(4);
  await assert.rejects(
    group(async (workers) => {
      for (let k = 0; k < 4; k++) {
        workers.spawn(async () => {
          try {
            await stumble(random);
            if (k === failing) throw new Error("first");
            await sleep("1h");
          } finally {
            ended++;
          }
        });
      }
      await sleep("2h");
    }),
    /^Error: first$/,
  );
  assert.ok(ended >= 1 && ended <= 4);
}

/** Everything below a cancelled task ends before cancel() returns, whatever it was parked in. */
async function shutdownWithWorkPending(random: Random): Promise<void> {
  const channel = new Channel<number>(random.below(2));
  let live = 0;
  const work = async (depth: number): Promise<void> => {
    live++;
    try {
      if (depth > 0) for (let k = 0; k < 2; k++) spawn(() => work(depth - 1));
      await stumble(random);
      const wait = random.below(3);
      if (wait === 0) await channel.send(depth);
      else if (wait === 1) await channel.receive();
      else await withTimeout("1h", () => sleep("2h"));
    } finally {
      await shield(() => yieldNow());
      live--;
    }
  };
  const root = spawn(() => work(3));
  await stumble(random);
  await root.cancel();
  assert.equal(live, 0);
  const { live: tasks, parked, timers } = runtime.metrics();
  assert.deepEqual({ tasks, parked, timers }, { tasks: 1, parked: 0, timers: 0 });
}

async function joinAgainstCancel(random: Random): Promise<void> {
  const target = spawn(async () => {
    await stumble(random);
    return 5;
  });
  let values = 0;
  const joiners = spawnMany(3, async () => {
    await stumble(random);
    try {
      assert.equal(await target.join(), 5);
      values++;
    } catch (error) {
      assert.ok(error instanceof CancelError || target.state === "cancelled");
    }
  });
  await stumble(random);
  void joiners[0]!.cancel();
  if (random.chance(0.5)) void target.cancel();
  await settled(joiners);
  assert.ok(target.state === "done" || values === 0);
}

async function shieldedCleanup(random: Random): Promise<void> {
  let cleaned = 0;
  const tasks = spawnMany(3, async () => {
    // Cancellation comes before the shield, or while it is up.
    const early = random.chance(0.5);
    try {
      if (!early) await sleep("1h");
    } finally {
      await shield(async () => {
        if (early) await sleep(5);
        await stumble(random);
        await shield(() => stumble(random));
        cleaned++;
      });
    }
  });
  await yieldNow();
  await sleep(1);
  for (const task of tasks) {
    void task.cancel();
    await stumble(random);
    void task.cancel("again");
  }
  await settled(tasks);
  assert.equal(cleaned, 3);
}

export const taskRaces: readonly Race[] = [
  { name: "nested timeouts: the earliest deadline answers", body: nestedTimeouts },
  { name: "timeout × outer cancellation: the outer one wins", body: outerCancelWins },
  { name: "Group: used again after success, failure and cancel", body: groupReuse },
  { name: "Group: the limit holds, also when queued tasks are cancelled", body: groupLimit },
  { name: "group: the first failure cancels and joins the rest", body: failFast },
  { name: "cancel() with work pending leaves nothing", body: shutdownWithWorkPending },
  { name: "Task: join × cancel of joiner and joined", body: joinAgainstCancel },
  { name: "shield: cleanup runs to its end under repeated cancellation", body: shieldedCleanup },
];

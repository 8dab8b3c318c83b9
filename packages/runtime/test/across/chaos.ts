/**
 * What the conformance tests let loose on a shared primitive, from several threads at once: every way
 * to wait for it, given up in every way, in an order and with pauses that a seed chooses.
 */
import { isMainThread } from "node:worker_threads";
import {
  CancelError,
  ClosedError,
  type SharedChannel,
  type SharedMutex,
  type SharedRwLock,
  type SharedSemaphore,
  TimeoutError,
  after,
  defineTask,
  select,
  spawn,
  yieldNow,
} from "../../src/index.ts";

/** Words of the shared scoreboard. */
export const INSIDE = 0;
export const WRITERS = 1;
export const ENTERED = 2;
export const GAVE_UP = 3;
export const VIOLATIONS = 4;
export const SENT = 5;
export const RECEIVED = 6;
export const SUM_SENT = 7;
export const SUM_RECEIVED = 8;

export type Lockable = SharedMutex | SharedRwLock | SharedSemaphore;

export interface Chaos {
  readonly seed: number;
  readonly rounds: number;
  /** How many may be inside at once. */
  readonly limit: number;
}

export function randomOf(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

function spinFor(turns: number): void {
  for (let k = 0; k < turns; k++) Atomics.pause();
}

type Ways = readonly ((lock: Lockable, random: () => number) => Promise<Disposable | undefined>)[];

async function whenCancelled(
  waiting: () => Promise<Disposable>,
  random: () => number,
): Promise<Disposable | undefined> {
  let got: Disposable | undefined;
  const task = spawn(async () => {
    got = await waiting();
  });
  for (let turns = Math.floor(random() * 4); turns > 0; turns--) await yieldNow();
  await task.cancel("chaos");
  return got;
}

function enter(lock: Lockable, write: boolean, timeout?: number): Promise<Disposable> {
  const options = timeout === undefined ? {} : { timeout };
  if ("acquire" in lock) return lock.acquire(options);
  if ("lock" in lock) return lock.lock(options);
  return write ? lock.write(options) : lock.read(options);
}

function enterSync(lock: Lockable, write: boolean, timeout: number): Disposable {
  const options = { timeout };
  if ("acquire" in lock) return lock.acquireSync(options);
  if ("lock" in lock) return lock.lockSync(options);
  return write ? lock.writeSync(options) : lock.readSync(options);
}

function caseOf(lock: Lockable, write: boolean) {
  if (!("sharing" in lock)) return lock;
  return write ? lock.excluding() : lock.sharing();
}

function waysIn(write: boolean): Ways {
  return [
    (lock) => enter(lock, write),
    (lock, random) => enter(lock, write, random() * 2),
    (lock, random) => whenCancelled(() => enter(lock, write), random),
    async (lock, random) => {
      const won = await select({ lock: caseOf(lock, write), tick: after(random() * 2) });
      return won.kind === "lock" ? (won.value as Disposable) : undefined;
    },
    async (lock, random) =>
      isMainThread ? enter(lock, write) : enterSync(lock, write, 1 + random() * 20),
  ];
}

/** Goes in and out of the lock, and counts every time that somebody is inside who must not be. */
export async function storm(lock: Lockable, board: Int32Array, chaos: Chaos): Promise<void> {
  const random = randomOf(chaos.seed);
  for (let round = 0; round < chaos.rounds; round++) {
    const write = !("read" in lock) || random() < 0.4;
    const ways = waysIn(write);
    const way = ways[Math.floor(random() * ways.length)]!;
    let held: Disposable | undefined;
    try {
      held = await way(lock, random);
    } catch (error) {
      if (!(error instanceof TimeoutError || error instanceof CancelError)) throw error;
    }
    if (held === undefined) {
      Atomics.add(board, GAVE_UP, 1);
      continue;
    }
    const inside = Atomics.add(board, INSIDE, 1) + 1;
    const writers = write ? Atomics.add(board, WRITERS, 1) + 1 : Atomics.load(board, WRITERS);
    const alone = "read" in lock ? writers > 0 && inside > 1 : inside > chaos.limit;
    if (alone) Atomics.add(board, VIOLATIONS, 1);
    spinFor(random() * 200);
    if (random() < 0.2) await yieldNow();
    if (write) Atomics.sub(board, WRITERS, 1);
    Atomics.sub(board, INSIDE, 1);
    Atomics.add(board, ENTERED, 1);
    held[Symbol.dispose]();
  }
}

export const stormOnThread = defineTask(
  import.meta.url,
  async function stormOnThread(lock: Lockable, board: Int32Array, chaos: Chaos): Promise<void> {
    await Promise.all([
      spawn(() => storm(lock, board, chaos)),
      spawn(() => storm(lock, board, { ...chaos, seed: chaos.seed + 1000 })),
    ]);
  },
);

type Numbers = SharedChannel<number, Uint32Array>;

/** Sends `rounds` values in every way; counts only what has been sent. */
export async function sendStorm(channel: Numbers, board: Int32Array, chaos: Chaos): Promise<void> {
  const random = randomOf(chaos.seed);
  const sent = (value: number): void => {
    Atomics.add(board, SENT, 1);
    Atomics.add(board, SUM_SENT, value);
  };
  for (let round = 0; round < chaos.rounds; round++) {
    const value = Math.floor(random() * 1000);
    const way = Math.floor(random() * 5);
    try {
      if (way === 0) await channel.send(value).then(() => sent(value));
      else if (way === 1)
        await channel.send(value, { timeout: random() * 2 }).then(() => sent(value));
      else if (way === 2) {
        const won = await select({ out: channel.sending(value), tick: after(random()) });
        if (won.kind === "out") sent(value);
      } else if (way === 3) {
        await channel.sendAll([value, value, value]);
        for (let k = 0; k < 3; k++) sent(value);
      } else if (isMainThread) {
        if (channel.trySend(value)) sent(value);
      } else {
        channel.sendSync(value, { timeout: 50 });
        sent(value);
      }
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
    }
  }
}

/** Receives in every way until the channel is closed. */
export async function receiveStorm(
  channel: Numbers,
  board: Int32Array,
  chaos: Chaos,
): Promise<void> {
  const random = randomOf(chaos.seed);
  const received = (values: Iterable<number>): void => {
    for (const value of values) {
      Atomics.add(board, RECEIVED, 1);
      Atomics.add(board, SUM_RECEIVED, value);
    }
  };
  for (;;) {
    const way = Math.floor(random() * 6);
    try {
      if (way === 0) received([await channel.receive()]);
      else if (way === 1) received([await channel.receive({ timeout: random() * 2 })]);
      else if (way === 2) {
        const won = await select({ value: channel, tick: after(random()) });
        if (won.kind === "value" && won.closed) return;
        if (won.kind === "value" && !won.closed) received([won.value]);
      } else if (way === 3) received(await channel.receiveBatch(7));
      else if (way === 4 && !isMainThread) received([channel.receiveSync({ timeout: 5 })]);
      else {
        let got: number | undefined;
        const task = spawn(async () => {
          try {
            got = await channel.receive();
          } catch (error) {
            if (!(error instanceof ClosedError)) throw error;
          }
        });
        for (let turns = Math.floor(random() * 4); turns > 0; turns--) await yieldNow();
        await task.cancel("chaos");
        if (got !== undefined) received([got]);
        else await yieldNow();
      }
    } catch (error) {
      if (error instanceof ClosedError) return;
      if (!(error instanceof TimeoutError)) throw error;
    }
  }
}

export const sendOnThread = defineTask(
  import.meta.url,
  function sendOnThread(channel: Numbers, board: Int32Array, chaos: Chaos): Promise<void> {
    return sendStorm(channel, board, chaos);
  },
);

export const receiveOnThread = defineTask(
  import.meta.url,
  function receiveOnThread(channel: Numbers, board: Int32Array, chaos: Chaos): Promise<void> {
    return receiveStorm(channel, board, chaos);
  },
);

/** Holds what it was told to, or waits for it, until its thread dies. */
export const dieWith = defineTask(
  import.meta.url,
  async function dieWith(
    lock: Lockable | SharedChannel<number>,
    how: "hold" | "wait" | "send",
  ): Promise<void> {
    if (how === "send" && "sender" in lock) lock.sender();
    else if (how === "hold") await enter(lock as Lockable, true);
    else {
      spawn(() =>
        "receive" in lock ? lock.receive() : enter(lock as Lockable, true).then(() => undefined),
      ).detach();
      for (let turn = 0; turn < 5; turn++) await yieldNow();
    }
    process.exit(1);
  },
);

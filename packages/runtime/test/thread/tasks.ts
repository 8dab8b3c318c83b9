/** Tasks for the tests of threads. Imported here and in every thread. */
import { threadId } from "node:worker_threads";
import {
  RuntimeError,
  type SharedBarrier,
  type SharedEvent,
  type SharedMutex,
  defineTask,
  registerError,
  sleep,
  spawn,
  transfer,
} from "../../src/index.ts";

export class PaymentError extends Error {
  override readonly name = "PaymentError";
  readonly amountMinor: number;

  constructor(message: string, amountMinor: number) {
    super(message);
    this.amountMinor = amountMinor;
  }
}
registerError(PaymentError);

export const add = defineTask(import.meta.url, function add(a: number, b: number): number {
  return a + b;
});

export const square = defineTask(import.meta.url, async (n: number): Promise<number> => n * n, {
  name: "square",
});

export const whichThread = defineTask(import.meta.url, function whichThread(): number {
  return threadId;
});

/** Computes until the flag says so, and says on which thread. */
export const computeUntil = defineTask(
  import.meta.url,
  function computeUntil(flag: Int32Array): number {
    Atomics.add(flag, 1, 1);
    Atomics.notify(flag, 1);
    while (Atomics.load(flag, 0) === 0) Atomics.pause();
    return threadId;
  },
);

export const fail = defineTask(import.meta.url, function fail(kind: string): never {
  if (kind === "own") throw new PaymentError("too little", 1999);
  if (kind === "runtime")
    throw new RuntimeError("IO", "disk is gone", { cause: new TypeError("x") });
  if (kind === "aggregate") throw new AggregateError([new RangeError("a"), "b"], "both");
  // oxlint-disable-next-line no-throw-literal, typescript/only-throw-error -- what the test is about
  throw kind;
});

export const sleepForever = defineTask(
  import.meta.url,
  async function sleepForever(flag: Int32Array): Promise<void> {
    try {
      spawn(() => sleep("1h"), { name: "inner" });
      Atomics.add(flag, 0, 1);
      Atomics.notify(flag, 0);
      await sleep("1h");
    } finally {
      Atomics.add(flag, 1, 1);
    }
  },
);

export const die = defineTask(import.meta.url, function die(): void {
  process.exit(3);
});

export const crash = defineTask(import.meta.url, async function crash(): Promise<void> {
  setImmediate(() => {
    throw new PaymentError("in a callback", 1);
  });
  await sleep("1h");
});

export const reverse = defineTask(import.meta.url, function reverse(bytes: Uint8Array): Uint8Array {
  bytes.reverse();
  return transfer(bytes, [bytes.buffer as ArrayBuffer]);
});

export const notCloneable = defineTask(import.meta.url, function notCloneable(): () => void {
  return () => {};
});

/** Adds to a plain counter under the lock, some times, giving way in between as `seed` says. */
export const countUnderLock = defineTask(
  import.meta.url,
  async function countUnderLock(
    mutex: SharedMutex,
    counter: Int32Array,
    rounds: number,
    blocking: boolean,
  ): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      using _ = blocking && round % 2 === 0 ? mutex.lockSync() : await mutex.lock();
      const before = counter[0]!;
      for (let k = 0; k < (round % 7) * 20; k++) Atomics.pause();
      counter[0] = before + 1;
    }
  },
);

/** Takes the lock and computes until its thread is ended. */
export const holdUntilEnded = defineTask(
  import.meta.url,
  async function holdUntilEnded(mutex: SharedMutex, holding: SharedEvent): Promise<void> {
    await mutex.lock();
    holding.set();
    for (;;) Atomics.pause();
  },
);

export const dieHolding = defineTask(
  import.meta.url,
  async function dieHolding(mutex: SharedMutex): Promise<void> {
    await mutex.lock();
    process.exit(1);
  },
);

export const lockSyncForever = defineTask(
  import.meta.url,
  function lockSyncForever(mutex: SharedMutex, started: SharedEvent): void {
    started.set();
    mutex.lockSync();
  },
);

export const rounds = defineTask(
  import.meta.url,
  async function rounds(
    barrier: SharedBarrier,
    log: Int32Array,
    count: number,
    blocking: boolean,
  ): Promise<number> {
    let leader = 0;
    for (let round = 0; round < count; round++) {
      Atomics.add(log, round, 1);
      const led = blocking ? barrier.waitSync() : await barrier.wait();
      if (led) leader++;
      if (Atomics.load(log, round) !== barrier.parties) throw new Error(`round ${round} was open`);
    }
    return leader;
  },
);

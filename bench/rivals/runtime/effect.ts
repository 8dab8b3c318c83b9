/** The core cases on Effect 4, written as its own documentation would. */
import { Effect, Fiber, Queue, Semaphore } from "effect";
import { main, type Timed, type Workload } from "../../../packages/runtime/bench/workload.ts";

const pingPong = (count: number) =>
  Effect.gen(function* () {
    const ping = yield* Queue.bounded<number>(1);
    const pong = yield* Queue.bounded<number>(1);
    let sum = 0;
    const echo = yield* Effect.forkChild(
      Effect.gen(function* () {
        for (let k = 0; k < count; k++) yield* Queue.offer(pong, (yield* Queue.take(ping)) + 1);
      }),
    );
    for (let k = 0; k < count; k++) {
      yield* Queue.offer(ping, k);
      sum += yield* Queue.take(pong);
    }
    yield* Fiber.join(echo);
    return sum;
  });

const throughput = (count: number) =>
  Effect.gen(function* () {
    const queue = yield* Queue.bounded<number>(1024);
    let sum = 0;
    yield* Effect.forkChild(
      Effect.gen(function* () {
        for (let k = 0; k < count; k++) yield* Queue.offer(queue, k);
      }),
    );
    for (let k = 0; k < count; k++) sum += yield* Queue.take(queue);
    return sum;
  });

const batches = (count: number) =>
  Effect.gen(function* () {
    const queue = yield* Queue.bounded<number>(1024);
    let sum = 0;
    yield* Effect.forkChild(
      Effect.gen(function* () {
        const chunk: number[] = [];
        for (let k = 0; k < count; k++) {
          chunk.push(k);
          if (chunk.length === 256 || k === count - 1)
            yield* Queue.offerAll(queue, chunk.splice(0));
        }
      }),
    );
    for (let left = count; left > 0;) {
      const batch = yield* Queue.takeBetween(queue, 1, 1024);
      for (const value of batch) sum += value;
      left -= batch.length;
    }
    return sum;
  });

const spawnJoin = (count: number) =>
  Effect.gen(function* () {
    let sum = 0;
    for (let k = 0; k < count; k++) {
      sum += yield* Fiber.join(yield* Effect.forkChild(Effect.sync(() => k)));
    }
    return sum;
  });

const contended = (count: number) =>
  Effect.gen(function* () {
    const semaphore = yield* Semaphore.make(1);
    let sum = 0;
    const one = Effect.gen(function* () {
      for (let k = 0; k < count / 4; k++) yield* semaphore.withPermits(1)(Effect.sync(() => sum++));
    });
    yield* Effect.all([one, one, one, one], { concurrency: "unbounded" });
    return sum;
  });

const sleepers = (count: number) =>
  Effect.gen(function* () {
    let sum = 0;
    const one = Effect.andThen(
      Effect.sleep("10 millis"),
      Effect.sync(() => sum++),
    );
    const fibers: Fiber.Fiber<number>[] = [];
    for (let k = 0; k < count; k++) fibers.push(yield* Effect.forkChild(one));
    for (const fiber of fibers) yield* Fiber.join(fiber);
    return sum;
  });

/** The same tree as ours; each fiber is joined by nobody and interrupted with its parent. */
async function cancelTree(count: number): Promise<Timed> {
  const width = Math.round(count ** 0.25);
  let started = 0;
  let ended = 0;
  const node = (depth: number): Effect.Effect<void> =>
    Effect.gen(function* () {
      if (depth > 1) for (let k = 0; k < width; k++) yield* Effect.forkChild(node(depth - 1));
      started++;
      yield* Effect.never;
    }).pipe(Effect.ensuring(Effect.sync(() => ended++)));
  const total = 1 + width + width ** 2 + width ** 3 + width ** 4;
  const root = Effect.runFork(node(5));
  // oxlint-disable-next-line no-unmodified-loop-condition -- the fibers change it
  while (started < total) await new Promise((next) => setImmediate(next));
  const start = performance.now();
  await Effect.runPromise(Fiber.interrupt(root));
  return { ms: performance.now() - start, checksum: `${total - ended} leaked of ${total}` };
}

async function parkedMemory(count: number): Promise<Timed> {
  const collect = globalThis.gc!;
  const queue = await Effect.runPromise(Queue.bounded<number>(1));
  collect();
  const before = process.memoryUsage().heapUsed;
  const fibers = Array.from({ length: count }, () => Effect.runFork(Queue.take(queue)));
  await new Promise((next) => setTimeout(next, 50));
  collect();
  const bytes = (process.memoryUsage().heapUsed - before) / count;
  await Effect.runPromise(Fiber.interruptAll(fibers));
  return { ms: bytes, checksum: String(count) };
}

function workload(program: (count: number) => Effect.Effect<number>): Workload {
  return { run: (count) => Effect.runPromise(program(count)) };
}

await main({
  "channel-pingpong": workload(pingPong),
  "channel-throughput": workload(throughput),
  "channel-batches": workload(batches),
  "spawn-join": workload(spawnJoin),
  "mutex-contended": workload(contended),
  sleepers: workload(sleepers),
  "cancel-tree": { once: cancelTree },
  "parked-task-memory": { once: parkedMemory },
});

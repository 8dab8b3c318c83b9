/** The core cases on @hotpath/runtime. One process each: node ours.ts CASE COUNT ROUNDS. */
import { Channel, Mutex, run, runtime, select, sleep, spawn, yieldNow } from "@hotpath/runtime";
import { main, type Timed, type Workload } from "./workload.ts";

async function pingPong(count: number): Promise<number> {
  const ping = new Channel<number>();
  const pong = new Channel<number>();
  let sum = 0;
  const echo = spawn(async () => {
    for (let k = 0; k < count; k++) await pong.send((await ping.receive()) + 1);
  });
  for (let k = 0; k < count; k++) {
    await ping.send(k);
    sum += await pong.receive();
  }
  await echo;
  return sum;
}

async function throughput(count: number): Promise<number> {
  const channel = new Channel<number>(1024);
  let sum = 0;
  spawn(async () => {
    for (let k = 0; k < count; k++) await channel.send(k);
    channel.close();
  });
  for (let k = 0; k < count; k++) sum += await channel.receive();
  return sum;
}

async function batches(count: number): Promise<number> {
  const channel = new Channel<number>(1024);
  let sum = 0;
  spawn(async () => {
    const chunk: number[] = [];
    for (let k = 0; k < count; k++) {
      chunk.push(k);
      if (chunk.length === 256 || k === count - 1) await channel.sendAll(chunk.splice(0));
    }
    channel.close();
  });
  for await (const batch of channel.batches()) for (const value of batch) sum += value;
  return sum;
}

async function spawnJoin(count: number): Promise<number> {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += await spawn(() => k).join();
  return sum;
}

async function selectFour(count: number): Promise<number> {
  const channels = Array.from({ length: 4 }, () => new Channel<number>());
  const [a, b, c, d] = channels as [
    Channel<number>,
    Channel<number>,
    Channel<number>,
    Channel<number>,
  ];
  let sum = 0;
  const sender = spawn(async () => {
    for (let k = 0; k < count; k++) await channels[k & 3]!.send(k);
  });
  for (let k = 0; k < count; k++) {
    const next = await select({ a, b, c, d });
    if (!next.closed) sum += next.value;
  }
  await sender;
  return sum;
}

async function contended(count: number): Promise<number> {
  const mutex = new Mutex();
  let sum = 0;
  const tasks = Array.from({ length: 4 }, () =>
    spawn(async () => {
      for (let k = 0; k < count / 4; k++) {
        const held = await mutex.lock();
        sum++;
        held.unlock();
      }
    }),
  );
  for (const task of tasks) await task.join();
  return sum;
}

function tryLock(count: number): number {
  const mutex = new Mutex();
  let sum = 0;
  for (let k = 0; k < count; k++) {
    const held = mutex.tryLock();
    if (held !== undefined) {
      sum++;
      held.unlock();
    }
  }
  return sum;
}

async function sleepers(count: number): Promise<number> {
  let sum = 0;
  const tasks = Array.from({ length: count }, () =>
    spawn(async () => {
      await sleep(10);
      sum++;
    }),
  );
  for (const task of tasks) await task.join();
  return sum;
}

/** Tasks parked at depth 5 of a tree with 10 children a node, cancelled at the root. */
async function cancelTree(count: number): Promise<Timed> {
  const never = new Channel<number>();
  let ended = 0;
  const node = async (depth: number, width: number): Promise<void> => {
    try {
      if (depth > 1) for (let k = 0; k < width; k++) spawn(() => node(depth - 1, width));
      await never.receive();
    } finally {
      ended++;
    }
  };
  const width = Math.round(count ** 0.25);
  const root = spawn(() => node(5, width));
  while (runtime.metrics().parked < total(width)) await yieldNow();
  const start = performance.now();
  await root.cancel();
  const ms = performance.now() - start;
  const leaked = runtime.metrics().live - 1 + (total(width) - ended);
  return { ms, checksum: `${leaked} leaked of ${total(width)}` };
}

function total(width: number): number {
  return 1 + width + width ** 2 + width ** 3 + width ** 4;
}

/** Bytes a parked task takes, everything included, for two ways to write its body. */
function parkedMemory(body: (never: Channel<number>) => () => Promise<unknown>): Workload {
  return {
    async once(count) {
      const never = new Channel<number>();
      const park = body(never);
      const collect = globalThis.gc!;
      collect();
      const before = process.memoryUsage().heapUsed;
      const tasks = Array.from({ length: count }, () => spawn(park));
      while (runtime.metrics().parked < count) await yieldNow();
      collect();
      const bytes = (process.memoryUsage().heapUsed - before) / count;
      await Promise.all(tasks.map((task) => task.cancel()));
      return { ms: bytes, checksum: String(count) };
    },
  };
}

/** How much the heap has grown after `count` selects that waited. */
async function selectHeap(count: number): Promise<Timed> {
  await selectFour(10_000);
  globalThis.gc!();
  const before = process.memoryUsage().heapUsed;
  await selectFour(count);
  globalThis.gc!();
  return { ms: Math.max(0, process.memoryUsage().heapUsed - before), checksum: String(count) };
}

const workloads: Record<string, Workload> = {
  "channel-pingpong": { run: pingPong },
  "channel-throughput": { run: throughput },
  "channel-batches": { run: batches },
  "spawn-join": { run: spawnJoin },
  "select-4": { run: selectFour },
  "select-4-heap": { once: selectHeap },
  "mutex-contended": { run: contended },
  "mutex-uncontended": { run: tryLock },
  sleepers: { run: sleepers },
  "cancel-tree": { once: cancelTree },
  // What the runtime adds: the task is parked and has no frame of its own.
  "parked-task-memory": parkedMemory((never) => () => never.receive()),
  "parked-async-memory": parkedMemory((never) => async () => {
    await never.receive();
  }),
};

await run(() => main(workloads));

/** The cases between threads on @hotpath/runtime. One process each: node thread-cases.ts CASE COUNT ROUNDS. */
import { SharedBarrier, SharedChannel, parallel, run } from "@hotpath/runtime";
import { echo, echoSync, meet, pingSync, produce, produceSingly, work } from "./thread-tasks.ts";
import { main, type Timed, type Workload } from "./workload.ts";

const CHUNK = 1024;

async function batches(count: number): Promise<number> {
  const channel = SharedChannel.u32(16 * CHUNK);
  const producer = produce(channel, count, CHUNK);
  let sum = 0;
  for (let left = count; left > 0;) {
    const batch = await channel.receiveBatch(16 * CHUNK);
    for (const value of batch) sum += value;
    left -= batch.length;
  }
  await producer;
  return sum;
}

async function singles(count: number): Promise<number> {
  const channel = SharedChannel.u32(16 * CHUNK);
  const producer = produceSingly(channel, count);
  let sum = 0;
  for (let left = count; left > 0; left--) sum += await channel.receive();
  await producer;
  return sum;
}

async function roundTrip(count: number): Promise<number> {
  const ping = SharedChannel.u32(4);
  const pong = SharedChannel.u32(4);
  const other = echo(ping, pong, count);
  let sum = 0;
  for (let k = 0; k < count; k++) {
    await ping.send(k);
    sum += await pong.receive();
  }
  await other;
  return sum;
}

async function roundTripSync(count: number): Promise<Timed> {
  const ping = SharedChannel.u32(4);
  const pong = SharedChannel.u32(4);
  const other = echoSync.with({ thread: 0 })(ping, pong, count);
  const ms = await pingSync.with({ thread: 1 })(ping, pong, count);
  await other;
  return { ms, checksum: String((count * (count - 1)) / 2) };
}

async function barrier(count: number): Promise<Timed> {
  const gate = new SharedBarrier(2);
  const both = [0, 1].map((thread) => meet.with({ thread })(gate, count));
  const [ms = 0] = await Promise.all(both);
  return { ms, checksum: String(count) };
}

async function fanOut(count: number): Promise<number> {
  const results = await parallel(
    work,
    Array.from({ length: count }, (_, k) => k),
  );
  return results.reduce((sum, hash) => sum + hash, 0);
}

async function oneThread(count: number): Promise<number> {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += await work.local(k);
  return sum;
}

const workloads: Record<string, Workload> = {
  batches: { run: batches },
  singles: { run: singles },
  "round-trip": { run: roundTrip },
  "round-trip-sync": { once: roundTripSync },
  barrier: { once: barrier },
  "cpu-fanout": { run: fanOut },
  "one-thread": { run: oneThread },
};

await run(() => main(workloads), { threads: 2 });

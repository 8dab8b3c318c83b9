/** What the threads do in the cases that need them. */
import { type SharedBarrier, type SharedChannel, defineTask } from "@hotpath/runtime";

type Numbers = SharedChannel<number, Uint32Array>;

/** Sends 0 … count − 1 in chunks. */
export const produce = defineTask(
  import.meta.url,
  async function produce(channel: Numbers, count: number, chunkSize: number): Promise<void> {
    const chunk = new Uint32Array(chunkSize);
    for (let start = 0; start < count; start += chunkSize) {
      for (let k = 0; k < chunkSize; k++) chunk[k] = start + k;
      await channel.sendAll(chunk);
    }
  },
);

/** Sends 0 … count − 1 one by one, without waiting where there is room. */
export const produceSingly = defineTask(
  import.meta.url,
  async function produceSingly(channel: Numbers, count: number): Promise<void> {
    for (let k = 0; k < count; k++) if (!channel.trySend(k)) await channel.send(k);
  },
);

/** Sends back what it receives. */
export const echo = defineTask(
  import.meta.url,
  async function echo(ping: Numbers, pong: Numbers, count: number): Promise<void> {
    for (let k = 0; k < count; k++) await pong.send(await ping.receive());
  },
);

export const echoSync = defineTask(
  import.meta.url,
  function echoSync(ping: Numbers, pong: Numbers, count: number): void {
    for (let k = 0; k < count; k++) pong.sendSync(ping.receiveSync());
  },
);

/** As the other side of `echoSync`; nanoseconds a round trip. */
export const pingSync = defineTask(
  import.meta.url,
  function pingSync(ping: Numbers, pong: Numbers, count: number): number {
    const start = performance.now();
    for (let k = 0; k < count; k++) {
      ping.sendSync(k);
      if (pong.receiveSync() !== k) throw new Error("out of order");
    }
    return performance.now() - start;
  },
);

/** Meets the others at the barrier; milliseconds. */
export const meet = defineTask(
  import.meta.url,
  function meet(barrier: SharedBarrier, count: number): number {
    for (let k = 0; k < 1000; k++) barrier.waitSync();
    const start = performance.now();
    for (let k = 0; k < count; k++) barrier.waitSync();
    return performance.now() - start;
  },
);

/** Work that takes about a millisecond: rounds of a hash. */
export const work = defineTask(import.meta.url, function work(seed: number): number {
  let hash = seed | 0;
  for (let k = 0; k < 400_000; k++) {
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash = (hash + 0x6d2b79f5) | 0;
  }
  return hash >>> 0;
});

/** What bare promises do, written by hand for each case: the floor, with nothing around it. */
import { setTimeout as delay } from "node:timers/promises";
import { main, type Timed } from "../../../packages/runtime/bench/workload.ts";

/** A rendezvous without cancellation, timeouts, closing, fairness or names. */
class Slot {
  #value: number | undefined;
  #taker: ((value: number) => void) | undefined;
  #taken: (() => void) | undefined;

  send(value: number): Promise<void> | undefined {
    const taker = this.#taker;
    if (taker !== undefined) {
      this.#taker = undefined;
      taker(value);
      return undefined;
    }
    this.#value = value;
    return new Promise((resolve) => (this.#taken = resolve));
  }

  receive(): Promise<number> {
    const value = this.#value;
    if (value !== undefined) {
      this.#value = undefined;
      this.#taken!();
      return Promise.resolve(value);
    }
    return new Promise((resolve) => (this.#taker = resolve));
  }
}

async function pingPong(count: number): Promise<number> {
  const [ping, pong] = [new Slot(), new Slot()];
  let sum = 0;
  const echo = (async () => {
    for (let k = 0; k < count; k++) await pong.send((await ping.receive()) + 1);
  })();
  for (let k = 0; k < count; k++) {
    await ping.send(k);
    sum += await pong.receive();
  }
  await echo;
  return sum;
}

async function spawnJoin(count: number): Promise<number> {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += await Promise.resolve().then(async () => k);
  return sum;
}

async function sleepers(count: number): Promise<number> {
  let sum = 0;
  const one = async (): Promise<void> => {
    await delay(10);
    sum++;
  };
  await Promise.all(Array.from({ length: count }, one));
  return sum;
}

async function parkedMemory(count: number): Promise<Timed> {
  const collect = globalThis.gc!;
  collect();
  const before = process.memoryUsage().heapUsed;
  const resolvers: (() => void)[] = [];
  const park = async (): Promise<void> => {
    await new Promise<void>((resolve) => resolvers.push(resolve));
  };
  const tasks = Array.from({ length: count }, park);
  collect();
  const bytes = (process.memoryUsage().heapUsed - before) / count;
  for (const resolve of resolvers) resolve();
  await Promise.all(tasks);
  return { ms: bytes, checksum: String(count) };
}

await main({
  "channel-pingpong": { run: pingPong },
  "spawn-join": { run: spawnJoin },
  sleepers: { run: sleepers },
  "parked-async-memory": { once: parkedMemory },
});

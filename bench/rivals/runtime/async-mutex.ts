/** The lock cases on async-mutex. */
import { Mutex } from "async-mutex";
import { main } from "../../../packages/runtime/bench/workload.ts";

async function contended(count: number): Promise<number> {
  const mutex = new Mutex();
  let sum = 0;
  const one = async (): Promise<void> => {
    for (let k = 0; k < count / 4; k++) {
      const release = await mutex.acquire();
      sum++;
      release();
    }
  };
  await Promise.all([one(), one(), one(), one()]);
  return sum;
}

/** It has no synchronous tryLock: the free lock, taken the only way there is. */
async function uncontended(count: number): Promise<number> {
  const mutex = new Mutex();
  let sum = 0;
  for (let k = 0; k < count; k++) {
    const release = await mutex.acquire();
    sum++;
    release();
  }
  return sum;
}

await main({ "mutex-contended": { run: contended }, "mutex-uncontended": { run: uncontended } });

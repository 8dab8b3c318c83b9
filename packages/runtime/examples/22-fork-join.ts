/**
 * Fork and join in microseconds: a team of threads that share an array and do one short step after
 * another, each on its own block, meeting at a barrier in between.
 *
 *     node examples/22-fork-join.ts
 *
 * Sending each block as a task would cost about 10 µs on each side. Here the threads stay in one task
 * and block at the barrier; while the steps are short they only spin there.
 */
import { SharedBarrier, defineTask, run } from "@hotpath/runtime";

/** Diffuses heat along a rod; returns this thread's part of the heat that is left. */
export const heat = defineTask(
  import.meta.url,
  function heat(
    rods: readonly [Float64Array, Float64Array],
    barrier: SharedBarrier,
    part: number,
    steps: number,
  ): number {
    const n = rods[0].length - 2;
    const from = 1 + Math.floor((n * part) / barrier.parties);
    const to = 1 + Math.floor((n * (part + 1)) / barrier.parties);
    let [now, next] = rods;
    for (let step = 0; step < steps; step++) {
      for (let k = from; k < to; k++) {
        next[k] = now[k]! + 0.25 * (now[k - 1]! - 2 * now[k]! + now[k + 1]!);
      }
      barrier.waitSync();
      [now, next] = [next, now];
    }
    let sum = 0;
    for (let k = from; k < to; k++) sum += now[k]!;
    return sum;
  },
);

function rod(n: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(8 * (n + 2)));
}

async function main(): Promise<void> {
  const n = 2048;
  const parties = 2;
  const rods = [rod(n), rod(n)] as const;
  rods[0].fill(1, n / 4, n / 2);
  const barrier = new SharedBarrier(parties);
  const parts = await Promise.all(
    Array.from({ length: parties }, (_, part) =>
      heat.with({ thread: part })(rods, barrier, part, 1000),
    ),
  );
  const left = parts.reduce((sum, part) => sum + part, 0);
  console.log(`${left.toFixed(3)} of ${(n / 4).toFixed(3)} left after 1000 steps`);
}

if (import.meta.main) await run(main, { threads: 2 });

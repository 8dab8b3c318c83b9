/**
 * One process of the threads-crossover case: node threads-crossover-ours.ts N PAIRS → {"value", "median"}.
 *
 * A pair is a short run on one thread and the same on two, in alternating order, so that whatever else the
 * machine does hits both. "median" is that of the pairs' time on one ÷ time on two. A second thread that has
 * to queue for a core is no thread, so on a machine that is busy the median says more about its neighbours:
 * "value" is the ratio of the fastest twentieth of the runs, those that had both cores to themselves.
 */
import { generate } from "../src/initial/presets.ts";
import { useWideVectors } from "../src/kernels/wide.ts";
import { loadKernels } from "../src/kernels/load.ts";
import { createSystem, type System } from "../src/system/system.ts";
import { ForceThreads } from "../src/threads/force-threads.ts";

/** Short enough to lie between two interruptions more often than not. */
const RUN_MS = 4;
/** Not counted: the second thread sleeps after 50 µs without work, and takes about as long to wake. */
const LEAD_MS = 1;

const [count, pairs] = process.argv.slice(2).map(Number) as [number, number];
useWideVectors();
const kernels = await loadKernels();
const threads = await ForceThreads.start(2);
const alone = await run();
const shared = await run(threads);

const perStep = calibrated(alone);
const steps = Math.max(1, Math.round(RUN_MS / perStep));
const lead = Math.max(1, Math.round(LEAD_MS / perStep));
const one: number[] = [];
const two: number[] = [];
for (let pair = 0; pair < pairs; pair++) {
  if (pair % 2 === 0) one.push(milliseconds(alone));
  two.push(milliseconds(shared));
  if (pair % 2 === 1) one.push(milliseconds(alone));
}
const median = quantile(
  one.map((time, pair) => time / two[pair]!),
  0.5,
);
console.log(JSON.stringify({ value: quantile(one, 0.05) / quantile(two, 0.05), median }));
process.exit(0);

async function run(on?: ForceThreads): Promise<System> {
  const bodies = generate("plummer", { n: count, seed: 1 });
  const units = { G: 1, softening: 0.05 };
  const forces = await on?.forces(kernels, bodies, units, { sharedFrom: 0 });
  return createSystem({
    bodies,
    units,
    integrator: "leapfrog",
    dt: 1 / 1024,
    ...(forces === undefined ? {} : { forces }),
  });
}

/** Milliseconds a step, after warming up. */
function calibrated(system: System): number {
  const until = performance.now() + 60;
  while (performance.now() < until) {
    system.step(4);
    shared.step(4);
  }
  const start = performance.now();
  system.step(64);
  return (performance.now() - start) / 64;
}

function milliseconds(system: System): number {
  system.step(lead);
  const start = performance.now();
  system.step(steps);
  return performance.now() - start;
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)]!;
}

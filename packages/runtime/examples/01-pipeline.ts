/**
 * Fan-out and fan-in: one producer, several workers, one collector, with backpressure all the way.
 *
 *   node examples/01-pipeline.ts [WORKERS]
 *
 * The channels are small, so the producer waits when the workers are busy, and the workers wait when
 * the collector is. The jobs channel closes when the producer is done; the results channel closes with
 * the last worker's handle. If any part throws, the group cancels the others and nothing hangs.
 */
import { Channel, group, run, type Sender } from "@hotpath/runtime";

interface Job {
  readonly n: number;
}

interface Result {
  readonly n: number;
  readonly steps: number;
}

/** How many steps the Collatz sequence takes from n down to 1. */
function collatzSteps(n: number): number {
  let steps = 0;
  for (let x = n; x !== 1; steps++) x = x % 2 === 0 ? x / 2 : 3 * x + 1;
  return steps;
}

async function produce(jobs: Channel<Job>, count: number): Promise<void> {
  for (let n = 1; n <= count; n++) await jobs.send({ n });
  jobs.close();
}

async function work(jobs: Channel<Job>, handle: Sender<Result>): Promise<void> {
  using results = handle;
  for await (const { n } of jobs) await results.send({ n, steps: collatzSteps(n) });
}

async function collect(results: Channel<Result>): Promise<Result> {
  let longest: Result = { n: 1, steps: 0 };
  for await (const batch of results.batches()) {
    for (const result of batch) if (isLonger(result, longest)) longest = result;
  }
  return longest;
}

/** Results arrive in any order, so a tie is decided by the number and not by who came first. */
function isLonger(a: Result, b: Result): boolean {
  return a.steps > b.steps || (a.steps === b.steps && a.n < b.n);
}

export function longestCollatz(count: number, workers: number): Promise<Result> {
  return group(async (tasks) => {
    const jobs = new Channel<Job>(16, { name: "jobs" });
    const results = new Channel<Result>(16, { name: "results" });
    tasks.spawn(() => produce(jobs, count));
    using first = results.sender();
    for (let k = 0; k < workers; k++) {
      const handle = first.clone();
      tasks.spawn(() => work(jobs, handle), { name: `worker ${k}` });
    }
    first.close();
    return collect(results);
  });
}

if (import.meta.main) {
  const workers = Number(process.argv[2] ?? 4);
  const { n, steps } = await run(() => longestCollatz(1000, workers));
  console.log(`below 1000 the longest Collatz sequence starts at ${n}: ${steps} steps`);
}

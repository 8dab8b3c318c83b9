/**
 * How one process of a core case measures itself: warm up, then several rounds, best of them.
 *
 * A round that another process disturbed is slower, never faster, so the least of the rounds is the
 * steadiest figure on a machine that does other things as well.
 */

/** A figure that the workload has measured itself. */
export interface Timed {
  readonly ms: number;
  readonly checksum: string;
}

/** Either does `count` operations, and is timed from outside; or measures itself `once` a round. */
export type Workload =
  | { run(count: number): Promise<number> | number }
  | { once(count: number): Promise<Timed> };

async function round(workload: Workload, count: number): Promise<Timed> {
  if ("once" in workload) return workload.once(count);
  const start = performance.now();
  const checksum = String(await workload.run(count));
  return { ms: performance.now() - start, checksum };
}

/** `node SCRIPT.ts CASE COUNT ROUNDS` → one line: the best round in ms, and a checksum to compare. */
export async function main(workloads: Readonly<Record<string, Workload>>): Promise<void> {
  const [name = "", count = "1000", rounds = "3"] = process.argv.slice(2);
  const workload = workloads[name];
  if (workload === undefined) throw new Error(`No workload is called ${JSON.stringify(name)}`);
  let best = await round(workload, Number(count));
  for (let left = Number(rounds); left > 0; left--) {
    const next = await round(workload, Number(count));
    if (next.checksum !== best.checksum) throw new Error(`${best.checksum} ≠ ${next.checksum}`);
    if (next.ms < best.ms) best = next;
  }
  console.log(JSON.stringify({ value: best.ms, checksum: best.checksum }));
}

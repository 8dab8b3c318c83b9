/**
 * From how many bodies on a second thread makes the direct sum faster: leapfrog on one thread and on two, in
 * pairs of short runs. The value is the speed-up; SHARED_FROM in src/threads/force-threads.ts is where it
 * passes 1 for good.
 */
import { join } from "node:path";
import { interleave, runScript, type BenchCase } from "../../../tools/bench/harness.ts";

const SIZES = {
  smoke: [512],
  quick: [256, 512, 768, 1024, 2048],
  full: [128, 256, 384, 512, 640, 768, 896, 1024, 1536, 2048],
} as const;
const PAIRS = { smoke: 5, quick: 101, full: 301 } as const;
const ROUNDS = { smoke: 1, quick: 3, full: 5 } as const;

const bench: BenchCase = {
  name: "threads-crossover",
  title: "two threads against one for few bodies: direct sum, leapfrog steps",
  async run({ size, progress }) {
    progress(`${ROUNDS[size]} rounds of ${PAIRS[size]} pairs`);
    const script = join(import.meta.dirname, "threads-crossover-ours.ts");
    const medians = await interleave<string>(
      Object.fromEntries(
        SIZES[size].map((n) => [
          `N = ${n}`,
          () => runScript(process.execPath, [script, String(n), String(PAIRS[size])]),
        ]),
      ),
      ROUNDS[size],
    );
    return Object.entries(medians).map(([what, { median, spread }]) => ({
      subject: `hotpath direct f64, 2 threads, ${what}`,
      value: median,
      unit: "× one thread",
      better: "higher",
      spread,
    }));
  },
};

export default bench;

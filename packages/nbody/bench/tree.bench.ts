/**
 * Accelerations of a Plummer sphere by the tree at the default error target of 2e-3: bodies a second with
 * the building of the tree, on one thread and on two, the error that comes out against the direct sum of a
 * sample, and the memory that bodies and tree take.
 */
import { join } from "node:path";
import {
  interleave,
  runScript,
  type BenchCase,
  type BenchResult,
  type Summary,
} from "../../../tools/bench/harness.ts";

const SIZES = { smoke: [2000], quick: [100_000], full: [100_000, 1_000_000] } as const;
const ROUNDS = { smoke: 1, quick: 1, full: 3 } as const;
const SECONDS = { smoke: 0.02, quick: 1, full: 3 } as const;
const QUANTITIES = {
  rate: { unit: "bodies/s", better: "higher" },
  error: { unit: "RMS relative error", better: "lower" },
  memory: { unit: "bytes/body", better: "lower" },
} as const;
type Quantity = keyof typeof QUANTITIES;

const OURS = join(import.meta.dirname, "tree-ours.ts");

const bench: BenchCase = {
  name: "tree",
  title:
    "tree forces of a Plummer sphere at an RMS error of 2e-3: rate on 1 and 2 threads, error, memory",
  async run(context) {
    const results: BenchResult[] = [];
    for (const n of SIZES[context.size]) {
      context.progress(`N = ${n}`);
      const seconds = String(SECONDS[context.size]);
      const measure = (quantity: Quantity, time: string, threads: number) => () =>
        runScript(process.execPath, [OURS, String(n), time, String(threads), quantity]);
      const { one, two } = await interleave(
        { one: measure("rate", seconds, 1), two: measure("rate", seconds, 2) },
        ROUNDS[context.size],
      );
      const rest = await interleave(
        { error: measure("error", "0.01", 1), memory: measure("memory", "0.01", 1) },
        1,
      );
      const alone = `hotpath tree, N = ${n}, 1 thread`;
      results.push(
        resultOf(alone, "rate", one),
        {
          ...resultOf(`hotpath tree, N = ${n}, 2 threads`, "rate", two),
          rival: "hotpath tree, 1 thread",
          rivalValue: one.median,
        },
        resultOf(alone, "error", rest.error),
        resultOf(alone, "memory", rest.memory),
      );
    }
    return results;
  },
};

export default bench;

function resultOf(subject: string, quantity: Quantity, summary: Summary): BenchResult {
  const { unit, better } = QUANTITIES[quantity];
  const { median: value, spread, checksum } = summary;
  return { subject, value, unit, better, spread, ...(checksum === undefined ? {} : { checksum }) };
}

/**
 * Accelerations of a Plummer sphere by the tree at the default error target of 2e-3: bodies a second a
 * thread with the building of the tree, the error that comes out against the direct sum of a sample, and
 * the memory that bodies and tree take.
 */
import { join } from "node:path";
import {
  interleave,
  runScript,
  type BenchCase,
  type BenchResult,
} from "../../../tools/bench/harness.ts";

const SIZES = { smoke: [2000], quick: [100_000], full: [100_000, 1_000_000] } as const;
const ROUNDS = { smoke: 1, quick: 1, full: 3 } as const;
const SECONDS = { smoke: 0.02, quick: 1, full: 3 } as const;
const QUANTITIES = {
  rate: { unit: "bodies/s/thread", better: "higher" },
  error: { unit: "RMS relative error", better: "lower" },
  memory: { unit: "bytes/body", better: "lower" },
} as const;
type Quantity = keyof typeof QUANTITIES;

const OURS = join(import.meta.dirname, "tree-ours.ts");

const bench: BenchCase = {
  name: "tree",
  title: "tree forces of a Plummer sphere at an RMS error of 2e-3: rate, error, memory",
  async run(context) {
    const results: BenchResult[] = [];
    for (const n of SIZES[context.size]) {
      context.progress(`N = ${n}`);
      const seconds = String(SECONDS[context.size]);
      const measure = (quantity: Quantity, time: string) => () =>
        runScript(process.execPath, [OURS, String(n), time, "1", quantity]);
      const rate = await interleave({ rate: measure("rate", seconds) }, ROUNDS[context.size]);
      const rest = await interleave(
        { error: measure("error", "0.01"), memory: measure("memory", "0.01") },
        1,
      );
      for (const [name, summary] of Object.entries({ ...rate, ...rest })) {
        const { unit, better } = QUANTITIES[name as Quantity];
        results.push({
          subject: `hotpath tree, N = ${n}, 1 thread`,
          value: summary.median,
          unit,
          better,
          spread: summary.spread,
          ...(summary.checksum === undefined ? {} : { checksum: summary.checksum }),
        });
      }
    }
    return results;
  },
};

export default bench;

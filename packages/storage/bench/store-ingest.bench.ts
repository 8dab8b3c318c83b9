/** Batches of 100 rows of 272 bytes as column arrays, each durable before it counts, 64 in flight. */
import { interleave, type BenchCase } from "../../../tools/bench/harness.ts";
import { inFolder } from "./variant-folder.ts";

const SIZES = {
  smoke: { rows: 2000, rounds: 1 },
  quick: { rows: 300_000, rounds: 3 },
  full: { rows: 1_000_000, rounds: 5 },
} as const;
const BATCH = 100;

const bench: BenchCase = {
  name: "store-ingest",
  title: "durable batches of 100 rows",
  async run({ size, progress }) {
    const { rows, rounds } = SIZES[size];
    progress(`${rounds} rounds of ${rows} rows`);
    const ours = () => inFolder("series-variant.ts", "ingest", rows, BATCH);
    const { median, spread } = (await interleave({ ours }, rounds)).ours;
    return [{ subject: "hotpath", value: median, unit: "rows/s", better: "higher", spread }];
  },
};

export default bench;

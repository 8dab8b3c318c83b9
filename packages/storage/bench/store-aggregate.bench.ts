/** Count, sum, minimum and maximum of one 8-byte column, resident, one thread. */
import { interleave, type BenchCase } from "../../../tools/bench/harness.ts";
import { inFolder } from "./variant-folder.ts";

const SIZES = {
  smoke: { rows: 20_000, times: 5, rounds: 1 },
  quick: { rows: 2_000_000, times: 50, rounds: 3 },
  full: { rows: 10_000_000, times: 50, rounds: 5 },
} as const;

const bench: BenchCase = {
  name: "store-aggregate",
  title: "aggregate of an 8-byte column, one thread",
  async run({ size, progress }) {
    const { rows, times, rounds } = SIZES[size];
    progress(`${rounds} rounds of ${times} times ${rows} rows`);
    const ours = () => inFolder("series-variant.ts", "aggregate", rows, times);
    const { median, spread, checksum = "" } = (await interleave({ ours }, rounds)).ours;
    return [
      { subject: "hotpath", value: median, unit: "rows/s", better: "higher", spread, checksum },
    ];
  },
};

export default bench;

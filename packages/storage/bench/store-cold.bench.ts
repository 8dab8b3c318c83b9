/** Point reads over ten times as many pages as there is memory for, O_DIRECT, beside reads of 4 KiB of the same files. */
import { interleave, type BenchCase } from "../../../tools/bench/harness.ts";
import { inFolder } from "./variant-folder.ts";

const SIZES = {
  smoke: { rows: 2000, reads: 200, rounds: 1 },
  quick: { rows: 1_500_000, reads: 20_000, rounds: 3 },
  full: { rows: 2_200_000, reads: 50_000, rounds: 5 },
} as const;

const bench: BenchCase = {
  name: "store-cold",
  title: "point reads of data ten times the pool, one at a time",
  async run({ size, progress }) {
    const { rows, reads, rounds } = SIZES[size];
    progress(`${rounds} rounds of ${reads} reads over ${rows} rows`);
    const variant = (name: string) => () => inFolder("series-variant.ts", name, rows, reads);
    const found = await interleave({ ours: variant("cold"), device: variant("device") }, rounds);
    const { median, spread } = found.ours;
    const rival = { rival: "O_DIRECT reads of 4 KiB", rivalValue: found.device.median };
    return [
      { subject: "hotpath", value: median, unit: "reads/s", better: "higher", spread, ...rival },
    ];
  },
};

export default bench;

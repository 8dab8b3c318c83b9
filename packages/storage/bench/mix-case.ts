/** The two cases of the mix: relaxed and durable, beside RocksDB with as many threads as it is best with. */
import {
  interleave,
  type BenchCase,
  type BenchResult,
  type BenchSize,
  type Sample,
} from "../../../tools/bench/harness.ts";
import { compileRocksdbMix, runRocksdbMix, type MixSize } from "./rocksdb.ts";
import { VariantFolder, inFolder } from "./variant-folder.ts";

const SIZES: Readonly<Record<BenchSize, MixSize & { readonly rounds: number }>> = {
  smoke: { rows: 2000, scanned: 100, seconds: 0.2, rounds: 1 },
  quick: { rows: 1_000_000, scanned: 100, seconds: 3, rounds: 3 },
  full: { rows: 2_000_000, scanned: 100, seconds: 8, rounds: 5 },
};

export interface MixCase {
  readonly name: string;
  readonly title: string;
  readonly durability: "relaxed" | "commit";
  readonly rivalThreads: number;
}

export function mixCase({ name, title, durability, rivalThreads }: MixCase): BenchCase {
  return {
    name,
    title,
    async run({ size, progress }) {
      const { rounds, ...mix } = SIZES[size];
      if (size === "smoke") {
        // Compiling the rival alone would take seconds.
        const { rows, scanned, seconds } = mix;
        const { value } = await inFolder("mix-variant.ts", durability, rows, scanned, seconds);
        return [{ subject: `hotpath, ${durability}`, value, unit: "op/s", better: "higher" }];
      }
      using folder = new VariantFolder();
      const program = compileRocksdbMix(folder.path);
      progress(`${rounds} rounds of ${mix.seconds} s over ${mix.rows} rows`);
      const tails = { ours: [] as number[], rocksdb: [] as number[] };
      const noted = async (side: keyof typeof tails, sample: Promise<Sample>): Promise<Sample> => {
        const { value, checksum = "" } = await sample;
        tails[side].push(Number(checksum.split(" ")[1]));
        return { value, checksum };
      };
      const { rows, scanned, seconds } = mix;
      const found = await interleave(
        {
          ours: () => noted("ours", inFolder("mix-variant.ts", durability, rows, scanned, seconds)),
          rocksdb: () =>
            noted("rocksdb", runRocksdbMix(program, mix, rivalThreads, durability === "commit")),
        },
        rounds,
      );
      const subject = `hotpath, ${durability}, 2 threads, ${scanned} rows a scan`;
      const rival = `RocksDB, ${durability === "commit" ? "sync, " : ""}${rivalThreads} threads`;
      const results: BenchResult[] = [
        {
          subject,
          value: found.ours.median,
          unit: "op/s",
          better: "higher",
          spread: found.ours.spread,
          rival,
          rivalValue: found.rocksdb.median,
        },
        {
          subject: `${subject}: p99 of reads and scans`,
          value: median(tails.ours),
          unit: "µs",
          better: "lower",
          rival,
          rivalValue: median(tails.rocksdb),
        },
      ];
      return results;
    },
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

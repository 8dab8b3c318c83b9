/**
 * Durable transactions of 272 bytes: 64 in flight beside lmdb (awaiting `flushed`) and classic-level (sync: true),
 * and one after another beside what it cannot be faster than: the same bytes written to a preallocated file
 * with O_DIRECT and synced with fdatasync, both calls synchronous, in the same process by turns.
 */
import { interleave, type BenchCase, type BenchResult } from "../../../tools/bench/harness.ts";
import { inFolder } from "./variant-folder.ts";

const TRANSACTIONS = {
  smoke: { many: 500, serial: 100 },
  quick: { many: 60_000, serial: 4000 },
  full: { many: 300_000, serial: 20_000 },
} as const;
const ROUNDS = { smoke: 1, quick: 3, full: 5 } as const;
/** One that takes 1/16 of the time would have the others wait for it. */
const RIVAL_SHARE = { lmdb: 1 / 8, "classic-level": 1 / 16 } as const;

const bench: BenchCase = {
  name: "store-commit",
  title: "durable transactions a second, 64 in flight and one after another",
  async run({ size, progress }) {
    const { many, serial } = TRANSACTIONS[size];
    progress(`${ROUNDS[size]} rounds of ${many} transactions`);
    const found = await interleave(
      {
        ours: () => inFolder("commit-variant.ts", "hotpath", many, 64),
        lmdb: () => inFolder("commit-variant.ts", "lmdb", Math.ceil(many * RIVAL_SHARE.lmdb), 64),
        level: () => {
          const count = Math.ceil(many * RIVAL_SHARE["classic-level"]);
          return inFolder("commit-variant.ts", "classic-level", count, 64);
        },
        background: () => inFolder("serial-commit.ts", "background", serial),
        inline: () => inFolder("serial-commit.ts", "inline", serial),
      },
      ROUNDS[size],
    );
    const results: BenchResult[] = [
      {
        subject: "hotpath, 64 in flight",
        value: found.ours.median,
        unit: "transactions/s",
        better: "higher",
        spread: found.ours.spread,
        rival: "lmdb 3.5.6, awaiting flushed",
        rivalValue: found.lmdb.median,
      },
      {
        subject: "hotpath, 64 in flight",
        value: found.ours.median,
        unit: "transactions/s",
        better: "higher",
        spread: found.ours.spread,
        rival: "classic-level 3.0.0, sync: true",
        rivalValue: found.level.median,
      },
      ...(["background", "inline"] as const).map((flush) => ({
        subject: `hotpath, flush: ${flush}, one after another: p50 over that of write + fdatasync`,
        value: found[flush].median,
        unit: "×",
        better: "lower" as const,
        spread: found[flush].spread,
        checksum: found[flush].checksum ?? "",
      })),
    ];
    return results;
  },
};

export default bench;

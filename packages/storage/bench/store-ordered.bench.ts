/** Ordered tables beside lmdb and classic-level: loading, single reads and scans, none of them waiting for the disk. */
import { interleave, type BenchCase, type BenchResult } from "../../../tools/bench/harness.ts";
import { inFolder } from "./variant-folder.ts";

const ROWS = { smoke: 2000, quick: 100_000, full: 2_000_000 } as const;
const ROUNDS = { smoke: 1, quick: 1, full: 5 } as const;
const METRICS = {
  load: "put in random order, 1000 to a transaction, not synced",
  get: "get a random key, value copied out",
  scan: "scan in order, values copied out",
} as const;
const RIVALS = { lmdb: "lmdb 3.5.6", "classic-level": "classic-level 3.0.0" } as const;

const bench: BenchCase = {
  name: "store-ordered",
  title: "ordered tables: rows a second beside lmdb and classic-level",
  async run({ size, progress }) {
    const results: BenchResult[] = [];
    for (const [metric, what] of Object.entries(METRICS)) {
      progress(`${metric}, ${ROWS[size]} rows`);
      const measure = (name: string) => () =>
        inFolder("ordered-variant.ts", name, metric, ROWS[size]);
      const found = await interleave(
        {
          hotpath: measure("hotpath"),
          lmdb: measure("lmdb"),
          "classic-level": measure("classic-level"),
        },
        ROUNDS[size],
      );
      for (const [rival, title] of Object.entries(RIVALS) as [keyof typeof RIVALS, string][]) {
        results.push({
          subject: `hotpath: ${what}`,
          value: found.hotpath.median,
          unit: "rows/s",
          better: "higher",
          spread: found.hotpath.spread,
          rival: title,
          rivalValue: found[rival].median,
          ...(found.hotpath.checksum === undefined ? {} : { checksum: found.hotpath.checksum }),
        });
      }
    }
    return results;
  },
};

export default bench;

/**
 * Point reads by a 16-byte key of rows that are resident, 87 of 100 among the newest twentieth, one thread. Beside
 * lmdb's fastest read, and beside what memory alone takes: a hash probe and one touch of 272 bytes in plain arrays.
 */
import { createRequire } from "node:module";
import { MissingRival, interleave, type BenchCase } from "../../../tools/bench/harness.ts";
import { inFolder } from "./variant-folder.ts";

const SIZES = {
  smoke: { rows: 2000, reads: 2000, rounds: 1 },
  quick: { rows: 1_000_000, reads: 1_000_000, rounds: 3 },
  full: { rows: 2_000_000, reads: 3_000_000, rounds: 5 },
} as const;

const bench: BenchCase = {
  name: "store-point",
  title: "resident point reads by key, one thread",
  async run({ size, progress }) {
    try {
      createRequire(new URL("../../../bench/package.json", import.meta.url)).resolve("lmdb");
    } catch {
      throw new MissingRival("needs lmdb: npm ci --prefix bench");
    }
    const { rows, reads, rounds } = SIZES[size];
    progress(`${rounds} rounds of ${reads} reads over ${rows} rows`);
    const variant = (name: string) => () => inFolder("point-variant.ts", name, rows, reads);
    const found = await interleave(
      {
        ours: variant("hotpath"),
        lmdb: variant("lmdb"),
        probe: variant("probe"),
        oursP50: variant("hotpath-p50"),
        probeP50: variant("probe-p50"),
      },
      rounds,
    );
    const { ours, lmdb, probe, oursP50, probeP50 } = found;
    const rate = {
      subject: "hotpath",
      value: ours.median,
      unit: "reads/s",
      better: "higher",
    } as const;
    const half = {
      value: oursP50.median,
      unit: "ns",
      better: "lower",
      spread: oursP50.spread,
    } as const;
    return [
      { ...rate, spread: ours.spread, rival: "lmdb 3.5.6 getBinaryFast", rivalValue: lmdb.median },
      { ...rate, spread: ours.spread, rival: "a probe of plain arrays", rivalValue: probe.median },
      {
        subject: "hotpath, p50",
        ...half,
        rival: "a probe of plain arrays",
        rivalValue: probeP50.median,
      },
    ];
  },
};

export default bench;

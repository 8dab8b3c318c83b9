/**
 * Opening a database whose process was killed: megabytes a second of a log of transactions of 272 bytes each, from the
 * call of `open` until the last one has been applied. Beside it what the device gives to synchronous reads of
 * 1 MiB of the same files with O_DIRECT.
 */
import { interleave, type BenchCase } from "../../../tools/bench/harness.ts";
import { VariantFolder } from "./variant-folder.ts";

const MEGABYTES = { smoke: 8, quick: 600, full: 2000 } as const;
const ROUNDS = { smoke: 1, quick: 3, full: 5 } as const;

const bench: BenchCase = {
  name: "store-recover",
  title: "megabytes of log a second, when a database is opened after its process was killed",
  async run({ size, progress }) {
    using folder = new VariantFolder();
    progress(`writing ${MEGABYTES[size]} MB`);
    await folder.run("recover-variant.ts", "write", MEGABYTES[size]);
    const found = await interleave(
      {
        open: () => folder.run("recover-variant.ts", "open"),
        read: () => folder.run("recover-variant.ts", "read"),
      },
      ROUNDS[size],
    );
    return [
      {
        subject: "hotpath open",
        value: found.open.median,
        unit: "MB/s",
        better: "higher",
        spread: found.open.spread,
        checksum: found.open.checksum ?? "",
        rival: "reading the files, 1 MiB at a time",
        rivalValue: found.read.median,
      },
    ];
  },
};

export default bench;

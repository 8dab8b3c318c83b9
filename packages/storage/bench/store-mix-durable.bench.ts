/** The mix with inserts that are awaited until the disk has them, 64 in flight; RocksDB needs a thread for each. */
import type { BenchCase } from "../../../tools/bench/harness.ts";
import { mixCase } from "./mix-case.ts";

const bench: BenchCase = mixCase({
  name: "store-mix-durable",
  title: "80 % point reads, 15 % scans of the newest rows, 5 % durable inserts, 64 in flight",
  durability: "commit",
  rivalThreads: 64,
});

export default bench;

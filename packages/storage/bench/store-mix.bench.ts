/** The mix without waiting for the disk. */
import type { BenchCase } from "../../../tools/bench/harness.ts";
import { mixCase } from "./mix-case.ts";

const bench: BenchCase = mixCase({
  name: "store-mix",
  title: "80 % point reads, 15 % scans of the newest rows, 5 % inserts, 2 threads, relaxed",
  durability: "relaxed",
  rivalThreads: 2,
});

export default bench;

import type { BenchCase } from "../../../tools/bench/harness.ts";
import { coreCase } from "./compare.ts";

const bench: BenchCase = coreCase({
  name: "channel-throughput",
  title: "one sender, one receiver, capacity 1024",
  unit: "ns an item",
  count: 50000,
  rivals: ["effect"],
});

export default bench;

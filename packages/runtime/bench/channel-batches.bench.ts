import type { BenchCase } from "../../../tools/bench/harness.ts";
import { coreCase } from "./compare.ts";

const bench: BenchCase = coreCase({
  name: "channel-batches",
  title: "the same with sendAll() and batches()",
  unit: "ns an item",
  count: 200000,
  rivals: ["effect"],
});

export default bench;

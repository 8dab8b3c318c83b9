import type { BenchCase } from "../../../tools/bench/harness.ts";
import { coreCase } from "./compare.ts";

const bench: BenchCase = coreCase({
  name: "sleepers",
  title: "10,000 tasks that sleep 10 ms",
  unit: "ms",
  count: 10000,
  rivals: ["promises", "effect"],
  scale: (ms) => ms,
});

export default bench;

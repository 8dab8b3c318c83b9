import type { BenchCase } from "../../../tools/bench/harness.ts";
import { coreCase } from "./compare.ts";

const bench: BenchCase = coreCase({
  name: "cancel-tree",
  title: "cancel 11,111 parked tasks, five levels deep",
  unit: "ms",
  count: 10000,
  rivals: ["effect"],
  scale: (ms) => ms,
});

export default bench;

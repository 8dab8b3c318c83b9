import type { BenchCase } from "../../../tools/bench/harness.ts";
import { coreCase } from "./compare.ts";

const bench: BenchCase = coreCase({
  name: "mutex-uncontended",
  title: "take and release a free lock: tryLock() beside async-mutex's acquire()",
  unit: "ns a lock",
  count: 100000,
  rivals: ["async-mutex"],
});

export default bench;

import type { BenchCase } from "../../../tools/bench/harness.ts";
import { coreCase } from "./compare.ts";

const bench: BenchCase = coreCase({
  name: "mutex-contended",
  title: "four tasks and one lock",
  unit: "ns a lock",
  count: 20000,
  rivals: ["async-mutex", "effect"],
});

export default bench;

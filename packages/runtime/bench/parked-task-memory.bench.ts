import type { BenchCase } from "../../../tools/bench/harness.ts";
import { coreCase } from "./compare.ts";

const bench: BenchCase = coreCase({
  name: "parked-task-memory",
  title: "heap of a task parked in receive()",
  unit: "bytes",
  count: 100000,
  rivals: ["effect"],
  scale: (bytes) => bytes,
  rounds: 3,
  flags: ["--expose-gc"],
});

export default bench;

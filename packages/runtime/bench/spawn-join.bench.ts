import type { BenchCase } from "../../../tools/bench/harness.ts";
import { coreCase } from "./compare.ts";

const bench: BenchCase = coreCase({
  name: "spawn-join",
  title: "spawn a task and join it",
  unit: "ns a task",
  count: 10000,
  rivals: ["effect", "promises"],
});

export default bench;

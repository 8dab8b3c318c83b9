import type { BenchCase } from "../../../tools/bench/harness.ts";
import { coreCase } from "./compare.ts";

const bench: BenchCase = coreCase({
  name: "parked-async-memory",
  title: "heap of a parked task whose body is an async function, its frame included",
  unit: "bytes",
  count: 100000,
  rivals: ["promises"],
  scale: (bytes) => bytes,
  rounds: 3,
  flags: ["--expose-gc"],
});

export default bench;

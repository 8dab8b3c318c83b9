import type { BenchCase } from "../../../tools/bench/harness.ts";
import { coreCase } from "./compare.ts";

const bench: BenchCase = coreCase({
  name: "channel-pingpong",
  title: "unbuffered round trip between two tasks",
  unit: "ns a round trip",
  count: 20000,
  rivals: ["effect", "promises"],
});

export default bench;

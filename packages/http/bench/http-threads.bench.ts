/**
 * One port served by two threads against one, with a handler that hashes 512 KiB. wrk needs a share of
 * the same processors: with an empty handler it would need half of them, and two threads could show
 * nothing. On a machine with two processors the ratio's limit is 2 less what wrk takes.
 *
 * Beside the requests per second, the processor time for one request: where two threads take no more of
 * it than one, nothing but processors limits how they scale, however busy the machine was meanwhile.
 */
import { fileURLToPath } from "node:url";
import type { BenchCase } from "../../../tools/bench/harness.ts";
import { measure, median, type Load, type Measured } from "./wrk.ts";

const SCRIPT = fileURLToPath(new URL("threads-server.ts", import.meta.url));

const LOADS = {
  smoke: { connections: 8, seconds: 1, warmupSeconds: 0 },
  quick: { connections: 64, seconds: 2, warmupSeconds: 1 },
  full: { connections: 64, seconds: 4, warmupSeconds: 1 },
} as const satisfies Record<string, Load>;

const ROUNDS = { smoke: 1, quick: 3, full: 7 } as const;

const MEASURES = [
  { key: "requestsPerSecond", unit: "requests/s", better: "higher" },
  { key: "cpuMicroseconds", unit: "µs CPU/request", better: "lower" },
] as const;

const bench: BenchCase = {
  name: "http-threads",
  title: "Two threads on one port against one, each request hashing 512 KiB",
  async run({ size, progress }) {
    const samples: Record<"1" | "2", Measured[]> = { "1": [], "2": [] };
    for (let round = 0; round < ROUNDS[size]; round++) {
      for (const threads of round % 2 === 0 ? (["1", "2"] as const) : (["2", "1"] as const)) {
        if (size === "smoke" && threads === "1") continue;
        progress(`http-threads ${threads}`);
        samples[threads].push(await measure(SCRIPT, [threads], LOADS[size]));
      }
    }
    if (size === "smoke") samples["1"] = samples["2"];
    return MEASURES.map(({ key, unit, better }) => {
      const own = samples["2"].map((sample) => sample[key]);
      const value = median(own);
      const spread = (Math.max(...own) - Math.min(...own)) / value;
      const rivalValue = median(samples["1"].map((sample) => sample[key]));
      return { subject: "2 threads", value, unit, better, rival: "1 thread", rivalValue, spread };
    });
  },
};

export default bench;

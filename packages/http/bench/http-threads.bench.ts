/**
 * One port served by two threads against one, with a handler that hashes 512 KiB. wrk needs a share of
 * the same processors: with an empty handler it would need half of them, and two threads could show
 * nothing. On a machine with two processors the ratio's limit is 2 less what wrk takes.
 */
import { fileURLToPath } from "node:url";
import type { BenchCase } from "../../../tools/bench/harness.ts";
import { measure, median, type Load } from "./wrk.ts";

const SCRIPT = fileURLToPath(new URL("threads-server.ts", import.meta.url));

const LOADS = {
  smoke: { connections: 8, seconds: 1, warmupSeconds: 0 },
  quick: { connections: 64, seconds: 2, warmupSeconds: 1 },
  full: { connections: 64, seconds: 4, warmupSeconds: 1 },
} as const satisfies Record<string, Load>;

const ROUNDS = { smoke: 1, quick: 3, full: 7 } as const;

const bench: BenchCase = {
  name: "http-threads",
  title: "Two threads on one port against one, each request hashing 512 KiB",
  async run({ size, progress }) {
    const rates: Record<"1" | "2", number[]> = { "1": [], "2": [] };
    for (let round = 0; round < ROUNDS[size]; round++) {
      for (const threads of round % 2 === 0 ? (["1", "2"] as const) : (["2", "1"] as const)) {
        if (size === "smoke" && threads === "1") continue;
        progress(`http-threads ${threads}`);
        rates[threads].push((await measure(SCRIPT, [threads], LOADS[size])).requestsPerSecond);
      }
    }
    if (size === "smoke") rates["1"] = rates["2"];
    const value = median(rates["2"]);
    const spread = (Math.max(...rates["2"]) - Math.min(...rates["2"])) / value;
    const rivalValue = median(rates["1"]);
    return [
      {
        subject: "2 threads",
        value,
        unit: "requests/s",
        better: "higher",
        rival: "1 thread",
        rivalValue,
        spread,
      },
    ];
  },
};

export default bench;

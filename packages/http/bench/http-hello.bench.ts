/**
 * "Hello, world!" to 64 keep-alive connections of wrk: requests a second, the 99th percentile of their
 * latency, and the server's processor time for one. Rivals: node:http, and a node:net socket that
 * answers every read with one write and knows no HTTP at all.
 */
import { fileURLToPath } from "node:url";
import type { BenchCase, BenchResult } from "../../../tools/bench/harness.ts";
import { measure, median, type Load, type Measured } from "./wrk.ts";

const SCRIPT = fileURLToPath(new URL("hello-server.ts", import.meta.url));
const VARIANTS = ["hotpath", "hotpath-async", "node-http", "node-net"] as const;
type Variant = (typeof VARIANTS)[number];

const LOADS = {
  smoke: { connections: 8, seconds: 1, warmupSeconds: 0 },
  quick: { connections: 64, seconds: 2, warmupSeconds: 1 },
  full: { connections: 64, seconds: 4, warmupSeconds: 2 },
} as const satisfies Record<string, Load>;

const ROUNDS = { smoke: 1, quick: 3, full: 7 } as const;

const MEASURES = [
  { key: "requestsPerSecond", unit: "requests/s", better: "higher" },
  { key: "p99Ms", unit: "ms p99", better: "lower" },
  { key: "cpuMicroseconds", unit: "µs CPU/request", better: "lower" },
] as const;

const bench: BenchCase = {
  name: "http-hello",
  title:
    "Hello, world over 64 keep-alive connections, against node:http and a bare node:net socket",
  async run({ size, progress }) {
    const load = LOADS[size];
    const variants: readonly Variant[] = size === "smoke" ? ["hotpath", "node-net"] : VARIANTS;
    const samples: Record<Variant, Measured[]> = {
      hotpath: [],
      "hotpath-async": [],
      "node-http": [],
      "node-net": [],
    };
    for (let round = 0; round < ROUNDS[size]; round++) {
      for (let k = 0; k < variants.length; k++) {
        const name = variants[(k + round) % variants.length]!;
        progress(`http-hello ${name}`);
        samples[name].push(await measure(SCRIPT, [name], load));
      }
    }
    const results: BenchResult[] = [];
    for (const rival of ["node-http", "node-net"] as const) {
      if (samples[rival].length === 0) continue;
      for (const subject of ["hotpath", "hotpath-async"] as const) {
        if (samples[subject].length === 0) continue;
        for (const { key, unit, better } of MEASURES) {
          const own = samples[subject].map((sample) => sample[key]);
          const value = median(own);
          const rivalValue = median(samples[rival].map((sample) => sample[key]));
          const spread = (Math.max(...own) - Math.min(...own)) / value;
          results.push({ subject, value, unit, better, rival, rivalValue, spread });
        }
      }
    }
    return results;
  },
};

export default bench;

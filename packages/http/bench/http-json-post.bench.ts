/**
 * An order of 256 bytes posted as JSON over 64 keep-alive connections, checked by a schema, and answered
 * with a receipt: requests a second, the 99th percentile, processor time. Ours checks with zod; the rival
 * is Fastify with JSON schemas for body and response, which it compiles.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MissingRival, type BenchCase, type BenchResult } from "../../../tools/bench/harness.ts";
import { ORDER } from "./order.ts";
import { measure, median, type Load, type Measured } from "./wrk.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const SERVERS = {
  hotpath: at("json-server.ts"),
  fastify: at("../../../bench/rivals/http/fastify.ts"),
} as const;
type Variant = keyof typeof SERVERS;

const POST = { path: "/orders", json: ORDER } as const;
const LOADS = {
  smoke: { connections: 8, seconds: 1, warmupSeconds: 0, ...POST },
  quick: { connections: 64, seconds: 2, warmupSeconds: 1, ...POST },
  full: { connections: 64, seconds: 4, warmupSeconds: 2, ...POST },
} as const satisfies Record<string, Load>;

const ROUNDS = { smoke: 1, quick: 3, full: 7 } as const;

const MEASURES = [
  { key: "requestsPerSecond", unit: "requests/s", better: "higher" },
  { key: "p99Ms", unit: "ms p99", better: "lower" },
  { key: "cpuMicroseconds", unit: "µs CPU/request", better: "lower" },
] as const;

const bench: BenchCase = {
  name: "http-json-post",
  title: "A 256-byte JSON order, schema-checked, over 64 keep-alive connections, against Fastify",
  async run({ size, progress }) {
    if (!existsSync(at("../../../bench/node_modules/fastify"))) {
      throw new MissingRival("needs fastify: npm ci --prefix bench");
    }
    const variants = Object.keys(SERVERS) as Variant[];
    const samples: Record<Variant, Measured[]> = { hotpath: [], fastify: [] };
    for (let round = 0; round < ROUNDS[size]; round++) {
      for (let k = 0; k < variants.length; k++) {
        const name = variants[(k + round) % variants.length]!;
        progress(`http-json-post ${name}`);
        samples[name].push(await measure(SERVERS[name], [], LOADS[size]));
      }
    }
    return MEASURES.map(({ key, unit, better }): BenchResult => {
      const own = samples.hotpath.map((sample) => sample[key]);
      const value = median(own);
      const rivalValue = median(samples.fastify.map((sample) => sample[key]));
      const spread = (Math.max(...own) - Math.min(...own)) / value;
      return { subject: "hotpath", value, unit, better, rival: "fastify", rivalValue, spread };
    });
  },
};

export default bench;

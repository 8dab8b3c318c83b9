/**
 * An echo over loopback, Zio's three cases: one connection with small messages (latency), many
 * connections (many), and large writes one way (bulk). Client and server run in one fresh process per
 * variant: ours on ours, node:net on node:net, so that both ends count.
 */
import { fileURLToPath } from "node:url";
import {
  interleave,
  runScript,
  type BenchCase,
  type BenchContext,
  type BenchResult,
  type Sample,
} from "../../../tools/bench/harness.ts";

export type EchoCase = "latency" | "many" | "bulk";

export interface EchoPlan {
  readonly kind: EchoCase;
  readonly connections: number;
  /** Round trips per connection; for bulk: writes. */
  readonly rounds: number;
  readonly messageBytes: number;
}

const PLANS: Readonly<Record<BenchContext["size"], readonly EchoPlan[]>> = {
  smoke: [
    { kind: "latency", connections: 1, rounds: 50, messageBytes: 4096 },
    { kind: "many", connections: 20, rounds: 5, messageBytes: 64 },
    { kind: "bulk", connections: 1, rounds: 20, messageBytes: 64 * 1024 },
  ],
  quick: [
    { kind: "latency", connections: 1, rounds: 20_000, messageBytes: 4096 },
    { kind: "many", connections: 500, rounds: 60, messageBytes: 64 },
    { kind: "bulk", connections: 1, rounds: 12_000, messageBytes: 64 * 1024 },
  ],
  full: [
    { kind: "latency", connections: 1, rounds: 100_000, messageBytes: 4096 },
    { kind: "many", connections: 1000, rounds: 150, messageBytes: 64 },
    { kind: "bulk", connections: 1, rounds: 60_000, messageBytes: 64 * 1024 },
  ],
};

const ROUNDS = { smoke: 1, quick: 5, full: 7 } as const;

function variant(script: string, plan: EchoPlan): () => Promise<Sample> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return () => runScript(process.execPath, [path, JSON.stringify(plan)]);
}

const bench: BenchCase = {
  name: "tcp-echo",
  title: "TCP echo over loopback, against node:net",
  async run({ size, progress }) {
    const results: BenchResult[] = [];
    for (const plan of PLANS[size]) {
      progress(`tcp-echo ${plan.kind}`);
      const medians = await interleave(
        {
          tasks: variant("tcp-echo-tasks.ts", plan),
          tap: variant("tcp-echo-tap.ts", plan),
          node: variant("tcp-echo-node.ts", plan),
        },
        ROUNDS[size],
      );
      const unit = plan.kind === "bulk" ? "MB/s" : "round trips/s";
      for (const name of ["tasks", "tap"] as const) {
        const { median, spread, checksum } = medians[name];
        if (checksum !== medians.node.checksum) throw new Error(`${plan.kind}: sums differ`);
        results.push({
          subject: `${plan.kind}, ${name}`,
          value: median,
          unit,
          better: "higher",
          rival: "node:net",
          rivalValue: medians.node.median,
          spread,
          ...(checksum === undefined ? {} : { checksum }),
        });
      }
    }
    return results;
  },
};

export default bench;

/** Any summary over ten million payments, and what the index of them takes. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { BenchCase } from "../../../tools/bench/harness.ts";

const VARIANT = fileURLToPath(new URL("summary-variant.ts", import.meta.url));
const PAYMENTS = { smoke: 20_000, quick: 1_000_000, full: 10_000_000 } as const;

interface Measured {
  readonly buildMs: number;
  readonly bytesEach: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly checksum: number;
}

const bench: BenchCase = {
  name: "payments-summary",
  title: "Summaries of random windows over payments that came nearly in order",
  async run({ size, progress }) {
    const payments = PAYMENTS[size];
    progress(`${payments} payments`);
    const { stdout } = await promisify(execFile)(process.execPath, [VARIANT, String(payments)]);
    const { buildMs, bytesEach, p50Ms, p99Ms, checksum } = JSON.parse(stdout) as Measured;
    const of = `${payments.toLocaleString("en")} payments`;
    return [
      { subject: `summary, p50, ${of}`, value: p50Ms * 1000, unit: "µs", better: "lower" },
      {
        ...{ subject: `summary, p99, ${of}`, value: p99Ms * 1000, unit: "µs", better: "lower" },
        checksum: String(checksum),
      },
      { subject: `index, ${of}`, value: bytesEach, unit: "bytes/payment", better: "lower" },
      { subject: `building it, ${of}`, value: buildMs, unit: "ms", better: "lower" },
    ];
  },
};

export default bench;

/** What the variants of tcp-echo share: the plan, the clock and the line that they print. */
import type { EchoPlan } from "./tcp-echo.bench.ts";

export function echoPlan(): EchoPlan {
  return JSON.parse(process.argv[2]!) as EchoPlan;
}

/** Times `work`, which answers how many bytes came back (or, for bulk, went over). */
export async function report(plan: EchoPlan, work: () => Promise<number>): Promise<void> {
  const startMs = performance.now();
  const bytes = await work();
  const seconds = (performance.now() - startMs) / 1000;
  const trips = plan.connections * plan.rounds;
  const value = plan.kind === "bulk" ? bytes / 1e6 / seconds : trips / seconds;
  console.log(JSON.stringify({ value, checksum: String(bytes) }));
}

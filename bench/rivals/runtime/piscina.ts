/** The case cpu-fanout on piscina: one task an input, as its own examples do. */
import { Piscina } from "piscina";
import { main } from "../../../packages/runtime/bench/workload.ts";

const pool = new Piscina({
  filename: new URL("./piscina-worker.ts", import.meta.url).href,
  minThreads: 2,
  maxThreads: 2,
});

async function fanOut(count: number): Promise<number> {
  const results = (await Promise.all(
    Array.from({ length: count }, (_, k) => pool.run(k)),
  )) as number[];
  return results.reduce((sum, hash) => sum + hash, 0);
}

await main({ "cpu-fanout": { run: fanOut } });
await pool.destroy();

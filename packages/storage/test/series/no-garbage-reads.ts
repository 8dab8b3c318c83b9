/** `node --expose-gc no-garbage-reads.ts READS`: prints collections and growth of the heap during so many reads. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PerformanceObserver } from "node:perf_hooks";
import { run } from "@hotpath/runtime";
import { f64, key, open, series, time, u32, u64, type SeriesCursor } from "../../src/index.ts";

const ROWS = 20_000;
const columns = { id: key(u32), at: time("micros"), price: u64, share: f64 };
const table = series("row", columns);
const NEWEST = { reverse: true };

/** Half point reads, half rows of scans of 100. Answers how many rows were read. */
function read(
  point: SeriesCursor<typeof columns>,
  scan: SeriesCursor<typeof columns>,
  reads: number,
): number {
  let done = 0;
  let sum = 0;
  while (done < reads) {
    for (let k = 0; k < 100; k++) {
      if (!point.seekWords((done * 31 + k * 7919) % ROWS, 0, 0, 0)) throw new Error("missing");
      sum += point.row.price + point.row.at;
    }
    scan.range(NEWEST);
    for (let k = 0; k < 100; k++) {
      if (!scan.next()) throw new Error("missing");
      sum += scan.row.share;
    }
    done += 200;
  }
  if (sum < 0) throw new Error("nothing was read");
  return done;
}

async function measure(folder: string, reads: number): Promise<object> {
  await using db = await open(folder, { tables: [table], durability: "relaxed" });
  const numbers = Float64Array.from({ length: ROWS }, (_, k) => k);
  await db.transaction((tx) =>
    tx.table(table).ingest({ id: numbers, at: numbers, price: numbers, share: numbers }),
  );
  using point = db.table(table).cursor();
  using scan = db.table(table).cursor();
  // Until everything is compiled.
  for (let k = 0; k < 20; k++) read(point, scan, 100_000);
  let collections = 0;
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length;
  });
  const { gc } = globalThis as unknown as { gc: () => void };
  gc();
  await new Promise(setImmediate);
  observer.observe({ entryTypes: ["gc"] });
  const before = process.memoryUsage().heapUsed;
  const done = read(point, scan, reads);
  const grownBytes = process.memoryUsage().heapUsed - before;
  await new Promise(setImmediate);
  observer.disconnect();
  return { reads: done, collections, grownBytes };
}

const folder = mkdtempSync(join(tmpdir(), "hotpath-garbage-"));
try {
  console.log(JSON.stringify(await run(() => measure(folder, Number(process.argv[2])))));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Four threads read what one writes. Each sees whole commits only, and none waits for another.
 *
 *     node examples/03-readers-on-four-threads.ts
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineTask, run, yieldNow } from "@hotpath/runtime";
import {
  key,
  open,
  openReader,
  series,
  time,
  u32,
  u64,
  type DatabaseHandle,
} from "@hotpath/storage";

const trade = series("trade", { id: key(u32), at: time("micros"), amount: u64 });
const TRADES = 20_000;

/** Sums what there is again and again until all of it is there; answers how often, and the last sum. */
export const watch = defineTask(import.meta.url, async function watch(handle: DatabaseHandle) {
  await using reader = openReader(handle, [trade]);
  for (let looks = 1; ; looks++) {
    {
      using snapshot = reader.snapshot();
      const { count, sum } = snapshot.table(trade).aggregate("amount");
      if (count % 100 !== 0) throw new Error(`a commit was seen in part: ${count} trades`);
      if (count === TRADES) return { looks, sum };
    }
    await yieldNow();
  }
});

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "trades-"));
  {
    await using db = await open(folder, { tables: [trade] });
    const readers = [1, 2, 3, 4].map(() => watch(db.handle));
    for (let from = 0; from < TRADES; from += 100) {
      await db.transaction((tx) => {
        for (let id = from; id < from + 100; id++)
          tx.table(trade).insert({ id, at: id, amount: 5 });
      });
    }
    const seen = await Promise.all(readers);
    console.log(
      `each of ${seen.length} threads has seen ${seen.map(({ sum }) => sum).join(", ")} at the end`,
    );
  }
  rmSync(folder, { recursive: true });
}

// The threads import this module too.
if (import.meta.main) await run(main, { threads: 4 });

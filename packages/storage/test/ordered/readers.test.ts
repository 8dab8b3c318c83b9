/** Ordered tables read on other threads while they are written to. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { run } from "@hotpath/runtime";
import { open } from "@hotpath/storage";
import { counters, followCounters } from "./reader-task.ts";

test("readers on other threads see whole commits only, while pages are copied, freed and used again", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "hotpath-readers-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const keys = 700;
  const rounds = 150;
  const seen = await run(
    async () => {
      await using db = await open(folder, {
        tables: [counters],
        poolBytes: 8 << 20,
        checkpointBytes: 1 << 20,
      });
      const readers = [0, 1].map(() => followCounters(db.handle, keys, String(rounds)));
      for (let round = 1; round <= rounds; round++) {
        await db.transaction((tx) => {
          for (let k = 0; k < keys; k++)
            tx.table(counters).put(`counter ${k} ${"x".repeat(k % 90)}`, String(round));
        });
      }
      return Promise.all(readers);
    },
    { threads: 2 },
  );
  for (const count of seen) assert.ok(count >= 1);
});

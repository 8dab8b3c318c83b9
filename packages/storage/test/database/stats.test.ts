/** What an operator sees: stats and slow operations; and that the log stays short. */
import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { test } from "node:test";
import { simulate } from "@hotpath/runtime";
import { open, type SlowEvent } from "@hotpath/storage";
import { FaultyDisk } from "../../src/disk/faulty-disk.ts";
import { mapTable } from "../map-tables.ts";

const table = mapTable("table");
const tables = [table];

test("stats() counts commits, groups, snapshots and checkpoints", async () => {
  const db = await open("simulated", { tables, disk: new FaultyDisk() });
  const before = db.stats();
  assert.deepEqual([before.published, before.durable, before.log.groups], [0, 0, 0]);
  const together = [1, 2, 3].map((k) => db.transaction((tx) => tx.table(table).put("a", k)));
  await Promise.all(together);
  using _snapshot = db.snapshot();
  await db.transaction((tx) => tx.table(table).put("a", 4));
  await db.checkpoint();
  const { published, durable, horizon, snapshots, checkpoints, log, poisoned } = db.stats();
  assert.deepEqual(
    { published, durable, horizon, snapshots, poisoned },
    {
      published: 4,
      durable: 4,
      horizon: 3,
      snapshots: 1,
      poisoned: false,
    },
  );
  assert.equal(log.groups, 2);
  assert.equal(log.recoveryBytes, 0);
  assert.equal(checkpoints - before.checkpoints, 1);
});

test("the log stays short, however fast transactions come", async () => {
  const checkpointBytes = 16_384;
  const sizes = { firstSegmentBytes: 8192, segmentBytes: 16_384 };
  const db = await open("simulated", { tables, disk: new FaultyDisk(), checkpointBytes, ...sizes });
  let longest = 0;
  for (let burst = 0; burst < 50; burst++) {
    const together = Array.from({ length: 20 }, (_, k) =>
      db.transaction((tx) => tx.table(table).put(`${k} ${"x".repeat(500)}`, burst)),
    );
    await Promise.all(together);
    longest = Math.max(longest, db.stats().log.fileBytes);
  }
  assert.ok(longest < 10 * checkpointBytes, `${longest} bytes`);
  await db.close();
});

test("operations that take long are told on a diagnostics channel", async () => {
  const events: SlowEvent[] = [];
  const listener = (event: unknown): void => void events.push(event as SlowEvent);
  subscribe("hotpath.storage.slow", listener);
  await simulate(async () => {
    const disk = new FaultyDisk({ latencyMs: [20, 20] });
    const db = await open("simulated", { tables, disk, slowMs: 50 });
    await db.transaction((tx) => tx.table(table).put("a", 1));
    assert.deepEqual(
      events.map((event) => event.operation),
      ["checkpoint"],
    );
    await db.checkpoint();
    assert.equal(events.length, 2);
    assert.ok(events[1]!.ms >= 50);
    await db.close();
  });
  unsubscribe("hotpath.storage.slow", listener);
});

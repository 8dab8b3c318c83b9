/** A disk that refuses, under every call of a scripted run; a disk that is full; time that is virtual. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { monotonic, simulate } from "@hotpath/runtime";
import { open, StorageError } from "@hotpath/storage";
import { FaultyDisk, type DiskFault } from "../../src/disk/faulty-disk.ts";
import { mapTable } from "../map-tables.ts";

const table = mapTable("table");
const settings = { tables: [table], firstSegmentBytes: 8192, segmentBytes: 16_384 };
const TRANSACTIONS = 10;

interface Outcome {
  readonly acknowledged: number;
  readonly errors: readonly unknown[];
}

async function scriptedRun(disk: FaultyDisk): Promise<Outcome> {
  const errors: unknown[] = [];
  let acknowledged = 0;
  try {
    const db = await open("simulated", { ...settings, disk });
    for (let k = 1; k <= TRANSACTIONS; k++) {
      try {
        await db.transaction((tx) => tx.table(table).put(`k${k}`, k));
        acknowledged = k;
        assert.equal(db.table(table).value(`k${k}`), k);
        if (k % 4 === 0) await db.checkpoint();
      } catch (error) {
        errors.push(error);
        // What was not acknowledged is not shown.
        if (acknowledged < k) assert.equal(db.table(table).value(`k${k}`), undefined);
      }
    }
    await db.close();
  } catch (error) {
    errors.push(error);
  }
  return { acknowledged, errors };
}

for (const fault of ["EIO", "ENOSPC", "power-cut"] as const satisfies readonly DiskFault[]) {
  test(`${fault} at any call loses nothing that was acknowledged`, async () => {
    let nth = 1;
    for (let met = true; met; nth++) {
      met = false;
      const disk = new FaultyDisk({
        fail: (_operation, call) => {
          if (call !== nth) return undefined;
          met = true;
          return fault;
        },
      });
      const { acknowledged, errors } = await scriptedRun(disk);
      for (const error of errors)
        assert.ok(error instanceof StorageError, `call ${nth}: ${String(error)}`);
      for (const kind of ["lost", "kept"] as const) {
        const db = await open("simulated", { ...settings, disk: disk.crash(kind) });
        const found = db
          .table(table)
          .entries()
          .map(([, value]) => value);
        for (let k = 1; k <= acknowledged; k++) {
          assert.ok(
            found.includes(k) || errors.length > 0,
            `call ${nth}, ${kind}: ${k} of ${found.join()}`,
          );
        }
        // With EIO everything after the failure is refused, so what is acknowledged is a prefix.
        if (fault !== "ENOSPC")
          assert.ok(found.length >= acknowledged, `call ${nth}, ${kind}: ${found.join()}`);
      }
      if (!met) assert.equal(acknowledged, TRANSACTIONS);
    }
    assert.ok(nth > 30, `${nth} calls`);
  });
}

test("a failed write poisons: nothing is tried again, reads go on to what is durable", async () => {
  let armed = false;
  const disk = new FaultyDisk({
    // Once: what is tried again would succeed.
    fail: (operation, _call, file) => {
      if (!armed || operation !== "write" || !file.startsWith("log")) return undefined;
      armed = false;
      return "EIO";
    },
  });
  const db = await open("simulated", { ...settings, disk });
  await db.transaction((tx) => tx.table(table).put("a", 1));
  using snapshot = db.snapshot();
  const together = [2, 3, 4].map((k) => db.transaction((tx) => tx.table(table).put("a", k)));
  await Promise.all(together);
  armed = true;
  const lost = [5, 6].map((k) => db.transaction((tx) => tx.table(table).put("a", k)));
  for (const transaction of lost) await assert.rejects(transaction, { code: "POISONED" });
  await assert.rejects(
    db.transaction((tx) => tx.table(table).put("a", 7)),
    { code: "POISONED" },
  );
  await assert.rejects(db.flushed, { code: "POISONED" });
  await assert.rejects(db.checkpoint(), { code: "POISONED" });
  assert.equal(db.table(table).value("a"), 4);
  assert.equal(snapshot.table(table).value("a"), 1);
  await db.close();
  const again = await open("simulated", { ...settings, disk });
  assert.equal(again.table(table).value("a"), 4);
});

test("a full disk refuses transactions before they happen, and takes them when there is room", async () => {
  let full = true;
  const disk = new FaultyDisk({
    fail: (operation, _call, file) =>
      full && operation === "reserve" && file !== "log-000001" ? "ENOSPC" : undefined,
  });
  const db = await open("simulated", { ...settings, disk });
  let done = 0;
  const refused: unknown[] = [];
  for (let k = 0; k < 6; k++) {
    try {
      await db.transaction((tx) => tx.table(table).put("a".repeat(1000), k));
      done++;
    } catch (error) {
      refused.push(error);
    }
  }
  assert.equal(done, 1);
  for (const error of refused) {
    assert.ok(error instanceof StorageError && error.code === "NO_SPACE" && error.retryable);
  }
  full = false;
  await db.transaction((tx) => tx.table(table).put("b", 2));
  const left = await open("simulated", { ...settings, disk: disk.crash("lost") });
  assert.deepEqual(left.table(table).entries(), [
    ["a".repeat(1000), 0],
    ["b", 2],
  ]);
});

test("relaxed durability goes back to what is durable when the log fails", async () => {
  let armed = false;
  const disk = new FaultyDisk({
    fail: (operation) => (armed && operation === "write" ? "EIO" : undefined),
  });
  const large = { ...settings, firstSegmentBytes: 65_536, segmentBytes: 65_536 };
  const db = await open("simulated", { ...large, disk, durability: "relaxed" });
  await db.transaction((tx) => tx.table(table).put("a", 1));
  await db.flushed;
  armed = true;
  await db.transaction((tx) => tx.table(table).put("a", 2));
  assert.equal(db.table(table).value("a"), 2);
  await assert.rejects(db.flushed, { code: "POISONED" });
  assert.equal(db.table(table).value("a"), 1);
  assert.equal(db.snapshot().commit, 1);
  const left = await open("simulated", { ...settings, disk: disk.crash("lost") });
  assert.deepEqual(left.table(table).entries(), [["a", 1]]);
});

test("under simulate() the disk takes virtual time, and a group waits for company as long as it was told", async () => {
  await simulate(
    async () => {
      const disk = new FaultyDisk({ latencyMs: [5, 5] });
      const db = await open("simulated", { ...settings, disk, groupDelayMs: 500 });
      await db.transaction((tx) => tx.table(table).put("first", 0));
      const start = monotonic();
      await Promise.all([1, 2, 3].map((k) => db.transaction((tx) => tx.table(table).put("a", k))));
      const elapsedMs = monotonic() - start;
      assert.ok(elapsedMs >= 500 && elapsedMs < 600, `${elapsedMs} ms`);
      const full = monotonic();
      await db.transaction((tx) => {
        for (let k = 0; k < 3; k++) tx.table(table).put("x".repeat(30_000), k);
      });
      assert.ok(monotonic() - full < 100);
      await db.close();
    },
    { seed: 3 },
  );
});

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { open } from "../../src/database/open.ts";
import { ordered } from "../../src/ordered/ordered-engine.ts";
import type { KeyRange } from "../../src/ordered/ordered-reads.ts";

const notes = ordered("notes");
const others = ordered("others");
const tables = [notes, others];
const text = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString();

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "hotpath-ordered-"));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test("what a transaction wrote is there after it, in order, and after opening again", async (context) => {
  const path = folder(context);
  {
    await using db = await open(path, { tables });
    await db.transaction((tx) => {
      tx.table(notes).put("b", "2");
      tx.table(notes).put("", "empty key");
      tx.table(notes).put("a", "");
      tx.table(others).put("a", "other");
    });
    assert.equal(text(db.table(notes).get("")), "empty key");
    assert.equal(db.table(notes).size, 3);
    await db.transaction((tx) => tx.table(notes).delete("b"));
    assert.equal(db.table(notes).has("b"), false);
  }
  await using db = await open(path, { tables });
  assert.deepEqual(
    [...db.table(notes).range()].map(([key, value]) => [text(key), text(value)]),
    [
      ["", "empty key"],
      ["a", ""],
    ],
  );
  assert.equal(text(db.table(others).get("a")), "other");
});

test("a snapshot stays as it was while the table changes", async (context) => {
  await using db = await open(folder(context), { tables });
  await db.transaction((tx) => {
    for (let k = 0; k < 3000; k++) tx.table(notes).put(String(k).padStart(5, "0"), `old ${k}`);
  });
  using snapshot = db.snapshot();
  const old = snapshot.table(notes);
  using cursor = old.cursor();
  assert(cursor.seek(Buffer.from("01000")));
  for (let round = 0; round < 20; round++) {
    await db.transaction((tx) => {
      tx.table(notes).clear("00500", "02500");
      for (let k = round; k < 3000; k += 7)
        tx.table(notes).put(String(k).padStart(5, "0"), `new ${round}`);
    });
    if (round === 10) await db.checkpoint();
  }
  assert.equal(old.size, 3000);
  let count = 1000;
  for (let more = cursor.valid; more; more = cursor.next(), count++)
    assert.equal(text(cursor.value()), `old ${count}`);
  assert.equal(count, 3000);
  assert.notEqual(text(db.table(notes).get("02999")), "old 2999");
});

test("ranges go from and to their bounds, forward and in reverse", async (context) => {
  await using db = await open(folder(context), { tables });
  await db.transaction((tx) => {
    for (const key of ["a", "b", "c", "d", "e"]) tx.table(notes).put(key, key.toUpperCase());
  });
  const reads = db.table(notes);
  const keys = (range: KeyRange): string => [...reads.keys(range)].map(text).join("");
  assert.equal(keys({}), "abcde");
  assert.equal(keys({ reverse: true }), "edcba");
  assert.equal(keys({ gt: "a", lt: "e" }), "bcd");
  assert.equal(keys({ gte: "b", lte: "d" }), "bcd");
  assert.equal(keys({ gt: "a", lt: "e", reverse: true }), "dcb");
  assert.equal(keys({ gte: "bb", limit: 2 }), "cd");
  assert.equal(keys({ lte: "bb", reverse: true, limit: 1 }), "b");
  assert.equal(keys({ gt: "e" }), "");
  assert.equal(keys({ limit: 0 }), "");
  assert.deepEqual([...reads.values({ gte: "d" })].map(text), ["D", "E"]);
});

test("a cursor on what is published now refuses to go on after a change", async (context) => {
  await using db = await open(folder(context), { tables });
  await db.transaction((tx) => tx.table(notes).put("a", "1"));
  using cursor = db.table(notes).cursor();
  assert(cursor.first());
  await db.transaction((tx) => tx.table(notes).put("b", "2"));
  assert.throws(() => cursor.next(), { code: "CLOSED" });
  assert(cursor.seek(Buffer.from("b")));
});

test("entries that cannot be are refused, and the transaction leaves nothing", async (context) => {
  await using db = await open(folder(context), { tables });
  await assert.rejects(
    db.transaction((tx) => {
      tx.table(notes).put("a", "1");
      tx.table(notes).put(new Uint8Array(1979), "2");
    }),
    RangeError,
  );
  assert.equal(db.table(notes).size, 0);
  await db.transaction((tx) =>
    tx.table(notes).put(new Uint8Array(1978), new Uint8Array(3_000_000)),
  );
  assert.equal(db.table(notes).get(new Uint8Array(1978))?.length, 3_000_000);
});

test("transactions and recovery may touch more pages than the pool has", async (context) => {
  const path = folder(context);
  const options = { tables, poolBytes: 4 << 20, checkpointBytes: 1 << 30 } as const;
  const count = 40_000;
  const keyOf = (k: number): string => String((k * 7919) % count).padStart(8, "0");
  const crashed = `${path}-crashed`;
  context.after(() => rmSync(crashed, { recursive: true, force: true }));
  {
    await using db = await open(path, options);
    await db.transaction((tx) => {
      for (let k = 0; k < count; k++) tx.table(notes).put(keyOf(k), "first value of the key");
      tx.table(notes).put("large", new Uint8Array(6_000_000).fill(9));
    });
    for (let k = 0; k < count; k += 2000) {
      await db.transaction((tx) => {
        for (let n = k; n < k + 2000; n++) tx.table(notes).put(keyOf(n), `second ${n}`);
      });
    }
    assert.equal(db.table(notes).size, count + 1);
    // What a crash leaves: no checkpoint since the tables were made.
    cpSync(path, crashed, { recursive: true, filter: (name) => !name.endsWith("lock") });
  }
  for (const from of [path, crashed]) {
    await using db = await open(from, options);
    const reads = db.table(notes);
    assert.equal(reads.size, count + 1);
    for (let k = 0; k < count; k += 37) assert.equal(text(reads.get(keyOf(k))), `second ${k}`);
    assert.equal(reads.get("large")?.length, 6_000_000);
  }
});

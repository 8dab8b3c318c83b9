/** An open database on the host's file system. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { open, type OpenOptions, StorageError } from "@hotpath/storage";
import { mapTable } from "../map-tables.ts";

const base = mkdtempSync(join(tmpdir(), "storage-database-"));
after(() => rmSync(base, { recursive: true }));
let folders = 0;
const newFolder = (): string => join(base, String(++folders));

const accounts = mapTable("accounts");
const events = mapTable("events");
const options: OpenOptions = { tables: [accounts, events] };

test("open() finds what was committed before close()", async () => {
  const folder = newFolder();
  {
    await using db = await open(folder, options);
    const result = await db.transaction((tx) => {
      tx.table(accounts).put("a", 1);
      tx.table(events).put("opened", 7);
      return "done";
    });
    assert.equal(result, "done");
    assert.equal(db.table(accounts).value("a"), 1);
  }
  for (let k = 0; k < 3; k++) {
    await using db = await open(folder, options);
    assert.equal(db.table(accounts).value("a"), 1);
    assert.equal(db.table(events).value("opened"), 7);
    await db.transaction((tx) => tx.table(events).put(`again ${k}`, k));
    assert.equal(db.table(events).entries().length, k + 2);
  }
});

test("a transaction whose function throws leaves nothing", async () => {
  await using db = await open(newFolder(), options);
  const failing = db.transaction((tx) => {
    tx.table(accounts).put("a", 1);
    throw new Error("no");
  });
  await assert.rejects(failing, /no/);
  await db.transaction((tx) => tx.table(accounts).put("b", 2));
  assert.deepEqual(db.table(accounts).entries(), [["b", 2]]);
});

test("a transaction's function must not be async", async () => {
  await using db = await open(newFolder(), options);
  await assert.rejects(
    db.transaction(async (tx) => tx.table(accounts).put("a", 1)),
    TypeError,
  );
  assert.deepEqual(db.table(accounts).entries(), []);
});

test("transactions in flight are visible in their order, each when it is durable", async () => {
  await using db = await open(newFolder(), { ...options, firstSegmentBytes: 65_536 });
  const commits: Promise<void>[] = [];
  for (let k = 0; k < 1000; k++) {
    commits.push(
      db
        .transaction((tx) => {
          const before = tx.table(accounts).value("sum") ?? 0;
          tx.table(accounts).put("sum", before + k);
          tx.table(events).put(`e${k}`, k);
        })
        .then(() => assert.equal(db.table(events).value(`e${k}`), k)),
    );
  }
  assert.equal(db.table(accounts).value("sum"), undefined);
  await Promise.all(commits);
  assert.equal(db.table(accounts).value("sum"), 499_500);
});

test("a snapshot stays as it is", async () => {
  await using db = await open(newFolder(), options);
  await db.transaction((tx) => tx.table(accounts).put("a", 1));
  using snapshot = db.snapshot();
  await db.transaction((tx) => tx.table(accounts).put("a", 2));
  assert.equal(snapshot.table(accounts).value("a"), 1);
  assert.equal(db.table(accounts).value("a"), 2);
  snapshot.close();
  assert.throws(() => snapshot.table(accounts).value("a"), { code: "CLOSED" });
});

test("relaxed durability shows a transaction at once, and flushed says when it is durable", async () => {
  await using db = await open(newFolder(), { ...options, durability: "relaxed" });
  await db.transaction((tx) => tx.table(accounts).put("a", 1));
  assert.equal(db.table(accounts).value("a"), 1);
  await db.flushed;
});

test("open() refuses a folder that is open", async () => {
  const folder = newFolder();
  await using db = await open(folder, options);
  await assert.rejects(
    open(folder, options),
    (error) => error instanceof StorageError && error.code === "LOCKED" && error.retryable,
  );
  await db.close();
  await using again = await open(folder, options);
  assert.equal(again.table(accounts).value("a"), undefined);
});

test("a large transaction gets a segment of its own size", async () => {
  const folder = newFolder();
  {
    await using db = await open(folder, { ...options, firstSegmentBytes: 8192 });
    await db.transaction((tx) => {
      for (let k = 0; k < 20_000; k++) tx.table(events).put(`event ${k}`, k);
    });
    await db.transaction((tx) => tx.table(events).put("last", 1));
  }
  await using db = await open(folder, options);
  assert.equal(db.table(events).entries().length, 20_001);
});

test("tables that are missing or of another kind are refused by name", async () => {
  const folder = newFolder();
  {
    await using _db = await open(folder, options);
  }
  await assert.rejects(open(folder, { tables: [accounts] }), { code: "SCHEMA", table: "events" });
  const other = { ...mapTable("events"), schema: { wider: true } };
  await assert.rejects(open(folder, { tables: [accounts, other] }), { code: "SCHEMA" });
});

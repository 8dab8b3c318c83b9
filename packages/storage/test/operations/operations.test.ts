import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import {
  f64,
  key as keyColumn,
  NodeDisk,
  open,
  ordered,
  series,
  text,
  time,
  u32,
} from "@hotpath/storage";
import {
  backupDatabase,
  checkDatabase,
  dumpTable,
  manifestIn,
  storedDefinitions,
  type Finding,
  salvageDatabase,
  scrub,
  statDatabase,
  StoredDatabase,
  verifyDatabase,
} from "@hotpath/storage/operations";
import { orderedStateOf } from "../../src/operations/stored-database.ts";
import { run, spawn } from "@hotpath/runtime";

const notes = ordered("notes");
const others = ordered("others");
const tables = [notes, others];
const COUNT = 5000;
const key = (k: number): string => `key ${String(k).padStart(6, "0")}`;
const value = (k: number): string => (k % 1000 === 0 ? `large ${k} `.repeat(2000) : `value ${k}`);

async function filled(context: TestContext): Promise<{ base: string; folder: string }> {
  const base = mkdtempSync(join(tmpdir(), "hotpath-operations-"));
  context.after(() => rmSync(base, { recursive: true, force: true }));
  const folder = join(base, "db");
  await using db = await open(folder, { tables });
  for (let from = 0; from < COUNT; from += 500) {
    await db.transaction((tx) => {
      for (let k = from; k < from + 500; k++) tx.table(notes).put(key(k), value(k));
    });
  }
  await db.checkpoint();
  await db.transaction((tx) => {
    tx.table(notes).delete(key(7));
    tx.table(others).put("one", "1");
  });
  return { base, folder };
}

/** Flips a bit in pages that are in use and that `choose` picks, the first `most` of them; answers how many. */
async function damage(
  folder: string,
  choose: (page: Buffer) => boolean,
  most: number,
): Promise<number> {
  let free: Set<number>;
  {
    await using store = await StoredDatabase.open(folder);
    free = new Set(store.orderedState()!.space.free);
  }
  return flip(folder, free, choose, most);
}

function flip(
  folder: string,
  free: ReadonlySet<number>,
  choose: (page: Buffer) => boolean,
  most: number,
): number {
  let damaged = 0;
  for (const name of readdirSync(folder).filter((name) => name.endsWith(".pages"))) {
    const path = join(folder, name);
    const bytes = readFileSync(path);
    for (let at = 0; at + 4096 <= bytes.length && damaged < most; at += 4096) {
      if (free.has(bytes.readUInt32LE(at + 8)) || !choose(bytes.subarray(at, at + 4096))) continue;
      bytes[at + 3000]! ^= 0x10;
      damaged++;
    }
    writeFileSync(path, bytes);
  }
  return damaged;
}

test("a healthy database is well in every look", async (context) => {
  const { folder } = await filled(context);
  await using store = await StoredDatabase.open(folder);
  const steps: number[] = [];
  const verified = await verifyDatabase(store, (done) => steps.push(done));
  assert.deepEqual(verified.findings, []);
  assert(verified.pages > 50 && steps.length > 0);
  const checked = await checkDatabase(store);
  assert.deepEqual(checked.findings, []);
  assert.deepEqual(
    checked.tables.map(({ name, entries }) => [name, entries]),
    [
      ["notes", COUNT - 1],
      ["others", 1],
    ],
  );
  const stat = await statDatabase(folder);
  assert.equal(stat.closed, true);
  assert.equal(stat.tables[0]?.entries, COUNT - 1);
  assert(stat.pageBytes > 0 && stat.ordered !== undefined && stat.ordered.amplification < 3);
});

test("a flipped bit is found, with its file and position", async (context) => {
  const { folder } = await filled(context);
  assert.equal(await damage(folder, (page) => page[14] === 4 && page[44] === 0, 1), 1);
  await using store = await StoredDatabase.open(folder);
  const { findings } = await verifyDatabase(store);
  assert.equal(findings.length, 1);
  assert.match(findings[0]!.where, /^\d{6}\.pages at byte \d+ \(page \d+\)$/);
  const checked = await checkDatabase(store);
  assert(checked.findings.some(({ kind }) => kind === "damage"));
});

test("a folder without a database is refused, and one that is open is locked", async (context) => {
  const { base, folder } = await filled(context);
  await assert.rejects(StoredDatabase.open(join(base, "none")), { code: "FORMAT" });
  await using db = await open(folder, { tables });
  await assert.rejects(StoredDatabase.open(folder), { code: "LOCKED" });
  assert.equal((await statDatabase(folder)).tables.length, 2);
  assert.equal(db.table(notes).size, COUNT - 1);
});

test("a backup shows one moment while the database is written to", async (context) => {
  const { base, folder } = await filled(context);
  await using db = await open(folder, { tables });
  const backup = backupDatabase(db, tables, join(base, "copy"));
  const writing = (async () => {
    for (let k = 0; k < 50; k++) {
      await db.transaction((tx) => {
        tx.table(notes).clear(key(k * 100), key(k * 100 + 50));
        tx.table(others).put(`late ${k}`, "x");
      });
    }
  })();
  const { rows } = await backup;
  await writing;
  assert.equal(rows, COUNT);
  await using copy = await open(join(base, "copy"), { tables });
  assert.equal(copy.table(notes).size, COUNT - 1);
  assert.equal(copy.table(others).size, 1);
  for (const k of [0, 8, 1000, COUNT - 1]) {
    assert.equal(Buffer.from(copy.table(notes).get(key(k))!).toString(), value(k));
  }
  await assert.rejects(backupDatabase(db, tables, join(base, "copy")), { code: "LIMIT" });
});

test("salvage brings over what does not stand on a damaged page, and says what is lost", async (context) => {
  const { base, folder } = await filled(context);
  const leaves = await damage(folder, (page) => page[14] === 4 && page[44] === 0, 3);
  await using store = await StoredDatabase.open(folder);
  const { findings } = await salvageDatabase(store, join(base, "saved"));
  assert.equal(findings.filter(({ kind }) => kind === "damage").length, leaves);
  await using saved = await open(join(base, "saved"), { tables });
  const { size } = saved.table(notes);
  assert(size < COUNT - 1 && size > COUNT / 2, `${size} rows were saved`);
  for (const [found, bytes] of saved.table(notes).range()) {
    const k = Number(Buffer.from(found).toString().slice(4));
    assert.equal(Buffer.from(bytes).toString(), value(k));
  }
});

test("salvage finds the leaves below a branch that is damaged", async (context) => {
  const { base, folder } = await filled(context);
  assert((await damage(folder, (page) => page[14] === 4 && page[44]! > 0, 100)) > 0);
  await using store = await StoredDatabase.open(folder);
  await salvageDatabase(store, join(base, "saved"));
  await using saved = await open(join(base, "saved"), { tables });
  assert.equal(saved.table(notes).size, COUNT - 1);
});

test("salvage of a database that was not closed has what is only in the log", async (context) => {
  const base = mkdtempSync(join(tmpdir(), "hotpath-operations-"));
  context.after(() => rmSync(base, { recursive: true, force: true }));
  const folder = join(base, "db");
  await using db = await open(folder, { tables });
  await db.checkpoint();
  await db.transaction((tx) => {
    tx.table(notes).put("a", "1");
    tx.table(notes).put("b", "2");
    tx.table(notes).put("c", "3");
  });
  await db.transaction((tx) => tx.table(notes).clear("b", "c"));
  // A copy of the files at this moment is what a crash leaves.
  const crashed = join(base, "crashed");
  cpSync(folder, crashed, { recursive: true, filter: (path) => !path.endsWith("lock") });
  await using store = await StoredDatabase.open(crashed);
  const { findings } = await salvageDatabase(store, join(base, "saved"));
  assert.deepEqual(findings, []);
  await using saved = await open(join(base, "saved"), { tables });
  assert.deepEqual(
    [...saved.table(notes).keys()].map((bytes) => Buffer.from(bytes).toString()),
    ["a", "c"],
  );
});

test("a dump has text as text and bytes as base64", async (context) => {
  const { folder } = await filled(context);
  await using db = await open(folder, { tables });
  await db.transaction((tx) => tx.table(others).put(Uint8Array.of(255, 0), "ü"));
  using snapshot = db.snapshot();
  assert.deepEqual(
    [...dumpTable(snapshot, others)],
    [
      '{"table":"others","key":"one","value":"1"}',
      '{"table":"others","key":{"base64":"/wA="},"value":"ü"}',
    ],
  );
  assert.equal([...dumpTable(snapshot, notes, { limit: 3 })].length, 3);
});

test("series are dumped and backed up too, by what is stored about them", async (context) => {
  const { base } = await filled(context);
  const readings = series("readings", {
    id: keyColumn(u32),
    at: time("micros"),
    celsius: f64,
    note: text,
  });
  const folder = join(base, "series");
  await using db = await open(folder, { tables: [readings] });
  await db.transaction((tx) => {
    for (let k = 0; k < 3000; k++)
      tx.table(readings).put({ id: k, at: k * 10, celsius: k / 2, note: `n${k}` });
  });
  const { definitions, unknown } = storedDefinitions(await manifestIn(new NodeDisk(folder)));
  assert.deepEqual(unknown, []);
  await backupDatabase(db, [readings], join(base, "series-copy"));
  await using copy = await open(join(base, "series-copy"), { tables: definitions });
  using snapshot = copy.snapshot();
  const lines = [...dumpTable(snapshot, definitions[0]!)];
  assert.equal(lines.length, 3000);
  assert.equal(lines[7], '{"table":"readings","row":{"at":70,"celsius":3.5,"id":7,"note":"n7"}}');
});

test("a scrubber finds a page that has rotted, beside a database that is written to", async (context) => {
  const { folder } = await filled(context);
  await run(async () => {
    await using db = await open(folder, { tables });
    const clean = await scrub(folder, { passes: 1, pagesPerSecond: 1e6 });
    assert.equal(clean.findings, 0);
    assert(clean.pages > 50);
    const writing = spawn(async () => {
      for (let k = 0; k < 30; k++) {
        await db.transaction((tx) => {
          for (let n = k; n < COUNT; n += 50) tx.table(notes).put(key(n), `again ${k}`);
        });
        if (k % 5 === 0) await db.checkpoint();
      }
    });
    assert.equal((await scrub(folder, { passes: 3, pagesPerSecond: 1e6 })).findings, 0);
    await writing;
    await db.checkpoint();
    const { free } = orderedStateOf(await manifestIn(new NodeDisk(folder)))!.space;
    assert.equal(
      flip(folder, new Set(free), (page) => page[14] === 4 && page[44] === 0, 1),
      1,
    );
    const findings: Finding[] = [];
    const found = await scrub(folder, {
      passes: 1,
      pagesPerSecond: 1e6,
      onFinding: (each) => findings.push(each),
    });
    assert.equal(found.findings, 1);
    assert.match(findings[0]!.what, /checksum is wrong/);
  });
});

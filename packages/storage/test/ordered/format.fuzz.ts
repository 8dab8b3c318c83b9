/** Any bytes in any file of a database with ordered tables: an error or a correct answer, never a wrong row. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { open, ordered, StorageError, type OpenOptions } from "@hotpath/storage";
import { checkDatabase, StoredDatabase } from "@hotpath/storage/operations";
import { FaultyDisk } from "../../src/disk/faulty-disk.ts";
import { decodeOrderedState } from "../../src/ordered/ordered-state.ts";
import { pageCopy } from "../../src/ordered/node-reader.ts";
import { nodeProblem } from "../../src/ordered/tree-check.ts";
import { chooser } from "../crash-history.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));
const runs = Number(process.env["HOTPATH_RUNS"] ?? 150);

const rows = ordered("rows");
const settings: Omit<OpenOptions, "disk"> = {
  tables: [rows],
  poolBytes: 4 << 20,
  firstSegmentBytes: 65_536,
};

/** A closed database, and one that still has transactions in its log; what each prefix of the commits shows. */
async function original(
  closed: boolean,
): Promise<{ disk: FaultyDisk; states: ReadonlySet<string> }> {
  const disk = new FaultyDisk({ seed: 1 });
  const states = new Set<string>();
  const db = await open("simulated", { ...settings, disk });
  const model = new Map<string, string>();
  for (let round = 0; round < 12; round++) {
    await db.transaction((tx) => {
      for (let k = 0; k < 150; k++) {
        const key = `key ${(k * 37 + round * 11) % 1000}`;
        const value = `${round} `.repeat(k === 3 ? 4000 : 10);
        tx.table(rows).put(key, value);
        model.set(key, value);
      }
    });
    if (round === 8) await db.checkpoint();
    states.add(textOf(model));
  }
  const left = closed ? undefined : disk.crash("kept");
  await db.close();
  return { disk: left ?? disk, states };
}

function textOf(model: ReadonlyMap<string, string>): string {
  return JSON.stringify([...model].sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function damaged(disk: FaultyDisk, choose: (below: number) => number): Promise<FaultyDisk> {
  const copy = disk.crash("kept");
  const names = await copy.list();
  for (let k = 1 + choose(3); k > 0; k--) {
    const name = names[choose(names.length)]!;
    const { length } = copy.content(name);
    if (length === 0) continue;
    const from = choose(4) === 0 ? choose(Math.min(length, 64)) : choose(length);
    const bytes = choose(3) === 0 ? Math.min(length - from, 1 + choose(4096)) : 1;
    for (let n = 0; n < bytes; n++) copy.damage(name, from + n, 1 + choose(255));
  }
  return copy;
}

/** What the database shows, or undefined when it says that something is wrong. */
async function shown(disk: FaultyDisk): Promise<string | undefined> {
  try {
    await using db = await open("simulated", { ...settings, disk });
    using snapshot = db.snapshot();
    const table = snapshot.table(rows);
    const found = [...table.range()].map((pair) =>
      pair.map((bytes) => Buffer.from(bytes).toString()),
    );
    for (const [key, value] of found.slice(0, 50))
      assert.equal(Buffer.from(table.get(key!)!).toString(), value);
    return JSON.stringify(found);
  } catch (error) {
    if (error instanceof StorageError) return undefined;
    throw error;
  }
}

for (const closed of [true, false]) {
  test(`damage to a database that was ${closed ? "" : "not "}closed never shows a wrong row (SEED=${seed})`, async (t) => {
    const { disk, states } = await original(closed);
    const choose = chooser(seed);
    const totals = { refused: 0, right: 0 };
    for (let run = 0; run < runs; run++) {
      const found = await shown(await damaged(disk, choose));
      if (found === undefined) totals.refused++;
      else {
        assert.ok(states.has(found), `run ${run} shows rows that never were together`);
        totals.right++;
      }
    }
    t.diagnostic(JSON.stringify(totals));
    assert.ok(totals.refused > 0 && totals.right > 0, JSON.stringify(totals));
  });
}

test(`check ends on any bytes, with findings and not with a crash (SEED=${seed})`, async () => {
  const { disk } = await original(true);
  const choose = chooser(seed + 1);
  for (let run = 0; run < runs / 5; run++) {
    try {
      await using store = await StoredDatabase.open("simulated", {
        disk: await damaged(disk, choose),
      });
      await checkDatabase(store);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
    }
  }
});

test(`a page of random bytes is judged without leaving it (SEED=${seed})`, () => {
  const choose = chooser(seed + 2);
  const copy = pageCopy();
  for (let run = 0; run < 3000; run++) {
    copy.bytes.fill(0);
    for (let k = choose(200); k >= 0; k--)
      copy.bytes[choose(choose(2) === 0 ? 4096 : 200)] = choose(256);
    nodeProblem(copy);
  }
});

test(`the manifest's part on ordered tables is refused or read, whatever it holds (SEED=${seed})`, () => {
  const choose = chooser(seed + 3);
  const good =
    '{"version":1,"commit":3,"epoch":4,"segments":[16384],"used":9,"free":[16385,2],"trees":[]}';
  assert.deepEqual(decodeOrderedState(Buffer.from(good)).space.free, [16385, 16386]);
  for (let run = 0; run < 5000; run++) {
    const bytes = Buffer.from(good);
    for (let k = choose(4); k >= 0; k--) bytes[choose(bytes.length)] = 32 + choose(95);
    try {
      decodeOrderedState(bytes);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
    }
  }
});

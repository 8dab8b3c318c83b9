/**
 * Ordered tables on a simulated disk whose power is cut after changes of the disk that the seed picks. What was
 * acknowledged is there, as a prefix of the commits, and everything that a check looks at is well.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { open, ordered, type OpenOptions } from "@hotpath/storage";
import { checkDatabase, StoredDatabase } from "@hotpath/storage/operations";
import { FaultyDisk, type CrashKind } from "../../src/disk/faulty-disk.ts";
import { chooser } from "../crash-history.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));
const histories = Number(process.env["HOTPATH_RUNS"] ?? 3);

const one = ordered("one");
const two = ordered("two");
const settings: Omit<OpenOptions, "disk"> = {
  tables: [one, two],
  poolBytes: 4 << 20,
  firstSegmentBytes: 65_536,
  segmentBytes: 1 << 20,
  checkpointBytes: 120_000,
};
const KINDS: readonly CrashKind[] = ["lost", "kept", "mixed", "torn"];

interface Point {
  readonly disk: FaultyDisk;
  readonly acknowledged: number;
  readonly issued: number;
}

type Model = [Map<string, string>, Map<string, string>];

async function history(seed: number): Promise<number> {
  const choose = chooser(seed);
  const states = new Map<number, string>([[0, "[[],[]]"]]);
  const model: Model = [new Map(), new Map()];
  const points: Point[] = [];
  const phase = choose(9);
  let changes = 0;
  let commit = 0;
  let acknowledged = 0;
  const disk: FaultyDisk = new FaultyDisk({
    seed,
    onChange: () => {
      // A ninth of the changes: every one of them takes a database to open.
      if (changes++ % 9 !== phase) return;
      points.push({ disk: disk.crash(KINDS[choose(KINDS.length)]!), acknowledged, issued: commit });
    },
  });
  const db = await open("simulated", { ...settings, disk });
  for (let burst = 0; burst < 30; burst++) {
    const waiting: Promise<void>[] = [];
    for (let k = 1 + choose(3); k > 0; k--) {
      const done = db.transaction((tx) => {
        for (const [at, table] of [tx.table(one), tx.table(two)].entries()) {
          const rows = model[at]!;
          const action = choose(10);
          if (action === 0) {
            const [from, below] = [`${choose(900)}`, `${choose(900)}`];
            table.clear(from, below);
            for (const key of rows.keys()) if (key >= from && key < below) rows.delete(key);
          } else {
            for (let n = choose(40); n >= 0; n--) {
              const key = `${choose(900)}`;
              const value = String(commit).repeat(1 + choose(choose(20) === 0 ? 3000 : 30));
              if (action === 1) table.delete(key);
              else table.put(key, value);
              if (action === 1) rows.delete(key);
              else rows.set(key, value);
            }
          }
        }
        commit++;
        states.set(commit, textOf(model));
      });
      const number = commit;
      waiting.push(done.then(() => void (acknowledged = Math.max(acknowledged, number))));
    }
    if (choose(6) === 0) waiting.push(db.checkpoint());
    await Promise.all(waiting);
  }
  await db.close();
  for (const point of points) await check(point, states);
  return points.length;
}

function textOf(model: Model): string {
  return JSON.stringify(model.map((rows) => [...rows].sort(([a], [b]) => (a < b ? -1 : 1))));
}

async function check(point: Point, states: ReadonlyMap<number, string>): Promise<void> {
  const disk = point.disk.crash("kept");
  {
    await using db = await open("simulated", { ...settings, disk });
    using snapshot = db.snapshot();
    const { commit } = snapshot;
    assert.ok(
      commit >= point.acknowledged,
      `${point.acknowledged} was acknowledged, ${commit} found`,
    );
    assert.ok(commit <= point.issued, `commit ${commit} found, ${point.issued} issued`);
    const found = [one, two].map((table) =>
      [...snapshot.table(table).range()].map((pair) =>
        pair.map((bytes) => Buffer.from(bytes).toString()),
      ),
    );
    assert.equal(JSON.stringify(found), states.get(commit), `the tables at commit ${commit}`);
    await db.transaction((tx) => tx.table(one).put("after", "the crash"));
  }
  await using store = await StoredDatabase.open("simulated", { disk });
  const { findings } = await checkDatabase(store);
  assert.deepEqual(
    findings.filter(({ kind }) => kind === "damage"),
    [],
  );
}

test(`ordered tables survive power cuts, from seed ${seed}`, async (t) => {
  let points = 0;
  for (let k = 0; k < histories; k++) {
    try {
      points += await history(seed + k);
    } catch (error) {
      throw new Error(`SEED=${seed + k} HOTPATH_RUNS=1: ${String(error)}`, { cause: error });
    }
  }
  t.diagnostic(`${points} crash points`);
  assert.ok(points > 5 * histories, `${points} crash points are too few to mean anything`);
});

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { run } from "@hotpath/runtime";
import {
  NodeDisk,
  blob,
  bytes,
  bytes16,
  f64,
  i64,
  key,
  open,
  series,
  text,
  time,
  u16,
  u32,
  u64,
  u8,
  type Database,
} from "../../src/index.ts";

const bid = series("bid", {
  id: key(bytes16),
  at: time("micros"),
  advertiser: u32,
  priceMicros: u64,
  note: text,
});

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "hotpath-series-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function id(k: number): Uint8Array {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(4, k);
  new DataView(bytes.buffer).setUint32(12, Math.imul(k, 0x9e3779b1));
  return bytes;
}

interface Bid {
  readonly id: Uint8Array;
  readonly at: number;
  readonly advertiser: number;
  readonly priceMicros: number;
  readonly note: string;
}

function row(k: number, at: number = k * 1000): Bid {
  return { id: id(k), at, advertiser: k % 7, priceMicros: k * 2 ** 33, note: `bid ${k} ünï` };
}

async function fill(db: Database, from: number, to: number): Promise<void> {
  const all = Array.from({ length: to - from }, (_, k) =>
    db.transaction((tx) => tx.table(bid).insert(row(from + k))),
  );
  await Promise.all(all);
}

test("a row is found by its key with every column as it was inserted", async (t) => {
  await run(async () => {
    await using db = await open(folder(t), { tables: [bid] });
    assert.equal(await db.transaction((tx) => tx.table(bid).insert(row(1))), true);
    assert.deepEqual(db.table(bid).get(id(1)), row(1));
    assert.equal(db.table(bid).get(id(2)), undefined);
    assert.equal(await db.transaction((tx) => tx.table(bid).insert(row(1))), false);
  });
});

test("rows are there again after a close, after a crash, and after both", async (t) => {
  const path = folder(t);
  await run(async () => {
    {
      await using db = await open(path, { tables: [bid] });
      await fill(db, 0, 500);
    }
    const crashed = await open(path, { tables: [bid] });
    await fill(crashed, 500, 900);
    await crashed.checkpoint();
    await fill(crashed, 900, 1000);
    await crashed.transaction((tx) => tx.table(bid).delete(id(3)));
    await crashed.transaction((tx) => tx.table(bid).update(id(4), { note: "changed" }));
    await crashed.close();
    await using db = await open(path, { tables: [bid] });
    for (let k = 0; k < 1000; k++) {
      const expected = k === 3 ? undefined : k === 4 ? { ...row(4), note: "changed" } : row(k);
      assert.deepEqual(db.table(bid).get(id(k)), expected);
    }
    assert.equal([...db.table(bid).rows()].length, 999);
  });
});

test("ranges go both ways, from inclusive and to exclusive", async (t) => {
  await run(async () => {
    await using db = await open(folder(t), { tables: [bid] });
    await fill(db, 0, 1000);
    const times = (range: object): number[] =>
      [...db.table(bid).rows(range)].map((found) => found.at / 1000);
    const all = Array.from({ length: 1000 }, (_, k) => k);
    assert.deepEqual(times({}), all);
    assert.deepEqual(times({ reverse: true }), all.toReversed());
    for (const [from, to] of [
      [0, 1],
      [3, 3],
      [117, 512],
      [990, 2000],
      [5000, 6000],
    ] as const) {
      const range = { from: from * 1000, to: to * 1000 };
      assert.deepEqual(times(range), all.slice(from, to));
      assert.deepEqual(times({ ...range, reverse: true }), all.slice(from, to).toReversed());
    }
    assert.deepEqual(times({ reverse: true, limit: 3 }), [999, 998, 997]);
  });
});

test("rows that come late stand where their time is, also after a restart", async (t) => {
  const path = folder(t);
  await run(async () => {
    const expected: number[] = [];
    {
      await using db = await open(path, { tables: [bid] });
      for (let k = 0; k < 600; k++) {
        const at = k % 5 === 4 ? k - 4.5 * 5 : k;
        expected.push(at * 1000);
        await db.transaction((tx) => tx.table(bid).insert(row(k, at * 1000)));
      }
      expected.sort((a, b) => a - b);
      assert.deepEqual(
        [...db.table(bid).rows()].map((found) => found.at),
        expected,
      );
    }
    await using db = await open(path, { tables: [bid] });
    const table = db.table(bid);
    assert.deepEqual(
      [...table.rows()].map((found) => found.at),
      expected,
    );
    assert.deepEqual(
      [...table.rows({ reverse: true })].map((found) => found.at),
      expected.toReversed(),
    );
    const part = expected.filter((at) => at >= 100_000 && at < 200_000);
    const range = { from: 100_000, to: 200_000 };
    assert.deepEqual(
      [...table.rows(range)].map((found) => found.at),
      part,
    );
  });
});

test("a snapshot keeps seeing what was there: before updates, deletes and inserts", async (t) => {
  await run(async () => {
    await using db = await open(folder(t), { tables: [bid] });
    await fill(db, 0, 300);
    using before = db.snapshot();
    for (let k = 0; k < 300; k += 3) {
      await Promise.all([
        db.transaction((tx) => tx.table(bid).update(id(k), { advertiser: 99 })),
        db.transaction((tx) => tx.table(bid).delete(id(k + 1))),
      ]);
    }
    await fill(db, 300, 310);
    using after = db.snapshot();
    for (let k = 0; k < 300; k++) {
      assert.deepEqual(before.table(bid).get(id(k)), row(k));
      const now = k % 3 === 0 ? { ...row(k), advertiser: 99 } : k % 3 === 1 ? undefined : row(k);
      assert.deepEqual(after.table(bid).get(id(k)), now);
    }
    assert.equal(before.table(bid).get(id(305)), undefined);
    assert.deepEqual(
      [...before.table(bid).rows()],
      Array.from({ length: 300 }, (_, k) => row(k)),
    );
    assert.equal([...after.table(bid).rows()].length, 210);
    await db.transaction((tx) => tx.table(bid).insert(row(1)));
    assert.deepEqual(db.table(bid).get(id(1)), row(1));
    assert.equal(after.table(bid).get(id(1)), undefined);
  });
});

test("ingest takes columns as arrays, and a key that is there gets the new row", async (t) => {
  const sensor = series("sensor", {
    at: time("micros"),
    key: key(u32),
    value: f64,
    small: u8,
    mid: u16,
    far: i64,
    raw: blob,
  });
  const path = folder(t);
  await run(async () => {
    const rows = 5000;
    await using db = await open(path, { tables: [sensor] });
    for (const shift of [0, 10_000]) {
      const columns = {
        at: Float64Array.from({ length: rows }, (_, k) => k + shift),
        key: Uint32Array.from({ length: rows }, (_, k) => k),
        value: Float64Array.from({ length: rows }, (_, k) => k / 3 + shift),
        small: new Uint8Array(rows).fill(7),
        mid: new Uint16Array(rows).fill(700),
        far: BigInt64Array.from({ length: rows }, (_, k) => BigInt(-k)),
        raw: Array.from({ length: rows }, (_, k) => new Uint8Array(k % 50).fill(k)),
      };
      assert.equal(await db.transaction((tx) => tx.table(sensor).ingest(columns)), rows);
    }
    assert.equal([...db.table(sensor).rows()].length, rows);
    const found = db.table(sensor).get(321)!;
    assert.deepEqual(found, {
      key: 321,
      at: 10_321,
      value: 107 + 10_000,
      small: 7,
      mid: 700,
      far: -321,
      raw: new Uint8Array(21).fill(321),
    });
  });
});

test("values that a column does not take are refused, and nothing of the transaction stays", async (t) => {
  await run(async () => {
    await using db = await open(folder(t), { tables: [bid] });
    const bad: Partial<Record<keyof Bid, unknown>>[] = [
      { id: new Uint8Array(15) },
      { at: 1.5 },
      { advertiser: -1 },
      { advertiser: 2 ** 32 },
      { priceMicros: 2 ** 60 },
      { priceMicros: undefined },
      { note: 3 },
    ];
    for (const part of bad) {
      await assert.rejects(
        db.transaction((tx) => {
          tx.table(bid).insert(row(1));
          tx.table(bid).insert({ ...row(2), ...part } as Bid);
        }),
        TypeError,
      );
    }
    await assert.rejects(
      db.transaction((tx) => tx.table(bid).insert({ ...row(1), note: "x".repeat(4000) })),
      { code: "LIMIT" },
    );
    assert.equal(db.table(bid).get(id(1)), undefined);
    assert.deepEqual([...db.table(bid).rows()], []);
  });
});

test("within one transaction a key is written once", async (t) => {
  await run(async () => {
    await using db = await open(folder(t), { tables: [bid] });
    await db.transaction((tx) => {
      assert.equal(tx.table(bid).insert(row(1)), true);
      assert.equal(tx.table(bid).insert(row(1)), false);
      assert.throws(() => tx.table(bid).put(row(1)), { code: "LIMIT" });
    });
    await assert.rejects(
      db.transaction((tx) => {
        tx.table(bid).insert(row(2));
        throw new Error("no");
      }),
      /no/,
    );
    await db.transaction((tx) => assert.equal(tx.table(bid).insert(row(2)), true));
  });
});

test("columns that make no series are refused when it is declared", () => {
  assert.throws(() => series("a", { id: key(u32) }), /one time column/);
  assert.throws(() => series("a", { a: time("micros"), b: time("micros") }), /one time column/);
  assert.throws(() => series("a", { a: key(u32), b: key(u32), at: time("micros") }), /one key/);
  assert.throws(() => key(f64), TypeError);
  assert.throws(() => series("", { at: time("micros") }), TypeError);
});

test("rows of many times the pool are written, applied again after a crash, and read", async (t) => {
  const path = folder(t);
  const wide = series("wide", { id: key(u32), at: time("micros"), filler: bytes(1000) });
  const options = { tables: [wide], poolBytes: 8 << 20, durability: "relaxed" } as const;
  const rows = 20_000;
  await run(async () => {
    const disk = new NodeDisk(path);
    const lost = await open(path, { ...options, checkpointBytes: 2 ** 35, disk });
    for (let from = 0; from < rows; from += 50) {
      const id = Uint32Array.from({ length: 50 }, (_, k) => from + k);
      const filler = new Uint8Array(50 * 1000).map((_, k) => from + Math.floor(k / 1000));
      await lost.transaction((tx) => tx.table(wide).ingest({ id, at: id, filler }));
    }
    await lost.flushed;
    const copy = `${path}-copy`;
    t.after(() => rmSync(copy, { recursive: true, force: true }));
    // What a crash at this moment leaves: no checkpoint, all of it in the log.
    cpSync(path, copy, { recursive: true });
    await using db = await open(copy, options);
    for (const table of [lost.table(wide), db.table(wide)]) {
      for (let k = 0; k < rows; k += 7) assert.equal(table.get(k)?.filler[999], k & 255);
      assert.equal(table.aggregate("id").count, rows);
    }
    await lost.close();
  });
});

test("retention drops whole segments at a checkpoint, and their keys", async (t) => {
  const path = folder(t);
  const columns = { id: key(u32), at: time("micros"), filler: bytes(4000) };
  const wide = series("wide", columns, { keep: { age: 1000 } });
  const options = { tables: [wide], poolBytes: 32 << 20, durability: "relaxed" } as const;
  const filler = new Uint8Array(4000 * 16);
  await run(async () => {
    await using db = await open(path, options);
    const ingest = async (from: number, to: number): Promise<void> => {
      for (let k = from; k < to; k += 16) {
        const id = Uint32Array.from({ length: 16 }, (_, n) => k + n);
        await db.transaction((tx) => tx.table(wide).ingest({ id, at: id, filler }));
      }
    };
    // A row a page: the second segment begins before 16,384.
    await ingest(0, 16_800);
    assert.equal(db.table(wide).has(3), true);
    await db.checkpoint();
    assert.equal(db.table(wide).has(3), true);
    await ingest(16_800, 17_600);
    using held = db.snapshot();
    await db.transaction((tx) => tx.table(wide).delete(17_599));
    await db.checkpoint();
    assert.equal(held.table(wide).has(3), true);
    held.close();
    await db.checkpoint();
    assert.equal(db.table(wide).has(3), false);
    assert.equal(db.table(wide).has(17_000), true);
    const first = [...db.table(wide).rows({ limit: 1 })][0]!;
    assert(first.id > 15_000 && first.id < 16_384);
    await db.checkpoint();
    assert.deepEqual(
      readdirSync(path).filter((name) => name === "000001.pages"),
      [],
    );
  });
});

/** Damage to the log that no crash explains: found, told, and passed over when asked to. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { open, type RecoveryMode, StorageError } from "@hotpath/storage";
import { FaultyDisk } from "../../src/disk/faulty-disk.ts";
import { chooser } from "../crash-history.ts";
import { mapTable } from "../map-tables.ts";

const table = mapTable("table");
const BLOCK_BYTES = 4096;
const LOG = "log-000001";

/** A disk with so many transactions in the log, each in a group and block of its own: k → k. */
async function diskWith(transactions: number): Promise<FaultyDisk> {
  const disk = new FaultyDisk();
  const db = await open("simulated", { tables: [table], disk, firstSegmentBytes: 65_536 });
  for (let k = 1; k <= transactions; k++) {
    await db.transaction((tx) => tx.table(table).put(`k${k}`, k));
  }
  return disk.crash("lost");
}

async function recovered(disk: FaultyDisk, recovery: RecoveryMode): Promise<readonly number[]> {
  const db = await open("simulated", { tables: [table], disk, recovery });
  const values = db.table(table).entries();
  await db.close();
  return values.map(([, value]) => value).sort((a, b) => a - b);
}

test("strict recovery refuses a damaged group, says where, and changes nothing", async () => {
  const disk = await diskWith(9);
  disk.damage(LOG, 4 * BLOCK_BYTES + 70, 1);
  for (let again = 0; again < 2; again++) {
    await assert.rejects(
      recovered(disk.crash("kept"), "strict"),
      (error) =>
        error instanceof StorageError &&
        error.code === "CORRUPT" &&
        error.file === LOG &&
        error.position === 4 * BLOCK_BYTES,
    );
  }
});

test("point-in-time recovery ends before the damage, salvage goes on after it", async () => {
  const disk = await diskWith(9);
  disk.damage(LOG, 4 * BLOCK_BYTES + 70, 1);
  assert.deepEqual(await recovered(disk.crash("kept"), "point-in-time"), [1, 2, 3]);
  assert.deepEqual(await recovered(disk.crash("kept"), "salvage"), [1, 2, 3, 5, 6, 7, 8, 9]);
});

test("after a recovery with damage the database is strictly sound again", async () => {
  for (const mode of ["point-in-time", "salvage"] as const) {
    const disk = await diskWith(9);
    disk.damage(LOG, 4 * BLOCK_BYTES + 70, 1);
    const kept = await recovered(disk, mode);
    const db = await open("simulated", { tables: [table], disk });
    for (let k = 101; k <= 105; k++) {
      await db.transaction((tx) => tx.table(table).put(`k${k}`, k));
    }
    const after = disk.crash("lost");
    assert.deepEqual(await recovered(after, "strict"), [...kept, 101, 102, 103, 104, 105]);
  }
});

test("a group whose header is damaged is a missing group", async () => {
  const disk = await diskWith(9);
  disk.damage(LOG, 4 * BLOCK_BYTES + 20, 0x80);
  await assert.rejects(recovered(disk.crash("kept"), "strict"), { code: "CORRUPT" });
  assert.deepEqual(await recovered(disk.crash("kept"), "salvage"), [1, 2, 3, 5, 6, 7, 8, 9]);
});

test("a segment that the manifest names and that is missing is found missing", async () => {
  const disk = await diskWith(3);
  const db = await open("simulated", { tables: [table], disk });
  await db.close();
  await disk.remove(LOG);
  await assert.rejects(recovered(disk, "strict"), { code: "CORRUPT" });
});

test("a damaged manifest is refused", async () => {
  const disk = await diskWith(3);
  for (const position of [0, 5, 13, 40]) {
    const damaged = disk.crash("kept");
    damaged.damage("manifest", position, 4);
    await assert.rejects(recovered(damaged, "strict"), { code: "CORRUPT", file: "manifest" });
  }
});

test("a group that was written to the wrong place is damage", async () => {
  let writes = 0;
  const disk = new FaultyDisk({
    misdirect: (_call, file) => (file === LOG && ++writes === 6 ? 3 * BLOCK_BYTES : 0),
  });
  const db = await open("simulated", { tables: [table], disk, firstSegmentBytes: 65_536 });
  for (let k = 1; k <= 9; k++) await db.transaction((tx) => tx.table(table).put(`k${k}`, k));
  await assert.rejects(recovered(disk.crash("lost"), "strict"), { code: "CORRUPT" });
});

test("a read that is too short is an error, not the end of the log", async () => {
  const disk = await diskWith(9);
  const short = disk.crash("kept", {
    shorten: (_call, file) => (file === LOG ? 1024 : 0),
  });
  await assert.rejects(recovered(short, "strict"), (error) => error instanceof StorageError);
});

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));

test(`any byte of any file may be wrong: an error or a prefix, never wrong rows, seed ${seed}`, async () => {
  const choose = chooser(seed);
  const sound = await diskWith(9);
  for (let round = 0; round < 1500; round++) {
    const disk = sound.crash("kept");
    const name = ["manifest", LOG][choose(2)]!;
    const flips = 1 + choose(3);
    for (let k = 0; k < flips; k++) {
      const within = choose(2) === 0 ? 11 * BLOCK_BYTES : disk.content(name).length;
      const position = choose(Math.min(within, disk.content(name).length));
      disk.damage(name, position, 1 + choose(255));
    }
    const mode = (["strict", "point-in-time", "salvage"] as const)[choose(3)]!;
    try {
      const values = await recovered(disk, mode);
      const right = values.every(
        (value, k) => value >= 1 && value <= 9 && (k === 0 || value > values[k - 1]!),
      );
      assert.ok(right, `round ${round}: ${values.join()}`);
      if (mode !== "salvage")
        assert.equal(values.length, values.at(-1) ?? 0, `round ${round}: ${values.join()}`);
      // What cannot be told from a torn tail is the last group only.
      if (mode === "strict") assert.ok(values.length >= 8, `round ${round}: ${values.join()}`);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
    }
  }
});

test("a torn group stays harmless when the next one went to another segment", async () => {
  const settings = { tables: [table], firstSegmentBytes: 16_384, segmentBytes: 32_768 };
  const disk = new FaultyDisk();
  const db = await open("simulated", { ...settings, disk });
  for (let k = 1; k <= 2; k++) await db.transaction((tx) => tx.table(table).put(`k${k}`, k));
  const torn = disk.crash("lost");
  torn.damage(LOG, 2 * BLOCK_BYTES + 70, 1);
  const again = await open("simulated", { ...settings, disk: torn });
  // Too large for what is left of the first segment.
  await again.transaction((tx) => tx.table(table).put("x".repeat(10_000), 3));
  assert.deepEqual(await recovered(torn.crash("lost"), "strict"), [1, 3]);
  assert.deepEqual(await recovered(torn.crash("lost"), "salvage"), [1, 3]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { SEGMENT_PAGES } from "../../src/pool/page-pool.ts";
import { SharedPool, type PoolOptions } from "../../src/pool/shared-pool.ts";
import { segmentName, segmentOf } from "../../src/pool/segment-files.ts";
import { MemoryDisk } from "./memory-disk.ts";

const SMALL: PoolOptions = { memoryBytes: 4 << 20 };

/** Creates, fills and writes `count` pages; the third word after the header says which it is. */
async function fill(pool: SharedPool, count: number): Promise<number> {
  const first = pool.claimSegment();
  for (let from = 0; from < count; from += 100) {
    const pages = Array.from({ length: Math.min(100, count - from) }, (_, k) => first + from + k);
    for (const page of pages) pool.view.setUint32(pool.create(page) + 72, page, true);
    await pool.write(pages);
  }
  return first;
}

test("a page that was created is zeroed, resident, and in its segment once it is written", async () => {
  const disk = new MemoryDisk();
  const pool = SharedPool.create(disk, SMALL);
  const first = pool.claimSegment();
  assert.equal(first, SEGMENT_PAGES);
  assert.equal(pool.resident(first), undefined);
  const address = pool.create(first);
  assert.equal(address % 4096, 0);
  assert(pool.bytes.subarray(address, address + 4096).every((byte) => byte === 0));
  pool.bytes.fill(7, address + 64, address + 4096);
  assert.equal(pool.resident(first), address);
  assert.equal(disk.files.size, 0);
  await pool.write([first]);
  assert.equal(disk.files.get(segmentName(segmentOf(first)))?.length, 4096);
  assert.equal(disk.syncs, 1);
});

test("many more pages than frames are read again with what was written", async () => {
  const disk = new MemoryDisk();
  const pool = SharedPool.create(disk, SMALL);
  const { frames } = pool.stats();
  const count = frames * 4;
  const first = await fill(pool, count);
  using hazard = pool.hazard();
  for (let round = 0; round < 2; round++) {
    for (let k = 0; k < count; k++) {
      const page = first + ((k * 7919) % count);
      assert.equal(pool.view.getUint32(hazard.fix(page) + 72, true), page);
    }
  }
  assert(pool.stats().evictions > frames);
  assert.equal(disk.writes > count / 64, true);
});

test("a page that a hazard names stays while everything else comes and goes", async () => {
  const pool = SharedPool.create(new MemoryDisk(), { ...SMALL, poison: true });
  const first = await fill(pool, pool.stats().frames * 2);
  using held = pool.hazard();
  using other = pool.hazard();
  const address = held.fix(first + 5);
  for (let k = 0; k < pool.stats().frames * 2; k++) other.fix(first + k);
  assert.equal(pool.resident(first + 5), address);
  assert.equal(pool.view.getUint32(address + 72, true), first + 5);
});

test("a dropped page keeps its bytes for the hazard that names it, and its frame comes back after", async () => {
  const pool = SharedPool.create(new MemoryDisk(), { ...SMALL, poison: true });
  const first = await fill(pool, 10);
  using hazard = pool.hazard();
  const address = hazard.fix(first + 1);
  pool.drop(first + 1);
  assert.equal(pool.view.getUint32(address + 72, true), first + 1);
  assert.equal(pool.resident(first + 1), undefined);
  const free = pool.hazard();
  const gone = free.fix(first + 2);
  free[Symbol.dispose]();
  pool.drop(first + 2);
  assert.equal(pool.view.getUint32(gone + 72, true), 0xdbdbdbdb);
});

test("unwritten pages stay, and when they fill the pool the next one is refused", async () => {
  const pool = SharedPool.create(new MemoryDisk(), SMALL);
  const first = pool.claimSegment();
  const pages: number[] = [];
  assert.throws(
    () => {
      for (let k = 0; k < SEGMENT_PAGES; k++) {
        pool.create(first + k);
        pages.push(first + k);
      }
    },
    { code: "LIMIT" },
  );
  assert.equal(pool.stats().dirty, pages.length);
  assert(pages.length > pool.stats().frames / 2);
  await pool.write(pages.slice(0, 100));
  pool.create(first + pages.length);
});

test("recently written pages survive a scan over many others, up to the cap", async () => {
  const pool = SharedPool.create(new MemoryDisk(), { ...SMALL, recentShare: 0.25 });
  const { frames } = pool.stats();
  const old = await fill(pool, frames * 2);
  const young = pool.claimSegment();
  const pages = Array.from({ length: Math.floor(frames / 4) }, (_, k) => young + k);
  for (const page of pages) pool.create(page);
  await pool.write(pages, { recent: true });
  using hazard = pool.hazard();
  for (let k = 0; k < frames * 2; k++) hazard.fix(old + k);
  assert(pages.every((page) => pool.resident(page) !== undefined));
});

test("a flipped bit and a page of another place are refused, with file and position", async () => {
  const disk = new MemoryDisk();
  const pool = SharedPool.create(disk, SMALL);
  const first = await fill(pool, 4);
  const name = segmentName(segmentOf(first));
  const content = disk.files.get(name)!;
  for (let k = 0; k < 4; k++) pool.drop(first + k);
  content[4096 + 2000]! ^= 4;
  content.copyWithin(3 * 4096, 2 * 4096, 3 * 4096);
  using hazard = pool.hazard();
  hazard.fix(first);
  assert.throws(() => hazard.fix(first + 1), { code: "CORRUPT", file: name, position: 4096 });
  assert.throws(() => hazard.fix(first + 3), /another page/);
  assert.throws(() => hazard.fix(first + 4), /ends before it/);
  assert.throws(() => hazard.fix(3), { code: "CORRUPT" });
  content[4096 + 2000]! ^= 4;
  hazard.fix(first + 1);
});

test("hazards are given back, and the 1,025th at once is refused", () => {
  const pool = SharedPool.create(new MemoryDisk(), SMALL);
  const all = Array.from({ length: 1024 }, () => pool.hazard());
  assert.throws(() => pool.hazard(), { code: "LIMIT" });
  all[3]![Symbol.dispose]();
  all[3]![Symbol.dispose]();
  const again = pool.hazard();
  assert.equal(again.address, all[3]!.address);
});

test("releasing a segment removes its file and its number is used again", async () => {
  const disk = new MemoryDisk();
  const pool = SharedPool.create(disk, SMALL);
  const first = await fill(pool, 3);
  await pool.releaseSegment(first);
  assert.equal(disk.files.size, 0);
  assert.equal(pool.claimSegment(), first);
});

test("a memory too small or too large is refused", () => {
  for (const memoryBytes of [0, 1 << 20, 5 * 2 ** 30]) {
    assert.throws(() => SharedPool.create(new MemoryDisk(), { memoryBytes }), RangeError);
  }
});

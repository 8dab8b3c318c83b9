/** A tree much larger than its pool: checkpoints write it, eviction and restoring read it again. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { TreeCursor } from "../../src/ordered/cursor.ts";
import { PageSpace } from "../../src/ordered/page-space.ts";
import { checkTree } from "../../src/ordered/tree-check.ts";
import { Tree } from "../../src/ordered/tree.ts";
import { SharedPool } from "../../src/pool/shared-pool.ts";
import { MemoryDisk } from "../pool/memory-disk.ts";

const key = (k: number): Buffer => Buffer.from(`key:${String(k).padStart(8, "0")}`);
const value = (k: number, round: number): Buffer =>
  Buffer.alloc(k % 500 === 0 ? 9000 : 60, `${k}/${round}|`);

async function checkpoint(
  space: PageSpace,
  pool: SharedPool,
): Promise<ReturnType<PageSpace["beginCheckpoint"]>["state"]> {
  const { state, pages } = space.beginCheckpoint();
  await pool.write(pages);
  space.endCheckpoint();
  return state;
}

test("a tree four times as large as its pool is written, read back and restored", async () => {
  const disk = new MemoryDisk();
  const pool = SharedPool.create(disk, { memoryBytes: 4 << 20, poison: true });
  const count = 60_000;
  using space = new PageSpace(pool);
  const tree = new Tree(space, 3);
  for (let k = 0; k < count; k++) {
    space.commit++;
    tree.put(key((k * 7919) % count), value((k * 7919) % count, 0));
    if (k % 20 === 0) space.publish();
    if (k % 200 === 199) await checkpoint(space, pool);
  }
  space.publish();
  const state = await checkpoint(space, pool);
  assert(pool.stats().evictions > 1000);
  const before = checkTree(pool, tree.root);
  assert.deepEqual(before.findings, []);
  assert.equal(before.entries, count);

  const again = SharedPool.create(disk, { memoryBytes: 4 << 20, poison: true });
  using restored = new PageSpace(again);
  restored.restore(state);
  const copy = new Tree(restored, 3, tree.state);
  using cursor = new TreeCursor(again).open(copy.root);
  let at = 0;
  for (let more = cursor.first(); more; more = cursor.next(), at++) {
    assert.deepEqual(Buffer.from(cursor.key()), key(at));
    assert.deepEqual(Buffer.from(cursor.value()), value(at, 0));
  }
  assert.equal(at, count);

  // What is written on goes to free pages: the old manifest's tree stays whole until the next one is there.
  for (let k = 0; k < 200; k++) {
    restored.commit++;
    copy.put(key(k * 31), value(k * 31, 1));
    restored.publish();
  }
  assert.deepEqual(checkTree(again, tree.root).findings, []);
  assert.equal(cursor.open(tree.root).get(key(31)), true);
  assert.deepEqual(Buffer.from(cursor.value()), value(31, 0));
  assert.deepEqual(Buffer.from(copy.get(key(31))!), value(31, 1));
});

test("space does not grow when the same keys are written again and again", async () => {
  const pool = SharedPool.create(new MemoryDisk(), { memoryBytes: 8 << 20 });
  using space = new PageSpace(pool);
  const tree = new Tree(space, 1);
  const write = async (round: number): Promise<number> => {
    for (let k = 0; k < 4000; k++) {
      space.commit++;
      tree.put(key(k), value(k, round));
      if (k % 50 === 0) space.publish();
      if (k % 1000 === 0) await checkpoint(space, pool);
    }
    return space.stats.pages;
  };
  await write(0);
  const settled = await write(1);
  for (let round = 2; round < 8; round++) await write(round);
  assert(space.stats.pages <= settled * 1.25, `${settled} pages grew to ${space.stats.pages}`);
});

test("a page that a checkpoint has begun to write is copied, not changed", async () => {
  const pool = SharedPool.create(new MemoryDisk(), { memoryBytes: 4 << 20 });
  using space = new PageSpace(pool);
  const tree = new Tree(space, 1);
  space.commit = 1;
  tree.put(key(1), value(1, 0));
  const root = tree.root;
  const begun = space.beginCheckpoint();
  space.commit = 2;
  tree.put(key(1), value(1, 1));
  assert.notEqual(tree.root, root);
  assert.deepEqual(begun.pages, [root]);
  space.publish();
  // Released, but the manifest that is being written has it.
  assert.deepEqual([...space.heldPages()], [root]);
  await pool.write(begun.pages);
  space.endCheckpoint();
  assert.deepEqual([...space.heldPages()], [root]);
  await checkpoint(space, pool);
  assert.deepEqual([...space.heldPages()], []);
});

test("pages of a checkpoint that failed are written by the next", async () => {
  const pool = SharedPool.create(new MemoryDisk(), { memoryBytes: 4 << 20 });
  using space = new PageSpace(pool);
  const tree = new Tree(space, 1);
  space.commit = 1;
  for (let k = 0; k < 300; k++) tree.put(key(k), value(1, 0));
  const failed = space.beginCheckpoint();
  space.failCheckpoint(failed.pages);
  space.commit = 2;
  tree.put(key(1), value(1, 1));
  space.publish();
  const { pages } = space.beginCheckpoint();
  const reached = new Set<number>();
  checkTree(pool, tree.root, reached);
  for (const page of reached) assert(pages.includes(page), `page ${page} is not written`);
});

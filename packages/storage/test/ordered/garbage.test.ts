/** Cursors on ordered tables make no garbage: a million reads leave the heap as it was and call no collector. */
import assert from "node:assert/strict";
import { PerformanceObserver } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { test } from "node:test";
import { TreeCursor } from "../../src/ordered/cursor.ts";
import { PageSpace } from "../../src/ordered/page-space.ts";
import { Tree } from "../../src/ordered/tree.ts";
import { MemoryPool } from "./memory-pool.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

test("a million lookups and moves call the garbage collector not once", async () => {
  const pool = new MemoryPool();
  const space = new PageSpace(pool);
  const tree = new Tree(space, 1);
  const count = 20_000;
  const keys = Array.from({ length: count }, (_, k) =>
    Buffer.from(`key ${String((k * 7919) % count).padStart(8, "0")}`),
  );
  space.commit = 1;
  for (const key of keys) tree.put(key, Buffer.alloc(60, 1));
  space.publish();
  using cursor = new TreeCursor(pool).open(tree.root);
  const scratch = new Uint8Array(2000);
  const read = (): number => {
    let sum = 0;
    for (let k = 0; k < count; k++) {
      if (cursor.get(keys[k]!)) sum += pool.bytes[cursor.valueAddress]! + cursor.copyKey(scratch);
    }
    for (let more = cursor.first(); more; more = cursor.next()) sum += cursor.valueLength;
    return sum;
  };
  for (let warm = 0; warm < 15; warm++) read();
  collect();
  let collections = 0;
  const observer = new PerformanceObserver((list) => (collections += list.getEntries().length));
  observer.observe({ entryTypes: ["gc"] });
  const before = process.memoryUsage().heapUsed;
  for (let round = 0; round < 25; round++) read();
  const grown = process.memoryUsage().heapUsed - before;
  // The observer is told in a later turn.
  await new Promise((resolve) => setImmediate(resolve));
  collections += observer.takeRecords().length;
  observer.disconnect();
  assert.equal(collections, 0);
  assert.ok(grown < 200_000, `the heap has grown by ${grown} bytes in a million reads`);
});

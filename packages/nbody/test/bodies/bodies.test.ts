import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { Bodies, MAX_BODIES } from "../../src/bodies/bodies.ts";
import { NbodyError } from "../../src/errors.ts";

test("Bodies.allocate() gives zeroed columns of exactly n, and numbers the bodies", () => {
  const bodies = Bodies.allocate(13);
  assert.equal(bodies.n, 13);
  assert.equal(bodies.x.length, 13);
  assert.ok(bodies.mass.every((m) => m === 0));
  assert.deepEqual(Array.from(bodies.id), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  assert.ok(bodies.x.buffer instanceof SharedArrayBuffer);
});

test("Bodies.allocate() refuses counts that make no sense", () => {
  for (const n of [0, -1, 1.5, Number.NaN, Infinity, MAX_BODIES + 1]) {
    assert.throws(() => Bodies.allocate(n), RangeError, `n = ${n}`);
  }
});

test("columns do not overlap", () => {
  const bodies = Bodies.allocate(16);
  const names = ["mass", "x", "y", "z", "vx", "vy", "vz", "ax", "ay", "az", "softening", "radius"];
  names.forEach((name, k) => (bodies[name as "x"] as Float64Array).fill(k + 1));
  bodies.id.fill(77);
  names.forEach((name, k) => {
    assert.ok(
      (bodies[name as "x"] as Float64Array).every((value) => value === k + 1),
      name,
    );
  });
});

test("another thread adopts the same bytes", async () => {
  const bodies = Bodies.allocate(5);
  bodies.x[3] = 42;
  const module = new URL("../../src/bodies/bodies.ts", import.meta.url).href;
  const code = `
    import { workerData, parentPort } from "node:worker_threads";
    import { Bodies } from ${JSON.stringify(module)};
    const bodies = Bodies.adopt(workerData);
    bodies.y[3] = bodies.x[3] + 1;
    parentPort.postMessage(bodies.n);
  `;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), {
    workerData: bodies.handle,
  });
  const n = await new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  await worker.terminate();
  assert.equal(n, 5);
  assert.equal(bodies.y[3], 43);
});

test("Bodies.adopt() refuses a memory that holds something else", () => {
  const { memory } = Bodies.allocate(5).handle;
  new Int32Array(memory.buffer).fill(0);
  assert.throws(
    () => Bodies.adopt({ memory, n: 5, capacity: 8 }),
    (error) => error instanceof NbodyError && error.code === "bad-format",
  );
});

test("shrink() keeps the first bodies and pads the rest", () => {
  const bodies = Bodies.allocate(20);
  bodies.mass.fill(1);
  bodies.shrink(9);
  assert.equal(bodies.mass.length, 9);
  assert.equal(Bodies.adopt(bodies.handle).n, 9);
  assert.throws(() => bodies.shrink(10), RangeError);
});

test("reserve() grows the memory without moving the columns", () => {
  const bodies = Bodies.allocate(4);
  bodies.z[1] = 8;
  const first = bodies.reserve(300_000);
  const second = bodies.reserve(10);
  assert.equal(first % 64, 0);
  assert.ok(second >= first + 300_000);
  assert.ok(bodies.memory.buffer.byteLength >= second + 10);
  assert.equal(bodies.z[1], 8);
  assert.throws(
    () => bodies.reserve(2 ** 32),
    (error) => error instanceof NbodyError && error.code === "out-of-memory",
  );
});

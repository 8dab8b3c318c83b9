import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bodies } from "../../src/bodies/bodies.ts";
import { generate } from "../../src/initial/presets.ts";
import { loadKernels } from "../../src/kernels/load.ts";
import { openingFor } from "../../src/tree/accuracy.ts";
import { TreeBuilder, type Tree } from "../../src/tree/builder.ts";
import { TreeScratch } from "../../src/tree/scratch.ts";
import { TreeWalker } from "../../src/tree/walker.ts";
import { digest } from "../digest.ts";

const kernels = await loadKernels();
const UNITS = { G: 1, softening: 0.01 };
const OPENING = openingFor({});

function built(bodies: Bodies): { tree: Tree; scratch: TreeScratch } {
  const scratch = TreeScratch.for(bodies);
  const tree = new TreeBuilder(kernels.treeBuild, bodies, scratch).build(OPENING.angle);
  assert.ok(tree !== undefined);
  return { tree, scratch };
}

/** Evaluates with several walkers, each doing the tasks that `whose` gives it, last ones first. */
function evaluate(walkers: number, whose: (task: number) => number): string {
  const bodies = generate("plummer", { n: 20_000, seed: 5 });
  const { tree, scratch } = built(bodies);
  for (let w = 0; w < walkers; w++) {
    const walker = new TreeWalker(kernels.treeForces, bodies, w);
    walker.prepare(scratch.place, scratch.walk(w), tree, UNITS, OPENING);
    for (let k = tree.tasks.length - 1; k >= 0; k--) {
      if (whose(k) === w) walker.walk(tree.tasks[k]!);
    }
  }
  return digest(bodies);
}

test("tasks give the same bytes whoever does them, in whatever order", () => {
  const expected = evaluate(1, () => 0);
  for (const walkers of [2, 3, 4, 8]) {
    assert.equal(
      evaluate(walkers, (k) => k % walkers),
      expected,
      `${walkers} walkers`,
    );
    assert.equal(
      evaluate(walkers, (k) => Math.floor(k / 5) % walkers),
      expected,
      `${walkers} walkers`,
    );
  }
});

test("tasks hold every body once", () => {
  const bodies = generate("plummer", { n: 20_000, seed: 5 });
  const { tree, scratch } = built(bodies);
  const records = new Uint32Array(bodies.memory.buffer, scratch.recordsAt, tree.cells * 28);
  const seen = new Uint8Array(bodies.n);
  for (const task of tree.tasks) {
    for (let k = records[task * 28 + 2]!; k < records[task * 28 + 3]!; k++) seen[k]!++;
  }
  assert.ok(seen.every((count) => count === 1));
  assert.ok(tree.tasks.length > 20);
});

test("the tree takes at most 100 bytes a body, and with the bodies at most 200", () => {
  const bodies = generate("plummer", { n: 200_000, seed: 5 });
  const before = bodies.reserve(0);
  const { scratch } = built(bodies);
  scratch.walk(0);
  const after = bodies.reserve(0);
  const walk = 2 ** 19;
  assert.ok(
    (after - before - walk) / bodies.n < 100,
    `${(after - before) / bodies.n} bytes a body`,
  );
  assert.ok((after - walk) / bodies.n < 200, `${after / bodies.n} bytes a body`);
});

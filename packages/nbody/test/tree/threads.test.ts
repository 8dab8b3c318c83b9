import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { generate } from "../../src/initial/presets.ts";
import { loadKernels } from "../../src/kernels/load.ts";
import { ForceThreads } from "../../src/threads/force-threads.ts";
import { createForces } from "../../src/tree/create-forces.ts";
import { treeForces } from "../../src/tree/tree-forces.ts";
import { digest } from "../digest.ts";

const kernels = await loadKernels();
const UNITS = { G: 1, softening: 0.01 };
const pools: ForceThreads[] = [];

before(async () => {
  for (const count of [1, 2, 4, 8]) pools.push(await ForceThreads.start(count));
});

after(async () => {
  await Promise.all(pools.map((threads) => threads.close()));
});

for (const [kind, n] of [
  ["plummer", 20_000],
  ["galaxies", 6000],
  ["disk", 900],
] as const) {
  test(`1, 2, 4 and 8 threads compute the same bytes for ${n} bodies of ${kind}`, async () => {
    const alone = generate(kind, { n, seed: 3 });
    treeForces(kernels, alone, UNITS).accelerations();
    const expected = digest(alone);
    for (const threads of pools) {
      const bodies = generate(kind, { n, seed: 3 });
      const forces = await threads.treeForces(kernels, bodies, UNITS);
      for (let k = 0; k < 3; k++) {
        bodies.ax.fill(0);
        forces.accelerations();
        assert.equal(digest(bodies), expected, `${threads.count} threads, time ${k}`);
      }
      forces.close();
    }
  });
}

test("createForces() puts threads to work", async () => {
  const bodies = generate("plummer", { n: 5000, seed: 3 });
  const alone = bodies.clone();
  (await createForces(alone, UNITS)).accelerations();
  const forces = await createForces(bodies, UNITS, { threads: pools[1]! });
  forces.accelerations();
  forces.close();
  assert.match(forces.name, /^tree/);
  assert.equal(digest(bodies), digest(alone));
});

test("a position that is not finite is reported on threads as on one", async () => {
  const bodies = generate("plummer", { n: 5000, seed: 3 });
  const forces = await pools[1]!.treeForces(kernels, bodies, UNITS);
  bodies.x[17] = Number.NaN;
  forces.accelerations();
  assert.ok(bodies.ay.every(Number.isNaN));
  forces.close();
});

test("the bytes are those of every machine", async () => {
  const bodies = generate("plummer", { n: 2000, seed: 1 });
  treeForces(kernels, bodies, UNITS).accelerations();
  assert.equal(digest(bodies), "a972f3f083f53b6ccfbe99ecdae39e8cb762002c3e2197568b3b71a671d4ef13");
});

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Bodies } from "../../src/bodies/bodies.ts";
import { generate } from "../../src/initial/presets.ts";
import { directForces } from "../../src/kernels/direct.ts";
import { loadKernels } from "../../src/kernels/load.ts";
import { createSystem } from "../../src/system/system.ts";
import { ForceThreads, SHARED_FROM } from "../../src/threads/force-threads.ts";
import { digest } from "../digest.ts";
import { randomCloud } from "../systems.ts";

const kernels = await loadKernels();
const pools: ForceThreads[] = [];

before(async () => {
  for (const count of [1, 2, 4, 8]) pools.push(await ForceThreads.start(count));
});

after(async () => {
  await Promise.all(pools.map((threads) => threads.close()));
});

/** Bodies of every kind that the kernel tells apart: massive, massless, softened on their own. */
const CASES: Readonly<Record<string, () => Bodies>> = {
  "a Plummer sphere": () => generate("plummer", { n: 900, seed: 4 }),
  "softened bodies, a third of them massless": () => {
    const bodies = randomCloud(2101, 8, { soft: true });
    for (let i = 0; i < bodies.n; i += 3) bodies.mass[i] = 0;
    return bodies;
  },
  "too few bodies to share": () => generate("plummer", { n: 255, seed: 4 }),
};

for (const [what, make] of Object.entries(CASES)) {
  test(`1, 2, 4 and 8 threads compute the same bytes for ${what}`, async () => {
    const units = { G: 1, softening: 0.02 };
    const alone = make();
    directForces(kernels, alone, units).accelerations();
    const expected = digest(alone);
    for (const threads of pools) {
      const bodies = make();
      const forces = await threads.forces(kernels, bodies, units, { sharedFrom: 0 });
      forces.accelerations();
      assert.equal(digest(bodies), expected, `${threads.count} threads`);
      forces.accelerations();
      assert.equal(digest(bodies), expected, `${threads.count} threads, second time`);
      forces.close();
    }
  });
}

test("a run on warm threads gives the same bytes as on one, many short steps long", async () => {
  const digests: string[] = [];
  for (const threads of [undefined, ...pools]) {
    const bodies = generate("plummer", { n: 300, seed: 12 });
    const units = { G: 1, softening: 0.01 };
    const forces =
      (await threads?.forces(kernels, bodies, units, { sharedFrom: 0 })) ??
      directForces(kernels, bodies, units);
    const system = await createSystem({
      bodies,
      units,
      integrator: "leapfrog",
      dt: 1 / 128,
      forces,
    });
    system.step(400);
    digests.push(digest(bodies));
    system.close();
  }
  assert.equal(new Set(digests).size, 1, digests.join("\n"));
});

test("bodies that pass the crossover while they merge are summed to the same bytes", async () => {
  const run = async (threads?: ForceThreads): Promise<string> => {
    const bodies = generate("plummer", { n: SHARED_FROM + 6, seed: 5 });
    bodies.radius.fill(0.03);
    const system = await createSystem({
      bodies,
      units: { G: 1, softening: 0.01 },
      integrator: "leapfrog",
      dt: 1 / 64,
      collisions: "merge",
      ...(threads === undefined ? {} : { threads }),
    });
    system.step(12);
    assert.ok(bodies.n < SHARED_FROM, `${bodies.n} are left`);
    system.close();
    return digest(bodies);
  };
  const expected = await run();
  for (const threads of pools) assert.equal(await run(threads), expected, `${threads.count}`);
});

test("ForceThreads.start() refuses counts that make no sense", async () => {
  for (const count of [0, -1, 1.5, 65, Number.NaN]) {
    await assert.rejects(ForceThreads.start(count), RangeError, `${count}`);
  }
});

test("closed threads refuse work", async () => {
  const threads = await ForceThreads.start(2);
  const bodies = generate("plummer", { n: 300 });
  const units = { G: 1, softening: 0.1 };
  const forces = await threads.forces(kernels, bodies, units);
  await threads.close();
  assert.throws(() => forces.accelerations(), /closed/);
  await assert.rejects(threads.forces(kernels, bodies, units), /closed/);
});

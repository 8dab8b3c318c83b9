/** run(2n) is run(n), save, load, run(n): to the byte, for every integrator. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { restoreSystem } from "../../src/checkpoint/restore.ts";
import { generate } from "../../src/initial/presets.ts";
import { integrators, type IntegratorName } from "../../src/integrators/registry.ts";
import { referenceForces } from "../../src/reference/direct.ts";
import { createSystem, type System } from "../../src/system/system.ts";

const names = Object.keys(integrators) as IntegratorName[];

function start(integrator: IntegratorName): Promise<System> {
  const bodies = generate("solar-system");
  bodies.softening[3] = 1e-6;
  const units = { G: 0.01720209895 ** 2, softening: 0 };
  return createSystem({ bodies, units, integrator, dt: 0.7, stepsDone: 3, startTime: -1 / 3 });
}

for (const name of names) {
  test(`${name} resumed from a checkpoint gives the bytes of the straight run`, async () => {
    const straight = await start(name);
    straight.step(50);
    const first = await start(name);
    first.step(25);
    const bytes = first.checkpoint();
    const second = await restoreSystem(bytes);
    assert.deepEqual(second.checkpoint(), bytes, "a restored system is the same system");
    assert.equal(second.time, first.time);
    second.step(25);
    assert.deepEqual(second.checkpoint(), straight.checkpoint());
    assert.deepEqual(second.bodies.x, straight.bodies.x);
  });

  test(`${name} gives the same bytes however the steps are counted out`, async () => {
    const straight = await start(name);
    straight.step(40);
    const piecewise = await start(name);
    for (const count of [1, 2, 0, 7, 1, 29]) piecewise.step(count);
    assert.deepEqual(piecewise.checkpoint(), straight.checkpoint());
  });
}

test("a restored system may be given its force solver", async () => {
  const system = await start("leapfrog");
  const bytes = system.checkpoint();
  const restored = await restoreSystem(bytes, {
    forces: (_kernels, bodies, units) => referenceForces(bodies, units),
  });
  restored.step(3);
  assert.equal(restored.forces.name, "reference");
  assert.equal(restored.stepsDone, 6);
});

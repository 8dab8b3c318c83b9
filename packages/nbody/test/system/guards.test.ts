/** A run that cannot go on says who, when, and hands over the last good state. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { restoreSystem } from "../../src/checkpoint/restore.ts";
import { NbodyError } from "../../src/errors.ts";
import { generate } from "../../src/initial/presets.ts";
import { integrators, type IntegratorName } from "../../src/integrators/registry.ts";
import { createSystem, type System } from "../../src/system/system.ts";
import { bodiesOf } from "../systems.ts";
import { outerSolarSystem } from "../integrators/outer-solar-system.ts";

const G1 = { G: 1, softening: 0 } as const;
const names = Object.keys(integrators) as IntegratorName[];

function failure(system: System, steps: number): NbodyError {
  try {
    system.step(steps);
  } catch (error) {
    assert.ok(error instanceof NbodyError, String(error));
    return error;
  }
  assert.fail("the run went on");
}

for (const name of names) {
  test(`${name}: a NaN that appears mid-run stops it with the body and the step`, async () => {
    const bodies = outerSolarSystem();
    const system = await createSystem({ bodies, units: G1, integrator: name, dt: 0.5 });
    system.step(100);
    bodies.vy[3] = Number.NaN;
    system.touch();
    const error = failure(system, 10);
    assert.equal(error.code, "non-finite-state");
    assert.deepEqual(error.bodies, [3]);
    assert.equal(error.step, 101);
  });

  test(`${name}: coincident bodies without softening are named; softened ones run`, async () => {
    for (const softening of [0, 0.1]) {
      const bodies = outerSolarSystem();
      for (const c of ["x", "y", "z"] as const) bodies[c][3] = bodies[c][2]!;
      const units = { G: 1, softening };
      const system = await createSystem({ bodies, units, integrator: name, dt: 0.01 });
      if (softening > 0) {
        system.step(3);
      } else if (name === "whfast") {
        // Its first look at the forces is after a drift, when the two have parted by then.
        assert.doesNotThrow(() => system.step());
      } else {
        const error = failure(system, 1);
        assert.equal(error.code, "coincident-bodies");
        assert.deepEqual(error.bodies, [2, 3]);
      }
    }
  });
}

test("the checkpoint of an error is a good state not long before", async () => {
  const bodies = bodiesOf([
    [1, -4, 0, 0, 0.5, 0, 0],
    [1, 4, 0, 0, -0.5, 0, 0],
  ]);
  bodies.radius.fill(0.012);
  const system = await createSystem({
    bodies,
    units: { G: 0, softening: 0 },
    integrator: "leapfrog",
    dt: 0.01,
    collisions: "halt",
    checkpointEvery: 100,
  });
  const error = failure(system, 2000);
  assert.equal(error.step, 798);
  const last = await restoreSystem(error.checkpoint!);
  assert.equal(last.stepsDone, 700);
  assert.ok(Math.abs(last.bodies.x[0]! - -0.5) < 1e-12);
  const again = failure(last, 2000);
  assert.equal(again.step, error.step);
});

test("an energy error above the limit stops the run", async () => {
  const bodies = generate("plummer", { n: 32, seed: 2 });
  const system = await createSystem({
    bodies,
    units: { G: 1, softening: 0 },
    integrator: "leapfrog",
    dt: 1 / 16,
    energyLimit: 1e-3,
    checkpointEvery: 4,
  });
  const error = failure(system, 1000);
  assert.equal(error.code, "energy-error");
  assert.equal(error.bodies.length, 2);
  assert.ok(error.step! > 1 && error.checkpoint !== undefined);
});

test("the energy that collisions take is not an error", async () => {
  const bodies = generate("plummer", { n: 100, seed: 2 });
  bodies.radius.fill(0.03);
  const system = await createSystem({
    bodies,
    units: { G: 1, softening: 0.05 },
    integrator: "leapfrog",
    dt: 1 / 256,
    collisions: "merge",
    energyLimit: 1e-3,
    checkpointEvery: 1,
  });
  system.step(128);
  assert.ok(system.collisions.merged > 3, `${system.collisions.merged}`);
});

test("a step that does not advance the time is refused", async () => {
  const bodies = generate("figure-eight");
  const startTime = 1e20;
  const options = { bodies, units: G1, integrator: "leapfrog", dt: 1e-3, startTime } as const;
  assert.equal(failure(await createSystem(options), 1).code, "step-underflow");
});

test("every integrator goes on after a merger", async () => {
  for (const name of names) {
    const bodies = outerSolarSystem();
    bodies.radius.set([1e-3, 1e-3, 1e-3, 1e-3, 1e-3]);
    // Neptune is put beside Uranus, closing in.
    for (const c of ["y", "z", "vy", "vz"] as const) bodies[c][4] = bodies[c][3]!;
    bodies.x[4] = bodies.x[3]! + 0.1;
    bodies.vx[4] = bodies.vx[3]! - 0.05;
    const mass = bodies.mass[3]! + bodies.mass[4]!;
    const collisions = "merge";
    const system = await createSystem({ bodies, units: G1, integrator: name, dt: 0.5, collisions });
    system.step(20);
    assert.equal(bodies.n, 4, name);
    assert.equal(bodies.mass[3], mass, name);
    const bytes = system.checkpoint();
    system.step(20);
    const resumed = await restoreSystem(bytes);
    resumed.step(20);
    assert.deepEqual(resumed.checkpoint(), system.checkpoint(), name);
  }
});

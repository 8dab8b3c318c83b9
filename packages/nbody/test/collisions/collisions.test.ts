import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bodies } from "../../src/bodies/bodies.ts";
import type { CollisionRule } from "../../src/collisions/rule.ts";
import { angularMomentum, kineticEnergy, momentum } from "../../src/diagnostics/diagnostics.ts";
import { NbodyError } from "../../src/errors.ts";
import { createRandom } from "../../src/initial/random.ts";
import type { IntegratorName } from "../../src/integrators/registry.ts";
import { createSystem, type System } from "../../src/system/system.ts";
import { bodiesOf, randomCloud } from "../systems.ts";

/** Without gravity. */
const FREE = { G: 0, softening: 0 } as const;

function start(
  bodies: Bodies,
  collisions: CollisionRule,
  options: { dt?: number; G?: number; integrator?: IntegratorName; restitution?: number } = {},
): Promise<System> {
  const { dt = 0.01, G = FREE.G, integrator = "leapfrog", restitution = 1 } = options;
  const units = { G, softening: 0 };
  return createSystem({ bodies, units, integrator, dt, collisions, restitution });
}

/** Two bodies of radius 0.1 that meet head on at t = 0.8, and one far away. */
function headOn(): Bodies {
  const bodies = bodiesOf([
    [2, -1, 0, 0, 1, 0, 0],
    [3, 50, 9, 0, 0, 0, 1],
    [1, 1, 0, 0, -1.25, 0, 0],
  ]);
  bodies.radius.set([0.1, 0, 0.1]);
  return bodies;
}

test("halt stops the run with both indices, the step and a checkpoint", async () => {
  const system = await start(headOn(), "halt");
  assert.throws(
    () => system.step(200),
    (error) =>
      error instanceof NbodyError &&
      error.code === "collision" &&
      error.bodies.join() === "0,2" &&
      error.step === 81 &&
      error.checkpoint !== undefined,
  );
});

test("none lets bodies pass through each other", async () => {
  const system = await start(headOn(), "none");
  system.step(200);
  assert.equal(system.bodies.n, 3);
  assert.ok(Math.abs(system.bodies.x[0]! - 1) < 1e-12);
});

test("merge leaves one body with the mass, the momentum, the volume and the heavier one's id", async () => {
  const system = await start(headOn(), "merge");
  const before = momentum(system.bodies);
  system.step(200);
  const { bodies } = system;
  assert.equal(bodies.n, 2);
  assert.deepEqual([...bodies.id], [0, 1]);
  assert.deepEqual([...bodies.mass], [3, 3]);
  assert.deepEqual(momentum(bodies), before);
  assert.ok(Math.abs(bodies.radius[0]! - 0.1 * Math.cbrt(2)) < 1e-16);
  assert.deepEqual(system.collisions, { merged: 1, bounces: 0 });
});

test("mergers of random bodies keep mass and momentum to a rounding, and lose no one", async () => {
  const n = 200;
  const bodies = randomCloud(n, 11);
  bodies.radius.fill(0.4);
  const mass = sum(bodies.mass);
  const before = momentum(bodies);
  const scale = bodies.mass.reduce((s, m, i) => s + m * Math.abs(bodies.vx[i]!), 0);
  const system = await start(bodies, "merge", { dt: 0.05 });
  system.step(20);
  const { merged } = system.collisions;
  assert.ok(merged > 20, `${merged} merged`);
  assert.equal(bodies.n + merged, n);
  assert.ok(Math.abs(sum(bodies.mass) - mass) <= 4 * Number.EPSILON * mass);
  momentum(bodies).forEach((p, k) => {
    assert.ok(Math.abs(p - before[k]!) <= 8 * Number.EPSILON * scale, `${p} after ${before[k]}`);
  });
  assert.equal(new Set(bodies.id).size, bodies.n);
});

test("bodies that touch in a chain become one", async () => {
  const bodies = bodiesOf([0, 1, 2, 3, 9].map((x) => [1, x, 0, 0, x / 4, 0, 0] as const));
  bodies.radius.fill(0.6);
  const system = await start(bodies, "merge", { dt: 1e-6 });
  system.step();
  assert.equal(bodies.n, 2);
  assert.deepEqual([...bodies.mass], [4, 1]);
  assert.equal(bodies.vx[0], 6 / 16);
});

test("bodies faster than their size a step do not pass through each other", async () => {
  const bodies = headOn();
  bodies.radius.set([1e-3, 0, 1e-3]);
  const system = await start(bodies, "merge", { dt: 0.5 });
  system.step(4);
  assert.equal(bodies.n, 2);
});

test("an elastic bounce keeps momentum and kinetic energy and turns the approach", async () => {
  for (const dt of [0.01, 0.5]) {
    const system = await start(headOn(), "bounce", { dt });
    const before = [momentum(system.bodies), kineticEnergy(system.bodies)] as const;
    system.step(2 / dt);
    const { bodies } = system;
    assert.equal(system.collisions.bounces, 1);
    momentum(bodies).forEach((p, k) => assert.ok(Math.abs(p - before[0][k]!) < 1e-15));
    assert.ok(Math.abs(kineticEnergy(bodies) - before[1]) < 1e-14);
    // −1.25 − 1 becomes +2.25; the centre of mass moves at 1/4; they touched at t = 1.8 / 2.25.
    assert.ok(Math.abs(bodies.vx[0]! - -0.5) < 1e-14, `${bodies.vx[0]}`);
    assert.ok(Math.abs(bodies.x[0]! - (-0.2 - 0.5 * 1.2)) < 1e-12, `${bodies.x[0]}`);
  }
});

test("restitution takes its share of the approach speed", async () => {
  const system = await start(headOn(), "bounce", { restitution: 0.5 });
  system.step(200);
  const { vx } = system.bodies;
  assert.ok(Math.abs(vx[2]! - vx[0]! - 1.125) < 1e-14);
});

test("oblique bounces keep the angular momentum about the point of contact", async () => {
  const random = createRandom(5);
  for (let k = 0; k < 50; k++) {
    const bodies = bodiesOf([
      [1 + random.uniform(), -1, 0, 0, 1, 0, 0],
      [1 + random.uniform(), 1, 0.3 * random.uniform(), 0.3 * random.uniform(), -1, 0, 0],
    ]);
    bodies.radius.fill(0.25);
    const before = angularMomentum(bodies);
    const system = await start(bodies, "bounce", { dt: 0.13 });
    system.step(20);
    assert.equal(system.collisions.bounces, 1);
    angularMomentum(bodies).forEach((l, c) => assert.ok(Math.abs(l - before[c]!) < 1e-13));
  }
});

test("the sweep finds what a look at all pairs finds", async () => {
  const bodies = randomCloud(300, 3);
  bodies.radius.forEach((_, i) => (bodies.radius[i] = i % 3 === 0 ? 0 : 0.2));
  const system = await start(bodies, "halt", { dt: 1e-9 });
  const touching: string[] = [];
  for (let i = 0; i < 300; i++) {
    for (let j = i + 1; j < 300; j++) {
      const reach = bodies.radius[i]! + bodies.radius[j]!;
      const gap = Math.hypot(
        bodies.x[j]! - bodies.x[i]!,
        bodies.y[j]! - bodies.y[i]!,
        bodies.z[j]! - bodies.z[i]!,
      );
      if (reach > 0 && gap <= reach) touching.push(`${i},${j}`);
    }
  }
  assert.ok(touching.length > 10);
  assert.throws(
    () => system.step(),
    (error) => error instanceof NbodyError && error.bodies.join() === touching[0],
  );
});

function sum(column: Float64Array): number {
  return column.reduce((total, value) => total + value, 0);
}

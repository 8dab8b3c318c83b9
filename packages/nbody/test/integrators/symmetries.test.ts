/** What must not matter to any integrator: the frame, the units, the order of the bodies. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Bodies } from "../../src/bodies/bodies.ts";
import { momentum } from "../../src/diagnostics/diagnostics.ts";
import { integrators, type IntegratorName } from "../../src/integrators/registry.ts";
import type { Units } from "../../src/kernels/forces.ts";
import { createSystem } from "../../src/system/system.ts";
import { outerSolarSystem } from "./outer-solar-system.ts";

const names = Object.keys(integrators) as IntegratorName[];
const UNITS = { G: 1, softening: 0.01 } as const;
const STEPS = 50;

async function run(
  name: IntegratorName,
  bodies: Bodies,
  options: { dt?: number; units?: Units } = {},
): Promise<Bodies> {
  const { dt = 0.5, units = UNITS } = options;
  const system = await createSystem({ bodies, units, integrator: name, dt });
  system.step(STEPS);
  return bodies;
}

function farthest(a: Bodies, b: Bodies, place: (i: number) => number = (i) => i): number {
  let worst = 0;
  for (let i = 0; i < a.n; i++) {
    const j = place(i);
    const miss = Math.hypot(a.x[i]! - b.x[j]!, a.y[i]! - b.y[j]!, a.z[i]! - b.z[j]!);
    worst = Math.max(worst, miss);
  }
  return worst;
}

for (const name of names) {
  test(`${name}: a boost of all velocities only moves everything along`, async () => {
    const still = await run(name, outerSolarSystem());
    const moving = outerSolarSystem();
    for (let i = 0; i < moving.n; i++) {
      moving.vx[i] = moving.vx[i]! + 0.3;
      moving.y[i] = moving.y[i]! - 7;
    }
    await run(name, moving);
    for (let i = 0; i < still.n; i++) {
      still.x[i] = still.x[i]! + 0.3 * 0.5 * STEPS;
      still.y[i] = still.y[i]! - 7;
    }
    // hermite4's steps depend on rounding; the others differ by rounding alone.
    const miss = farthest(still, moving);
    assert.ok(miss < (name === "hermite4" ? 1e-9 : 1e-11), `${miss}`);
  });

  test(`${name}: units that are powers of two change no digit`, async () => {
    const plain = await run(name, outerSolarSystem());
    // Lengths × 4, masses × 8, times × 2: G × 64 / (8 × 4) = 2.
    const scaled = outerSolarSystem();
    for (let i = 0; i < scaled.n; i++) {
      scaled.mass[i] = scaled.mass[i]! * 8;
      for (const c of ["x", "y", "z"] as const) scaled[c][i] = scaled[c][i]! * 4;
      for (const c of ["vx", "vy", "vz"] as const) scaled[c][i] = scaled[c][i]! * 2;
    }
    await run(name, scaled, { dt: 1, units: { G: 2, softening: 0.04 } });
    for (let i = 0; i < plain.n; i++) {
      assert.equal(scaled.x[i], 4 * plain.x[i]!);
      assert.equal(scaled.vz[i], 2 * plain.vz[i]!);
    }
  });

  test(`${name}: total momentum stays`, async () => {
    const bodies = outerSolarSystem();
    const before = momentum(bodies);
    await run(name, bodies);
    momentum(bodies).forEach((p, k) => assert.ok(Math.abs(p - before[k]!) < 1e-16, `${p}`));
  });

  test(`${name}: massless bodies follow and disturb nobody`, async () => {
    const alone = await run(name, outerSolarSystem());
    const source = outerSolarSystem();
    const joined = Bodies.allocate(source.n + 2);
    for (const c of ["mass", "x", "y", "z", "vx", "vy", "vz"] as const) joined[c].set(source[c]);
    // One on Uranus' orbit far from it, one falling from rest.
    [joined.x[5], joined.y[5], joined.vy[5]] = [12, 14, 0.1];
    [joined.x[6], joined.z[6]] = [-9, 25];
    await run(name, joined);
    const miss = farthest(alone, joined);
    assert.ok(miss < (name === "ias15" ? 1e-12 : 1e-13), `${miss}`);
    assert.ok(Math.hypot(joined.x[6]! + 9, joined.z[6]! - 25) > 0.1);
  });

  // whfast's Jacobi coordinates are built in the order of the bodies.
  if (name !== "whfast") {
    test(`${name}: the order of the bodies does not matter`, async () => {
      const order = [3, 0, 4, 2, 1];
      const plain = outerSolarSystem();
      const shuffled = outerSolarSystem();
      for (const c of ["mass", "x", "y", "z", "vx", "vy", "vz"] as const) {
        order.forEach((to, i) => (shuffled[c][to] = plain[c][i]!));
      }
      await run(name, plain);
      await run(name, shuffled);
      assert.ok(farthest(plain, shuffled, (i) => order[i]!) < 1e-11);
    });
  }
}

const REVERSIBLE: readonly IntegratorName[] = [
  "leapfrog",
  "yoshida4",
  "yoshida6",
  "yoshida8",
  "ias15",
  "whfast",
];
for (const name of REVERSIBLE) {
  test(`${name} retraces its steps when dt changes sign`, async () => {
    const there = await run(name, outerSolarSystem());
    const back = await run(name, there, { dt: -0.5 });
    const miss = farthest(back, outerSolarSystem());
    assert.ok(miss < 1e-11, `${miss}`);
  });
}

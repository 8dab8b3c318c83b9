import assert from "node:assert/strict";
import { test } from "node:test";
import { diagnostics } from "../../src/diagnostics/diagnostics.ts";
import { FIGURE_EIGHT_PERIOD, figureEight } from "../../src/initial/figure-eight.ts";
import { NbodyError } from "../../src/errors.ts";
import { fillGaussRadau, GAUSS_RADAU_LENGTH } from "../../src/integrators/gauss-radau.ts";
import { seventhRoot } from "../../src/integrators/roots.ts";
import { restoreSystem } from "../../src/checkpoint/restore.ts";
import { createSystem } from "../../src/system/system.ts";
import { bodiesOf, keplerOrbit } from "../systems.ts";
import { G1, JUPITER_PERIOD, worstEnergyError } from "./outer-solar-system.ts";

test("1000 Jupiter years of the outer solar system keep the energy to 1e-14", async () => {
  const error = await worstEnergyError("ias15", JUPITER_PERIOD, 1000);
  assert.ok(error <= 1e-14, `${error}`);
});

test("a body whose pulls cancel does not stop the clock: the figure-eight closes", async () => {
  const bodies = figureEight();
  const start = figureEight();
  const options = { bodies, units: { G: 1, softening: 0 }, integrator: "ias15" } as const;
  (await createSystem({ ...options, dt: FIGURE_EIGHT_PERIOD / 10 })).step(10);
  for (let i = 0; i < 3; i++) {
    const miss = Math.hypot(bodies.x[i]! - start.x[i]!, bodies.y[i]! - start.y[i]!);
    assert.ok(miss < 1e-7, `body ${i} misses its start by ${miss}`);
  }
});

test("an orbit of any eccentricity closes, and takes the steps that it needs", async () => {
  for (const eccentricity of [0, 0.5, 0.9, 0.99, 0.9999]) {
    const bodies = keplerOrbit(eccentricity);
    const x = bodies.x[1]!;
    let evaluations = 0;
    const system = await createSystem({ bodies, units: G1, integrator: "ias15", dt: 2 * Math.PI });
    const { forces } = system;
    const counted = forces.accelerations.bind(forces);
    forces.accelerations = () => (evaluations++, counted());
    system.step();
    const miss = Math.hypot(bodies.x[1]! - x, bodies.y[1]!);
    // A rounding of v² = (1 + e) / (1 − e) is one of the energy, and of the period, and that times v is the miss.
    const speed = Math.sqrt((1 + eccentricity) / (1 - eccentricity));
    assert.ok(
      miss < 1e-14 + 16 * Number.EPSILON * speed ** 3,
      `e = ${eccentricity}: ${miss}, ${evaluations} evaluations`,
    );
    assert.ok(evaluations < 8000, `e = ${eccentricity}: ${evaluations} evaluations`);
  }
});

test("a close encounter shortens the steps and keeps the energy", async () => {
  // Burrau's Pythagorean problem: masses 3, 4, 5 at rest on a 3-4-5 triangle, with encounters down to 4e-4.
  const bodies = bodiesOf([
    [3, 1, 3, 0, 0, 0, 0],
    [4, -2, -1, 0, 0, 0, 0],
    [5, 1, -1, 0, 0, 0, 0],
  ]);
  const system = await createSystem({ bodies, units: G1, integrator: "ias15", dt: 10 });
  const before = diagnostics(bodies, G1).energy;
  system.step();
  // Szebehely & Peters 1967, table of the orbits, t = 10: (0.77848, 0.14139), (−2.02509, 0.09722), (1.15299, −0.16261)
  const expected = [0.77848, 0.14139, -2.02509, 0.09722, 1.15299, -0.16261];
  const places = [0, 1, 2].flatMap((i) => [bodies.x[i]!, bodies.y[i]!]);
  places.forEach((place, k) => {
    assert.ok(Math.abs(place - expected[k]!) < 1.1e-5, `${places.join()} not ${expected.join()}`);
  });
  system.step(6);
  const { energy, angularMomentum } = diagnostics(bodies, G1);
  // At a distance of 4e-4 the rounding of coordinates of size 1 is 5e-13 of a potential 4000 times the energy.
  assert.ok(Math.abs(energy / before - 1) < 2e-9, `${energy / before - 1}`);
  assert.ok(Math.abs(angularMomentum[2]) < 1e-11, `${angularMomentum[2]}`);
});

test("point masses on collision course end with step-underflow, the pair and a checkpoint", async () => {
  const bodies = bodiesOf([
    [1e-9, 5, 5, 5, 0, 0, 0],
    [1, -1, 0, 0, 0, 0, 0],
    [1, 1, 0, 0, 0, 0, 0],
  ]);
  bodies.mass[0] = 0;
  const system = await createSystem({ bodies, units: G1, integrator: "ias15", dt: 1 });
  let thrown: unknown;
  try {
    system.step(100);
  } catch (error) {
    thrown = error;
  }
  assert.ok(thrown instanceof NbodyError);
  assert.ok(["step-underflow", "coincident-bodies"].includes(thrown.code), thrown.message);
  assert.deepEqual(
    [...thrown.bodies].sort((a, b) => a - b),
    [1, 2],
  );
  // The free fall from distance 2 takes π / √2 · … = 2.2: steps 1 and 2 are good.
  assert.equal(thrown.step, 3);
  const last = await restoreSystem(thrown.checkpoint!);
  last.step(2);
  assert.ok(Math.abs(last.bodies.x[1]! + last.bodies.x[2]!) < 1e-15);
});

test("the tables are those of the definitions", () => {
  const table = new Float64Array(GAUSS_RADAU_LENGTH);
  fillGaussRadau(table);
  const at = (which: number, k: number, j: number): number => table[64 * which + 8 * k + j]!;
  const nodes = table.subarray(0, 8);
  for (let n = 1; n < 8; n++) {
    for (let k = 0; k < n; k++) {
      const gap = nodes[n]! - nodes[k]!;
      assert.ok(Math.abs(at(1, n, k) * gap - 1) < 1e-15);
    }
  }
  // A series in g and the same in b, at some t, both ways.
  const g = [0.3, -0.7, 0.11, 0.5, -0.9, 0.2, 0.4];
  const b = g.map((value, j) =>
    g.reduce((sum, other, k) => (k > j ? sum + at(2, k, j) * other : sum), value),
  );
  const t = 0.37;
  let product = t;
  const byG = g.reduce((sum, value, k) => {
    if (k > 0) product *= t - nodes[k]!;
    return sum + value * product;
  }, 0);
  const byB = b.reduce((sum, value, k) => sum + value * t ** (k + 1), 0);
  assert.ok(Math.abs(byG - byB) < 1e-15, `${byG} ${byB}`);
  b.forEach((value, k) => {
    const back = b.reduce((sum, other, j) => (j > k ? sum + at(3, k, j) * other : sum), value);
    assert.ok(Math.abs(back - g[k]!) < 1e-13);
  });
});

test("seventhRoot() is the seventh root", () => {
  for (const value of [1, 0.5, 5.04e-6, 1e-20]) {
    assert.ok(Math.abs(seventhRoot(value) ** 7 / value - 1) < 1e-14);
  }
});

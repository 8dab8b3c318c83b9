import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bodies } from "../../src/bodies/bodies.ts";
import { generate } from "../../src/initial/presets.ts";
import { directForces } from "../../src/kernels/direct.ts";
import { loadKernels } from "../../src/kernels/load.ts";
import { referenceAccelerations } from "../../src/reference/direct.ts";
import { bodiesOf, randomCloud, worstAccelerationError } from "../systems.ts";

const kernels = await loadKernels();

function bothWays(bodies: Bodies, units: { G: number; softening: number }): number {
  const expected = bodies.clone();
  referenceAccelerations(expected, units);
  directForces(kernels, bodies, units).accelerations();
  return worstAccelerationError(bodies, expected);
}

test("the SIMD kernel agrees with the reference to 1e-14 on a Plummer sphere", () => {
  const error = bothWays(generate("plummer", { n: 1000, seed: 7 }), { G: 1, softening: 0.01 });
  assert.ok(error < 1e-14, `worst relative error ${error}`);
});

test("the SIMD kernel agrees with the reference for every n from 1 to 40", () => {
  for (let n = 1; n <= 40; n++) {
    const bodies = randomCloud(n, n);
    if (n === 1) {
      directForces(kernels, bodies, { G: 1, softening: 0 }).accelerations();
      assert.deepEqual([bodies.ax[0], bodies.ay[0], bodies.az[0]], [0, 0, 0]);
      continue;
    }
    const error = bothWays(bodies, { G: 6.6743e-11, softening: 0 });
    assert.ok(error < 2e-14, `n = ${n}, seed ${n}: worst relative error ${error}`);
  }
});

test("softening of single bodies is added in quadrature", () => {
  const error = bothWays(randomCloud(101, 5, { soft: true }), { G: 2, softening: 0.05 });
  assert.ok(error < 1e-14, `worst relative error ${error}`);

  const pair = bodiesOf([
    [1, 0, 0, 0, 0, 0, 0],
    [1, 3, 0, 0, 0, 0, 0],
  ]);
  pair.softening.set([2, Math.sqrt(3)]);
  directForces(kernels, pair, { G: 1, softening: 3 }).accelerations();
  // 9 + 9 + 4 + 3 = 25
  assert.ok(Math.abs(pair.ax[0]! - 3 / 125) < 1e-17);
  assert.equal(pair.ax[1], -pair.ax[0]!);
});

test("the solar system, unsoftened and in AU and days, agrees with the reference", () => {
  const error = bothWays(generate("solar-system"), { G: 2.96e-4, softening: 0 });
  assert.ok(error < 1e-14, `worst relative error ${error}`);
});

test("bodies that coincide without softening give a value that is not finite, not a wrong one", () => {
  const pair = bodiesOf([
    [1, 1, 1, 1, 0, 0, 0],
    [1, 1, 1, 1, 0, 0, 0],
    [1, 2, 1, 1, 0, 0, 0],
  ]);
  directForces(kernels, pair, { G: 1, softening: 0 }).accelerations();
  assert.ok(!Number.isFinite(pair.ax[0]!) && !Number.isFinite(pair.ax[1]!));
  assert.ok(Number.isFinite(pair.ax[2]!));
});

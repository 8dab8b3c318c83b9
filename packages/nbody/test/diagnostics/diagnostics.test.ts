import assert from "node:assert/strict";
import { test } from "node:test";
import { diagnostics } from "../../src/diagnostics/diagnostics.ts";
import { bodiesOf } from "../systems.ts";

test("diagnostics() of two bodies is what one works out by hand", () => {
  const bodies = bodiesOf([
    [3, 1, 0, 0, 0, 2, 0],
    [1, -3, 0, 0, 0, 0, 4],
  ]);
  const result = diagnostics(bodies, { G: 2, softening: 3 });
  assert.equal(result.kinetic, (3 * 4 + 1 * 16) / 2);
  assert.equal(result.potential, (-2 * 3 * 1) / 5);
  assert.equal(result.energy, 14 - 6 / 5);
  assert.deepEqual(result.momentum, [0, 6, 4]);
  assert.deepEqual(result.angularMomentum, [0, 12, 6]);
  assert.deepEqual(result.centreOfMass, [0, 0, 0]);
  assert.equal(result.virialRatio, 28 / 1.2);
  assert.equal(result.halfMassRadius, 1);
});

test("Lagrangian radii hold at least their fraction of the mass", () => {
  const bodies = bodiesOf(
    Array.from({ length: 10 }, (_, i) => [1, i % 2 === 0 ? i + 1 : -i, 0, 0, 0, 0, 0] as const),
  );
  const { lagrangianRadii } = diagnostics(bodies, { G: 1, softening: 1 });
  const sorted = Array.from(bodies.x, (x) => Math.abs(x)).sort((a, b) => a - b);
  assert.equal(lagrangianRadii["0.1"], sorted[0]);
  assert.equal(lagrangianRadii["0.25"], sorted[2]);
  assert.equal(lagrangianRadii["0.5"], sorted[4]);
  assert.equal(lagrangianRadii["0.9"], sorted[8]);
});

test("diagnostics() of massless bodies stays finite", () => {
  const bodies = bodiesOf([
    [0, 1, 0, 0, 1, 0, 0],
    [0, -1, 0, 0, 0, 0, 0],
  ]);
  const { energy, centreOfMass, halfMassRadius } = diagnostics(bodies, { G: 1, softening: 0 });
  assert.equal(energy, 0);
  assert.deepEqual(centreOfMass, [0, 0, 0]);
  assert.equal(halfMassRadius, 1);
});

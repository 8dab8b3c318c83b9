/** Integrators of fixed step: bounds on the outer solar system, orders, symmetries. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { IntegratorName } from "../../src/integrators/registry.ts";
import { integrators } from "../../src/integrators/registry.ts";
import { createSystem } from "../../src/system/system.ts";
import { keplerOrbit } from "../systems.ts";
import { G1, worstEnergyError } from "./outer-solar-system.ts";

/** Name, bound at dt = 1 over t = 1000, and the ratio of the errors of dt = 1 and dt = 1/2. */
const BOUNDS: readonly (readonly [IntegratorName, number, number])[] = [
  ["leapfrog", 1e-3, 4],
  ["yoshida4", 3e-6, 16],
  ["yoshida6", 1e-9, 64],
  ["yoshida8", 1e-13, 0],
];

for (const [name, bound, ratio] of BOUNDS) {
  test(`${name} keeps the outer solar system's energy to ${bound} at dt = 1`, async () => {
    const error = await worstEnergyError(name, 1, 1000);
    assert.ok(error < bound, `${error}`);
    if (ratio === 0) return;
    const half = await worstEnergyError(name, 0.5, 2000);
    assert.ok(error / half > 0.8 * ratio && error / half < 1.25 * ratio, `${error / half}`);
  });
}

test("errors on a Kepler orbit of e = 0.5 fall with the order that the record states", async () => {
  // yoshida8 meets rounding soon, so it is looked at with longer steps.
  const names: readonly IntegratorName[] = ["leapfrog", "yoshida4", "yoshida6", "yoshida8"];
  for (const name of names) {
    const steps = name === "yoshida8" ? 60 : 400;
    const [coarse, fine] = [await closure(name, steps), await closure(name, 2 * steps)];
    const order = Math.log2(coarse / fine);
    assert.ok(Math.abs(order - integrators[name].order) < 0.35, `${name}: order ${order}`);
  }
});

/** How far a Kepler orbit's body is from its start after one period. */
async function closure(integrator: IntegratorName, steps: number): Promise<number> {
  const bodies = keplerOrbit(0.5);
  const dt = (2 * Math.PI) / steps;
  const system = await createSystem({ bodies, units: G1, integrator, dt });
  const x = bodies.x[1]!;
  system.step(steps);
  return Math.hypot(bodies.x[1]! - x, bodies.y[1]!);
}

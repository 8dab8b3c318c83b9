import assert from "node:assert/strict";
import { test } from "node:test";
import { megno } from "../../src/diagnostics/megno.ts";
import { G1, JUPITER_PERIOD, outerSolarSystem } from "../integrators/outer-solar-system.ts";
import { bodiesOf } from "../systems.ts";

test("MEGNO is 2 ± 0.2 for the Sun, Jupiter and Saturn", async () => {
  const bodies = outerSolarSystem();
  bodies.shrink(3);
  const start = bodies.clone();
  for (const seed of [1, 2, 3]) {
    const result = await megno({ bodies, units: G1, dt: JUPITER_PERIOD / 60, steps: 60_000, seed });
    assert.ok(Math.abs(result.megno - 2) < 0.2, `seed ${seed}: ${result.megno}`);
  }
  assert.deepEqual(bodies.x, start.x);
});

test("MEGNO is far above 2 for two planets too close to each other", async () => {
  const bodies = bodiesOf([
    [1, 0, 0, 0, 0, 0, 0],
    [1e-3, 1, 0, 0, 0, 1, 0],
    [1e-3, -1.25, 0, 0, 0, -Math.sqrt(1 / 1.25), 0],
  ]);
  const period = 2 * Math.PI;
  const { megno: value, lyapunov } = await megno({
    bodies,
    units: G1,
    dt: period / 100,
    steps: 100_000,
  });
  assert.ok(value > 50, `${value}`);
  assert.ok(lyapunov > 0.01 / period, `${lyapunov}`);
});

test("megno() refuses steps that are none", async () => {
  const bodies = outerSolarSystem();
  await assert.rejects(megno({ bodies, units: G1, dt: 0, steps: 1 }), RangeError);
  await assert.rejects(megno({ bodies, units: G1, dt: 1, steps: 0.5 }), RangeError);
});

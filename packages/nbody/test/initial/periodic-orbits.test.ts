import assert from "node:assert/strict";
import { test } from "node:test";
import { diagnostics } from "../../src/diagnostics/diagnostics.ts";
import {
  PERIODIC_ORBITS,
  periodicOrbit,
  type PeriodicOrbitName,
} from "../../src/initial/periodic-orbits.ts";
import { generate, presetOf } from "../../src/initial/presets.ts";
import { createSystem } from "../../src/system/system.ts";

for (const name of Object.keys(PERIODIC_ORBITS) as PeriodicOrbitName[]) {
  test(`${name}: the bodies return after one period, to what five published digits allow`, async () => {
    const { period } = PERIODIC_ORBITS[name];
    const bodies = periodicOrbit(name);
    const start = periodicOrbit(name);
    const units = { G: 1, softening: 0 };
    const { momentum, angularMomentum, energy } = diagnostics(bodies, units);
    assert.deepEqual(
      [...momentum, ...angularMomentum].map((v) => Math.abs(v) < 1e-15),
      Array(6).fill(true),
    );
    const steps = 100_000;
    const system = await createSystem({
      bodies,
      units,
      integrator: "yoshida6",
      dt: period / steps,
    });
    system.step(steps);
    const drift = Math.abs(diagnostics(bodies, units).energy / energy - 1);
    assert.ok(drift < 1e-8, `energy drift ${drift}`);
    for (let i = 0; i < 3; i++) {
      const miss = Math.hypot(bodies.x[i]! - start.x[i]!, bodies.y[i]! - start.y[i]!);
      assert.ok(miss < 0.02, `body ${i} misses its start by ${miss}`);
    }
  });
}

for (const kind of Object.keys(PERIODIC_ORBITS) as PeriodicOrbitName[]) {
  test(`the preset ${kind} still follows its curve after three periods`, async () => {
    const { units, integrator, dt, steps } = presetOf(kind);
    const bodies = generate(kind);
    const start = generate(kind);
    const { energy } = diagnostics(bodies, units);
    // The same span in output points that are fewer: what the integrator does between them is its own.
    const system = await createSystem({ bodies, units, integrator, dt: dt * 20 });
    system.step(steps / 20);
    assert.ok(Math.abs(diagnostics(bodies, units).energy / energy - 1) < 1e-12);
    for (let i = 0; i < 3; i++) {
      const miss = Math.hypot(bodies.x[i]! - start.x[i]!, bodies.y[i]! - start.y[i]!);
      assert.ok(miss < 0.01, `body ${i} misses its start by ${miss}`);
    }
  });
}

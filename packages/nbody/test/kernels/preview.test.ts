import assert from "node:assert/strict";
import { test } from "node:test";
import { generate } from "../../src/initial/presets.ts";
import { loadKernels } from "../../src/kernels/load.ts";
import { previewForces } from "../../src/kernels/preview.ts";
import { referenceAccelerations } from "../../src/reference/direct.ts";
import { worstAccelerationError } from "../systems.ts";

const kernels = await loadKernels();

test("the float32 preview is right to 1e-4 in any units", () => {
  // Hénon units; a cluster of 1e6 solar masses and 3 parsec in kilograms and metres.
  for (const [mass, length, G] of [
    [1, 1, 1],
    [2e36, 9e16, 6.6743e-11],
  ] as const) {
    const units = { G, softening: 0.02 * length };
    const bodies = generate("plummer", { n: 1003, seed: 2 });
    for (let i = 0; i < bodies.n; i++) {
      bodies.mass[i] = bodies.mass[i]! * mass;
      bodies.x[i] = bodies.x[i]! * length + 1000 * length;
      bodies.y[i] = bodies.y[i]! * length;
      bodies.z[i] = bodies.z[i]! * length;
    }
    const expected = bodies.clone();
    referenceAccelerations(expected, units);
    previewForces(kernels, bodies, units).accelerations();
    const error = worstAccelerationError(bodies, expected);
    assert.ok(error < 1e-4, `units of ${mass}, ${length}: worst relative error ${error}`);
    assert.ok(error > 1e-9, "float64 took part, which is not what this solver is for");
  }
});

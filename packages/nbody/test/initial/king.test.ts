import assert from "node:assert/strict";
import { test } from "node:test";
import { diagnostics } from "../../src/diagnostics/diagnostics.ts";
import { king } from "../../src/initial/king.ts";
import { createSystem } from "../../src/system/system.ts";

const UNITS = { G: 1, softening: 0 };

test("a King model has the mass, the energy and the balance of Hénon units", () => {
  const bodies = king(4000, 3);
  const { energy, virialRatio, kinetic } = diagnostics(bodies, UNITS);
  assert.ok(Math.abs(energy + 0.25) < 0.01, `energy ${energy}`);
  assert.ok(Math.abs(kinetic - 0.25) < 0.01, `kinetic ${kinetic}`);
  assert.ok(Math.abs(virialRatio - 1) < 0.03, `virial ratio ${virialRatio}`);
});

test("a King model of depth 6 ends where theory says: 6.797 half-mass radii from its centre", () => {
  // Integrated independently with SciPy's solve_ivp to 1e-10: r_t / r_h = 6.797 and
  // log10(r_t / r_0) = 1.2551, as the published tables have it. The outermost body is just inside.
  const { n, x, y, z } = king(20_000, 1);
  const radii = Float64Array.from(x, (value, i) => Math.hypot(value, y[i]!, z[i]!)).sort();
  const ratio = radii[n - 1]! / radii[n / 2]!;
  assert.ok(ratio > 6.2 && ratio < 6.8, `outermost over median radius ${ratio}`);
});

test("a King model keeps its Lagrangian radii over ten crossing times", async () => {
  const units = { G: 1, softening: 0.02 };
  const bodies = king(600, 2);
  const before = diagnostics(bodies, units).lagrangianRadii;
  const system = await createSystem({ bodies, units, integrator: "leapfrog", dt: 1 / 64 });
  system.step(64 * 5);
  const after = diagnostics(bodies, units).lagrangianRadii;
  for (const fraction of ["0.25", "0.5", "0.75"] as const) {
    const change = after[fraction] / before[fraction];
    assert.ok(change > 0.8 && change < 1.25, `radius of ${fraction} changed by ${change}`);
  }
});

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import type { Bodies } from "../../src/bodies/bodies.ts";
import { diagnostics } from "../../src/diagnostics/diagnostics.ts";
import { generate, presets } from "../../src/initial/presets.ts";
import { cubeRoot } from "../../src/initial/random.ts";
import { createSystem } from "../../src/system/system.ts";

function digest(bodies: Bodies): string {
  const hash = createHash("sha256");
  for (const name of ["mass", "x", "y", "z", "vx", "vy", "vz"] as const) {
    hash.update(new Uint8Array(bodies[name].slice().buffer));
  }
  return hash.digest("hex").slice(0, 16);
}

const smallest = (preset: (typeof presets)[number]): number =>
  "fixed" in preset.particles ? preset.particles.fixed : preset.particles.min;

for (const preset of presets) {
  test(`${preset.kind}: the same seed gives the same bytes, another seed others`, () => {
    assert.equal(
      digest(generate(preset.kind, { seed: 5 })),
      digest(generate(preset.kind, { seed: 5 })),
    );
    if ("fixed" in preset.particles) return;
    assert.notEqual(
      digest(generate(preset.kind, { seed: 5 })),
      digest(generate(preset.kind, { seed: 6 })),
    );
  });

  test(`${preset.kind}: rests in its centre of mass and starts finite at its smallest n`, () => {
    for (const n of [smallest(preset), smallest(preset) + 1]) {
      if ("fixed" in preset.particles && n !== preset.particles.fixed) continue;
      const { momentum, centreOfMass, energy } = diagnostics(
        generate(preset.kind, { n }),
        preset.units,
      );
      assert.ok(Math.hypot(...momentum) < 1e-15, `n = ${n}: momentum ${momentum.join()}`);
      assert.ok(Math.hypot(...centreOfMass) < 1e-12, `n = ${n}: centre ${centreOfMass.join()}`);
      assert.ok(Number.isFinite(energy), `n = ${n}: energy ${energy}`);
    }
  });

  test(`${preset.kind}: a tenth of its run with its own settings keeps the energy to 1e-3`, async () => {
    const { units, integrator, dt } = preset;
    const bodies = generate(preset.kind, "fixed" in preset.particles ? {} : { n: 300 });
    const before = diagnostics(bodies, units).energy;
    const system = await createSystem({ bodies, units, integrator, dt });
    system.step(Math.round(preset.steps / 10));
    const drift = Math.abs(diagnostics(bodies, units).energy / before - 1);
    assert.ok(drift < 1e-3, `energy changed by ${drift}`);
  });
}

test("generate() refuses counts outside the preset's range", () => {
  assert.throws(() => generate("plummer", { n: 1 }), RangeError);
  assert.throws(() => generate("plummer", { n: 1e9 }), RangeError);
  assert.throws(() => generate("plummer", { n: 10.5 }), RangeError);
  assert.throws(() => generate("figure-eight", { n: 4 }), RangeError);
  assert.throws(() => generate("plummer", { n: 10, seed: -1 }), RangeError);
  assert.throws(() => generate("sphere" as "plummer"), TypeError);
});

test("the Plummer sphere is in virial equilibrium with the model's energy and half-mass radius", () => {
  const { kinetic, potential, virialRatio, halfMassRadius } = diagnostics(
    generate("plummer", { n: 4000, seed: 11 }),
    { G: 1, softening: 0 },
  );
  assert.ok(Math.abs(kinetic - 0.25) < 0.01, `K = ${kinetic}`);
  assert.ok(Math.abs(potential + 0.5) < 0.01, `W = ${potential}`);
  assert.ok(Math.abs(virialRatio - 1) < 0.04, `2K/|W| = ${virialRatio}`);
  // 3π/16 / √(2^{2/3} − 1)
  assert.ok(Math.abs(halfMassRadius - 0.7686) < 0.02, `half-mass radius ${halfMassRadius}`);
});

test("cubeRoot() agrees with the engine's to a few units in the last place", () => {
  for (const value of [0, 1, 2, 8, 27, 1e-12, 0.999, 1e30, -64, 1 / 3]) {
    const expected = Math.cbrt(value);
    assert.ok(Math.abs(cubeRoot(value) - expected) <= Math.abs(expected) * 5e-16, `${value}`);
  }
});

/** Systems whose answers are known from outside; the figures are those of issue and literature. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { diagnostics } from "../../src/diagnostics/diagnostics.ts";
import { FIGURE_EIGHT_PERIOD } from "../../src/initial/figure-eight.ts";
import { generate } from "../../src/initial/presets.ts";
import { createSystem } from "../../src/system/system.ts";
import { benchmarksGame, keplerOrbit } from "../systems.ts";

const G1 = { G: 1, softening: 0 } as const;

/** Whether a and b agree in so many significant digits. */
function agree(a: number, b: number, digits: number): boolean {
  return Math.abs(a - b) < 0.5 * 10 ** (Math.floor(Math.log10(Math.abs(b))) + 1 - digits);
}

test("leapfrog closes the figure of eight with an error of second order", async () => {
  const expected = new Map([
    [1000, 8.13e-5],
    [2000, 2.038e-5],
    [4000, 5.128e-6],
  ]);
  for (const [steps, closure] of expected) {
    const bodies = generate("figure-eight");
    const start = bodies.clone();
    const dt = FIGURE_EIGHT_PERIOD / steps;
    const system = await createSystem({ bodies, units: G1, integrator: "leapfrog", dt });
    system.step(steps);
    const farthest = Math.max(
      ...[0, 1, 2].map((i) =>
        Math.hypot(
          bodies.x[i]! - start.x[i]!,
          bodies.y[i]! - start.y[i]!,
          bodies.z[i]! - start.z[i]!,
        ),
      ),
    );
    assert.ok(agree(farthest, closure, 4), `${steps} steps: ${farthest}, not ${closure}`);
  }
});

test("the figure of eight starts with its known energy and without angular momentum", () => {
  const { energy, angularMomentum } = diagnostics(generate("figure-eight"), G1);
  assert.ok(agree(energy, -1.28714199, 9), `${energy}`);
  assert.ok(Math.hypot(...angularMomentum) < 1e-15);
});

test("leapfrog on a Kepler orbit of e = 0.5 has energy errors of second order", async () => {
  const expected = new Map([
    [100, 1.084e-2],
    [200, 2.689e-3],
    [400, 6.71e-4],
    [800, 1.677e-4],
  ]);
  for (const [stepsPerOrbit, error] of expected) {
    const bodies = keplerOrbit(0.5);
    const dt = (2 * Math.PI) / stepsPerOrbit;
    const system = await createSystem({ bodies, units: G1, integrator: "leapfrog", dt });
    const energy = (): number =>
      (bodies.vx[1]! ** 2 + bodies.vy[1]! ** 2) / 2 - 1 / Math.hypot(bodies.x[1]!, bodies.y[1]!);
    const start = energy();
    let worst = 0;
    for (let k = 0; k < stepsPerOrbit; k++) {
      system.step();
      worst = Math.max(worst, Math.abs((energy() - start) / start));
    }
    assert.ok(agree(worst, error, 4), `${stepsPerOrbit} steps: ${worst}, not ${error}`);
  }
});

test("symplectic Euler gives the Benchmarks Game's energies", async () => {
  const bodies = benchmarksGame();
  const system = await createSystem({
    bodies,
    units: G1,
    integrator: "symplectic-euler",
    dt: 0.01,
  });
  assert.equal(diagnostics(bodies, G1).energy.toFixed(9), "-0.169075164");
  system.step(1000);
  const { energy } = diagnostics(bodies, G1);
  assert.equal(energy.toFixed(9), "-0.169087605");
  // The game's own order of operations gives …523460614; another order rounds otherwise in the last digits.
  assert.ok(Math.abs(energy - -0.16908760523460614) < 1e-13, `${energy}`);
});

test("symplectic Euler gives the Benchmarks Game's energies after 100,000 and 1,000,000 steps", async () => {
  const bodies = benchmarksGame();
  const options = { bodies, units: G1, integrator: "symplectic-euler", dt: 0.01 } as const;
  const system = await createSystem({ ...options, checkpointEvery: 0 });
  system.step(100_000);
  assert.equal(diagnostics(bodies, G1).energy.toFixed(9), "-0.169079859");
  system.step(900_000);
  assert.equal(diagnostics(bodies, G1).energy.toFixed(9), "-0.169086185");
});

test("leapfrog retraces its steps when dt changes sign", async () => {
  const bodies = generate("plummer", { n: 64, seed: 3 });
  const start = bodies.clone();
  const units = { G: 1, softening: 0.05 };
  const there = await createSystem({ bodies, units, integrator: "leapfrog", dt: 0.01 });
  there.step(200);
  const back = await createSystem({ bodies, units, integrator: "leapfrog", dt: -0.01 });
  back.step(200);
  for (let i = 0; i < bodies.n; i++) {
    assert.ok(Math.abs(bodies.x[i]! - start.x[i]!) < 1e-11, `body ${i} is at ${bodies.x[i]}`);
  }
});

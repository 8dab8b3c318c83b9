import assert from "node:assert/strict";
import { test } from "node:test";
import { diagnostics } from "../../src/diagnostics/diagnostics.ts";
import { NbodyError } from "../../src/errors.ts";
import { generate } from "../../src/initial/presets.ts";
import { referenceForces } from "../../src/reference/direct.ts";
import { createSystem } from "../../src/system/system.ts";
import { bodiesOf, keplerOrbit } from "../systems.ts";
import { G1 } from "./outer-solar-system.ts";

test("two bodies change places after half a period and are back after a whole one", async () => {
  // Masses 1/2 at ±1/2 with speeds ±1/2: a circle of period 2π.
  const rows = [
    [0.5, 0.5, 0, 0, 0, 0.5, 0],
    [0.5, -0.5, 0, 0, 0, -0.5, 0],
  ] as const;
  const bodies = bodiesOf(rows);
  const settings = { eta: 1e-3 };
  const dt = Math.PI / 64;
  const system = await createSystem({ bodies, units: G1, integrator: "hermite4", dt, settings });
  system.step(64);
  assert.ok(Math.hypot(bodies.x[0]! + 0.5, bodies.y[0]!) < 1e-6, `${bodies.x[0]} ${bodies.y[0]}`);
  system.step(64);
  assert.ok(Math.hypot(bodies.x[0]! - 0.5, bodies.y[0]!) < 1e-6, `${bodies.x[0]} ${bodies.y[0]}`);
});

test("errors on a Kepler orbit fall with the fourth power of the step", async () => {
  const error = async (eta: number): Promise<number> => {
    const bodies = keplerOrbit(0.5);
    bodies.mass[1] = 1e-6;
    const settings = { eta };
    const dt = (2 * Math.PI) / 16;
    const system = await createSystem({ bodies, units: G1, integrator: "hermite4", dt, settings });
    const before = diagnostics(bodies, G1).energy;
    let worst = 0;
    for (let k = 0; k < 160; k++) {
      system.step();
      worst = Math.max(worst, Math.abs(diagnostics(bodies, G1).energy / before - 1));
    }
    return worst;
  };
  // Steps are powers of two and go as √η: a sixteenth of η makes them a quarter, and errors 256 times less.
  const [coarse, fine] = [await error(0.01), await error(0.01 / 16)];
  const ratio = coarse / fine;
  assert.ok(ratio > 150 && ratio < 1500, `${ratio}`);
});

test("a star cluster keeps its energy, and only the bodies in need take short steps", async () => {
  const bodies = generate("plummer", { n: 256, seed: 4 });
  const units = { G: 1, softening: 1 / 256 };
  const system = await createSystem({ bodies, units, integrator: "hermite4", dt: 1 / 8 });
  let targets = 0;
  let blocks = 0;
  const { forces } = system;
  const jerks = forces.jerks!.bind(forces);
  forces.jerks = (request) => {
    targets += request.targetCount;
    blocks++;
    jerks(request);
  };
  const before = diagnostics(bodies, units).energy;
  system.step(8);
  const error = Math.abs(diagnostics(bodies, units).energy / before - 1);
  assert.ok(error < 2e-6, `${error}`);
  assert.ok(targets < 0.2 * blocks * bodies.n, `${targets} evaluations in ${blocks} blocks`);
});

test("hermite4 refuses a force solver without jerks, by name", async () => {
  const bodies = keplerOrbit(0.5);
  const forces = referenceForces(bodies, G1);
  await assert.rejects(
    createSystem({ bodies, units: G1, integrator: "hermite4", dt: 0.1, forces }),
    /hermite4 needs jerks, and the force solver "reference" has none/,
  );
});

test("bodies that fall into each other end the run with the pair", async () => {
  const bodies = bodiesOf([
    [0, 5, 5, 5, 0, 0, 0],
    [1, -1, 0, 0, 0, 0, 0],
    [1, 1, 0, 0, 0, 0, 0],
  ]);
  const system = await createSystem({ bodies, units: G1, integrator: "hermite4", dt: 1 });
  assert.throws(
    () => system.step(10),
    (error) =>
      error instanceof NbodyError &&
      ["step-underflow", "coincident-bodies"].includes(error.code) &&
      error.bodies.join() === "1,2" &&
      error.step === 3 &&
      error.checkpoint !== undefined,
  );
});

test("bodies that start at the same place are named", async () => {
  const bodies = bodiesOf([
    [1, 0, 0, 0, 0, 0, 0],
    [1, 3, 1, 1, 0, 0, 0],
    [1, 3, 1, 1, 0, 1, 0],
  ]);
  const system = await createSystem({ bodies, units: G1, integrator: "hermite4", dt: 1 });
  assert.throws(
    () => system.step(),
    (error) =>
      error instanceof NbodyError &&
      error.code === "coincident-bodies" &&
      error.bodies.join() === "1,2",
  );
});

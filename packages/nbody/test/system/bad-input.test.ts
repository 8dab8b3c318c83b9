import assert from "node:assert/strict";
import { test } from "node:test";
import { NbodyError } from "../../src/errors.ts";
import { generate } from "../../src/initial/presets.ts";
import { loadKernels } from "../../src/kernels/load.ts";
import { previewForces } from "../../src/kernels/preview.ts";
import { treeForces } from "../../src/tree/tree-forces.ts";
import { createSystem } from "../../src/system/system.ts";
import { bodiesOf } from "../systems.ts";

test("createSystem() refuses settings that make no sense", async () => {
  const good = {
    bodies: generate("figure-eight"),
    units: { G: 1, softening: 0 },
    integrator: "leapfrog",
    dt: 0.1,
  } as const;
  for (const bad of [
    { dt: 0 },
    { dt: Number.NaN },
    { dt: Infinity },
    { units: { G: Number.NaN, softening: 0 } },
    { units: { G: 1, softening: -1 } },
    { units: { G: 1, softening: Number.NaN } },
  ]) {
    await assert.rejects(createSystem({ ...good, ...bad }), RangeError, JSON.stringify(bad));
  }
  await assert.rejects(
    createSystem({ ...good, integrator: "midpoint" as "leapfrog" }),
    /no integrator is called midpoint/,
  );
});

test("bodies that meet without softening stop the run with the step and their indices", async () => {
  const bodies = bodiesOf([
    [1, 5, 5, 5, 0, 0, 0],
    [1, -1, 0, 0, 1, 0, 0],
    [1, 1, 0, 0, -1, 0, 0],
  ]);
  bodies.mass.fill(0);
  bodies.mass[1] = bodies.mass[2] = 1e-30;
  const system = await createSystem({
    bodies,
    units: { G: 1, softening: 0 },
    integrator: "leapfrog",
    dt: 0.25,
  });
  assert.throws(
    () => system.step(10),
    (error) =>
      error instanceof NbodyError &&
      error.code === "coincident-bodies" &&
      error.step === 4 &&
      error.bodies.join() === "1,2",
  );
});

test("ias15 refuses forces that are not right to rounding, by name", async () => {
  const bodies = generate("plummer", { n: 20 });
  const units = { G: 1, softening: 0.1 };
  const kernels = await loadKernels();
  for (const make of [treeForces, previewForces]) {
    const forces = make(kernels, bodies, units);
    await assert.rejects(
      createSystem({ bodies, units, integrator: "ias15", dt: 1, forces }),
      (error: unknown) => error instanceof TypeError && error.message.includes(forces.name),
    );
  }
});

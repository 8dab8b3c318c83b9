import assert from "node:assert/strict";
import { test } from "node:test";
import { Bodies } from "../../src/bodies/bodies.ts";
import { generate } from "../../src/initial/presets.ts";
import { createRandom } from "../../src/initial/random.ts";
import { loadKernels } from "../../src/kernels/load.ts";
import { createSystem } from "../../src/system/system.ts";
import { treeForces } from "../../src/tree/tree-forces.ts";
import { bodiesOf, randomCloud } from "../systems.ts";
import { treeErrors } from "./errors.ts";

const kernels = await loadKernels();
const UNITS = { G: 1, softening: 0 };

test("a single body feels nothing", () => {
  const bodies = bodiesOf([[3, 1e9, -2, 5, 0, 0, 0]]);
  treeForces(kernels, bodies, UNITS).accelerations();
  assert.deepEqual([bodies.ax[0]! + 0, bodies.ay[0]! + 0, bodies.az[0]! + 0], [0, 0, 0]);
});

test("so few bodies that nothing averages out are summed as the direct sum does", async () => {
  for (const n of [...Array.from({ length: 39 }, (_, k) => k + 2), 511, 512]) {
    const { rms } = await treeErrors(randomCloud(n, n), UNITS, { errorTarget: 1e-4 });
    assert.ok(rms < 1e-13, `n = ${n}, seed ${n}: RMS ${rms}`);
  }
});

test("a chain that halves its distance a thousand times ends, finite", async () => {
  const bodies = Bodies.allocate(1000);
  for (let i = 0; i < bodies.n; i++) {
    bodies.mass[i] = 2 ** -(2 * i);
    bodies.x[i] = 2 ** -i;
  }
  treeForces(kernels, bodies, { G: 1, softening: 1e-3 }).accelerations();
  assert.ok(bodies.ax.every(Number.isFinite));
});

test("close pairs are as exact as the direct sum", async () => {
  const random = createRandom(2);
  const bodies = Bodies.allocate(2000);
  for (let i = 0; i < bodies.n; i += 2) {
    const [x, y, z] = random.direction3();
    for (let k = i; k < i + 2; k++) {
      bodies.mass[k] = 1;
      bodies.x[k] = 10 * x + (k - i) * 1e-9;
      bodies.y[k] = 10 * y;
      bodies.z[k] = 10 * z;
    }
  }
  const { worst } = await treeErrors(bodies, UNITS, {});
  assert.ok(worst < 1e-12, `worst ${worst}`);
});

test("massless bodies are pulled and do not pull", async () => {
  const bodies = generate("plummer", { n: 5000, seed: 3 });
  for (let i = 0; i < bodies.n; i++) if (i % 3 !== 0) bodies.mass[i] = 0;
  const { rms } = await treeErrors(bodies, UNITS, {});
  assert.ok(rms < 2e-3, `RMS ${rms}`);
  bodies.mass.fill(0);
  treeForces(kernels, bodies, UNITS).accelerations();
  assert.ok(bodies.ax.every((a) => a === 0));
});

test("bodies that coincide: softened they do not feel each other, unsoftened it shows", () => {
  const bodies = generate("plummer", { n: 1000, seed: 8 });
  for (const column of [bodies.x, bodies.y, bodies.z]) column.fill(column[0]!, 0, 300);
  treeForces(kernels, bodies, { G: 1, softening: 0.01 }).accelerations();
  for (const column of [bodies.ax, bodies.ay, bodies.az]) {
    assert.ok(column.every(Number.isFinite));
    for (let i = 1; i < 300; i++) {
      assert.ok(Math.abs(column[i]! - column[0]!) <= 1e-5 * Math.abs(column[0]!));
    }
  }
  treeForces(kernels, bodies, UNITS).accelerations();
  assert.ok(!Number.isFinite(bodies.ax[0]!) && !Number.isFinite(bodies.ax[299]!));
  assert.ok(Number.isFinite(bodies.ax[300]!));
});

test("units do not matter: metres and kilograms give the same forces", async () => {
  const bodies = generate("plummer", { n: 2000, seed: 8 });
  const metres = 3.0857e16;
  const kilograms = 1.98847e30;
  for (let i = 0; i < bodies.n; i++) {
    bodies.mass[i] = bodies.mass[i]! * kilograms * 1e6;
    for (const column of [bodies.x, bodies.y, bodies.z]) column[i] = column[i]! * metres;
  }
  const { rms } = await treeErrors(bodies, { G: 6.6743e-11, softening: 1e-3 * metres }, {});
  assert.ok(rms < 2e-3, `RMS ${rms}`);
});

test("lengths and masses times powers of two give the very same bits, scaled", () => {
  const bodies = generate("plummer", { n: 3000, seed: 8 });
  const scaled = bodies.clone();
  for (let i = 0; i < bodies.n; i++) {
    scaled.mass[i] = scaled.mass[i]! * 2 ** 40;
    for (const column of [scaled.x, scaled.y, scaled.z]) column[i] = column[i]! * 2 ** -30;
  }
  treeForces(kernels, bodies, { G: 1, softening: 0.25 }).accelerations();
  treeForces(kernels, scaled, { G: 1, softening: 0.25 * 2 ** -30 }).accelerations();
  for (let i = 0; i < bodies.n; i++) assert.equal(scaled.ax[i], bodies.ax[i]! * 2 ** 100);
});

test("a position, mass or softening that is not finite makes every force NaN", () => {
  for (const column of ["x", "y", "z", "mass", "softening"] as const) {
    const bodies = generate("plummer", { n: 100, seed: 1 });
    bodies[column][50] = column === "x" ? Infinity : Number.NaN;
    treeForces(kernels, bodies, UNITS).accelerations();
    assert.ok(bodies.ax.every(Number.isNaN), column);
  }
});

test("a system runs on the tree and keeps its energy", async () => {
  const bodies = generate("plummer", { n: 3000, seed: 4 });
  const units = { G: 1, softening: 0.05 };
  const forces = treeForces(kernels, bodies, units);
  const options = { bodies, units, integrator: "leapfrog", dt: 1 / 64, forces } as const;
  const system = await createSystem({ ...options, energyLimit: 1e-3, checkpointEvery: 16 });
  system.step(32);
  system.close();
});

test("bodies that become fewer are handled", async () => {
  const bodies = generate("plummer", { n: 3000, seed: 4 });
  const forces = treeForces(kernels, bodies, UNITS);
  forces.accelerations();
  bodies.shrink(2001);
  forces.accelerations();
  const { rms } = await treeErrors(bodies, UNITS, {});
  assert.ok(rms < 2e-3, `RMS ${rms}`);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { generate } from "../../src/initial/presets.ts";
import { loadKernels } from "../../src/kernels/load.ts";
import { openingFor } from "../../src/tree/accuracy.ts";
import { treeForces } from "../../src/tree/tree-forces.ts";
import { randomCloud } from "../systems.ts";
import { treeErrors } from "./errors.ts";

for (const theta of [0.3, 0.5, 0.7, 1]) {
  test(`theta ${theta}: the RMS error against the direct sum is within the expected error`, async () => {
    const bodies = generate("plummer", { n: 8000, seed: 5 });
    const { rms } = await treeErrors(bodies, { G: 1, softening: 0 }, { theta });
    const { expectedError } = openingFor({ theta });
    assert.ok(rms <= expectedError, `RMS ${rms}, expected ${expectedError}`);
    assert.ok(
      rms > expectedError / 50,
      `RMS ${rms} makes an expected ${expectedError} a poor guess`,
    );
  });
}

for (const errorTarget of [1e-2, 2e-3, 2e-4, 2e-5]) {
  for (const softening of [0, 0.05]) {
    test(`errorTarget ${errorTarget} is met on a Plummer sphere softened by ${softening}`, async () => {
      const bodies = generate("plummer", { n: 12_000, seed: 6 });
      const { rms } = await treeErrors(bodies, { G: 1, softening }, { errorTarget });
      assert.ok(rms <= errorTarget, `RMS ${rms}`);
    });
  }
}

test("the error falls with the fourth power of theta", async () => {
  const errorAt = async (theta: number): Promise<number> => {
    const bodies = generate("plummer", { n: 4000, seed: 5 });
    return (await treeErrors(bodies, { G: 1, softening: 0 }, { theta })).rms;
  };
  const order = Math.log2((await errorAt(0.6)) / (await errorAt(0.3)));
  assert.ok(order > 3.3 && order < 5.5, `order ${order}`);
});

test("30000 bodies of a Plummer sphere: the tree is within 2e-3 of the direct sum", async () => {
  const bodies = generate("plummer", { n: 30_000, seed: 1 });
  const { rms, worst } = await treeErrors(bodies, { G: 1, softening: 0 }, {});
  assert.ok(rms < 1.5e-3, `RMS ${rms}`);
  assert.ok(worst < 0.04, `worst ${worst}`);
});

test("30000 bodies of a Plummer sphere pull as the analytic model does", async () => {
  const bodies = generate("plummer", { n: 30_000, seed: 1 });
  const forces = treeForces(await loadKernels(), bodies, { G: 1, softening: 0 }, {});
  forces.accelerations();
  const scale = (3 * Math.PI) / 16;
  let sum = 0;
  let sum2 = 0;
  let count = 0;
  for (let i = 0; i < bodies.n; i++) {
    const [x, y, z] = [bodies.x[i]!, bodies.y[i]!, bodies.z[i]!];
    const r = Math.hypot(x, y, z);
    if (r < 0.3 || r > 3) continue;
    const inward = -(x * bodies.ax[i]! + y * bodies.ay[i]! + z * bodies.az[i]!) / r;
    const analytic = r / (r * r + scale * scale) ** 1.5;
    sum += inward / analytic - 1;
    sum2 += (inward / analytic - 1) ** 2;
    count++;
  }
  // Neighbours make single forces scatter; their mean must not.
  assert.ok(count > 20_000);
  assert.ok(Math.abs(sum / count) < 0.005, `mean ${sum / count}`);
  assert.ok(Math.sqrt(sum2 / count) < 0.2, `RMS ${Math.sqrt(sum2 / count)}`);
});

for (const kind of ["galaxies", "disk"] as const) {
  test(`${kind}: the tree is within 2e-3 of the direct sum`, async () => {
    const bodies = generate(kind, { n: 10_000, seed: 2 });
    const { rms } = await treeErrors(bodies, { G: 1, softening: 0.02 }, {});
    assert.ok(rms < 2e-3, `RMS ${rms}`);
  });
}

test("softenings of single bodies are honoured, near and far", async () => {
  const bodies = randomCloud(6000, 3, { soft: true });
  for (let i = 0; i < bodies.n; i++) bodies.softening[i] = i % 7 === 0 ? 2 : 0.01;
  const { rms } = await treeErrors(bodies, { G: 3, softening: 0.1 }, { errorTarget: 1e-3 });
  assert.ok(rms < 1e-3, `RMS ${rms}`);
});

test("a softening much larger than the system is honoured", async () => {
  const bodies = generate("plummer", { n: 3000, seed: 2 });
  const { rms } = await treeErrors(bodies, { G: 1, softening: 50 }, { errorTarget: 1e-3 });
  assert.ok(rms < 1e-3, `RMS ${rms}`);
});

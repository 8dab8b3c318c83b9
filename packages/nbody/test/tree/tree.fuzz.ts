import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { Bodies } from "../../src/bodies/bodies.ts";
import { createRandom } from "../../src/initial/random.ts";
import { DEFAULT_ERROR_TARGET } from "../../src/tree/accuracy.ts";
import { treeErrors } from "./errors.ts";

/** Bodies in a few clumps of any size, some on top of each other, some massless. */
function clumps(n: number, seed: number, sizes: readonly number[], softening: number): Bodies {
  const random = createRandom(seed);
  const bodies = Bodies.allocate(n);
  for (let i = 0; i < n; i++) {
    const size = 10 ** sizes[i % sizes.length]!;
    const centre = i % sizes.length;
    bodies.mass[i] = random.uniform() < 0.1 ? 0 : random.uniform();
    bodies.x[i] = size * random.normal() + 3 * centre;
    bodies.y[i] = size * random.normal() - centre;
    bodies.z[i] = size * random.normal();
    bodies.softening[i] = random.uniform() < 0.5 ? 0 : softening * random.uniform();
  }
  return bodies;
}

test("random clumps: the RMS error is within the expected one", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 3000 }),
      fc.nat(1_000_000),
      fc.array(fc.double({ min: -6, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (n, seed, sizes, softening) => {
        const bodies = clumps(n, seed, sizes, softening);
        const { rms } = await treeErrors(bodies, { G: 1, softening: 1e-3 }, {});
        assert.ok(rms <= DEFAULT_ERROR_TARGET, `RMS ${rms}`);
      },
    ),
    { numRuns: 40 },
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { openingFor, type Accuracy } from "../../src/tree/accuracy.ts";
import { distributions, type Distribution } from "./distributions.ts";
import { treeErrors } from "./errors.ts";

async function assertHonest(
  distribution: Distribution,
  n: number,
  seed: number,
  accuracy: Accuracy,
): Promise<void> {
  const { expectedError } = openingFor(accuracy);
  const { rms } = await treeErrors(distribution(n, seed), { G: 1, softening: 0 }, accuracy);
  assert.ok(
    rms <= expectedError,
    `n = ${n}, seed ${seed}, ${JSON.stringify(accuracy)}: RMS ${rms}, expected ${expectedError}`,
  );
}

for (const [name, distribution] of Object.entries(distributions)) {
  test(`the RMS error is within the expected one: ${name}`, async () => {
    for (const errorTarget of [0.05, 2e-3, 2e-4, 2e-5]) {
      for (const [n, seed] of [
        [600, 11],
        [2500, 12],
      ] as const) {
        await assertHonest(distribution, n, seed, { errorTarget });
      }
    }
    await assertHonest(distribution, 1200, 13, { errorTarget: 2e-3 });
    await assertHonest(distribution, 9000, 14, { errorTarget: 2e-3 });
    for (const theta of [0.3, 0.7, 1]) await assertHonest(distribution, 2000, 15, { theta });
  });
}

/** ias15 over 100,000 Jupiter years, 1.2 million years: rounding errors walk, they do not march. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { worstEnergyError, JUPITER_PERIOD } from "./outer-solar-system.ts";

test("the energy error of ias15 grows no faster than the root of the time", async () => {
  const error = await worstEnergyError("ias15", JUPITER_PERIOD, 100_000, { every: 10 });
  // 4e-15 in 1000 years, times √100, and room for an unlucky walk.
  assert.ok(error < 1.2e-13, `${error}`);
});

test("whfast with its corrector stays within 1e-9 for 100,000 Jupiter years", async () => {
  const steps = Math.round(100_000 / 0.0123);
  const error = await worstEnergyError("whfast", 0.0123 * JUPITER_PERIOD, steps, { every: 1000 });
  assert.ok(error < 1e-9, `${error}`);
});

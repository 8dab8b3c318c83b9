import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTimeStep } from "../src/terminal/time-step.ts";

test("parseTimeStep() takes a bare number in the preset's own unit", () => {
  assert.equal(parseTimeStep("0.01", "T"), 0.01);
  assert.equal(parseTimeStep("1e-3", "day"), 1e-3);
});

test("parseTimeStep() converts units where the preset's time unit is a day", () => {
  assert.equal(parseTimeStep("1d", "day"), 1);
  assert.equal(parseTimeStep("6h", "day"), 0.25);
  assert.equal(parseTimeStep("1y", "days"), 365.25);
});

test("parseTimeStep() refuses what is not a positive step, and says what is", () => {
  for (const text of ["", "0", "-1", "fast", "1 fortnight", "NaN", "Infinity", "1w"]) {
    assert.throws(() => parseTimeStep(text, "day"), /--dt must be a number above 0/);
  }
  assert.throws(() => parseTimeStep("1d", "N-body time"), /time unit is "N-body time"/);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  formatAmount,
  MAX_AMOUNT_MINOR,
  parseAmount,
  roundAmount,
} from "../../src/payment/amount.ts";

test("parseAmount() is exact where binary fractions are not", () => {
  assert.equal(parseAmount("0.29"), 29);
  assert.equal(parseAmount("19.9"), 1990);
  assert.equal(parseAmount("1.15"), 115);
  assert.equal(parseAmount("8589934.59"), 858993459);
  assert.equal(parseAmount("1.990e1"), 1990);
  assert.equal(parseAmount("2e3"), 200_000);
  assert.equal(parseAmount("199000E-4"), 1990);
  assert.equal(parseAmount("0.010"), 1);
  assert.equal(parseAmount("100000000000"), MAX_AMOUNT_MINOR);
});

test("parseAmount() says what is wrong", () => {
  const faults = {
    "not a number": ["", "1.", ".5", "01", "+1", "NaN", "1e", "0x1", "1,5", " 1", "1".repeat(41)],
    "not positive": ["0", "-1", "0.00", "-0", "0e5"],
    "more than two decimals": ["0.001", "19.905", "1e-3", "123456789.123"],
    "too large": ["100000000000.01", "1e30", "99999999999999999999"],
  };
  for (const [fault, texts] of Object.entries(faults)) {
    for (const text of texts) assert.equal(parseAmount(text), fault, text);
  }
});

test("formatAmount() and parseAmount() undo each other", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: MAX_AMOUNT_MINOR }), (amountMinor) => {
      assert.equal(parseAmount(formatAmount(amountMinor)), amountMinor);
    }),
  );
  assert.deepEqual([0, 5, 1990, -1990].map(formatAmount), ["0.00", "0.05", "19.90", "-19.90"]);
});

test("roundAmount() rounds half to even, as the processors do", () => {
  const cases = { "0.005": 0, "0.015": 2, "0.025": 2, "0.0251": 3, "19.90": 1990, "-0.015": -2 };
  for (const [text, minor] of Object.entries(cases)) assert.equal(roundAmount(text), minor, text);
  assert.equal(roundAmount("1e60"), undefined);
  assert.equal(roundAmount("a"), undefined);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: MAX_AMOUNT_MINOR }), (amountMinor) => {
      assert.equal(roundAmount(formatAmount(amountMinor)), amountMinor);
    }),
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  decodeId,
  decodePayment,
  encodeId,
  encodePayment,
} from "../../src/ledger/payment-record.ts";
import type { Payment, PaymentState } from "../../src/payment/payment.ts";

const processor = fc.constantFrom(0 as const, 1 as const);
const timeMs = fc.integer({ min: 0, max: 4_000_000_000_000 });
const pin = fc.record({ processor, requestedAtMs: timeMs });
const state: fc.Arbitrary<PaymentState> = fc.oneof(
  fc.constant({ kind: "accepted" as const }),
  pin.chain((where) =>
    fc
      .constantFrom("dispatched" as const, "unknown" as const, "settled" as const)
      .map((kind) => ({ kind, ...where })),
  ),
  fc.record({ kind: fc.constant("rejected" as const), processor, reason: fc.string() }),
  fc.record({
    kind: fc.constant("dead" as const),
    reason: fc.string({ unit: "grapheme" }),
    pinned: fc.option(pin, { nil: undefined }),
  }),
);
const payment: fc.Arbitrary<Payment> = fc.record({
  id: fc.uuid(),
  amountMinor: fc.integer({ min: 1, max: 10_000_000_000_000 }),
  acceptedAtMs: timeMs,
  attempts: fc.integer({ min: 0, max: 65_535 }),
  state,
});

test("a payment's bytes give it back", () => {
  fc.assert(
    fc.property(payment, (one) => {
      assert.equal(decodeId(encodeId(one.id)), one.id);
      const back = decodePayment(encodeId(one.id), encodePayment(one));
      // Records of fast-check have no prototype.
      assert.deepEqual(back, structuredClone(one));
    }),
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RequestError, type RequestErrorCode } from "../../src/client/errors.ts";
import {
  isSafeToRepeat,
  isStale,
  isTransient,
  pauseMs,
  retryAfterMs,
  retryPolicy,
  type FailedAttempt,
} from "../../src/client/retry.ts";

const CODES: readonly RequestErrorCode[] = [
  "TIMEOUT",
  "BUSY",
  "CONNECT",
  "RESET",
  "END",
  "PROTOCOL",
  "LIMIT",
  "SOURCE",
  "ABORTED",
  "CLOSED",
];

const attempts = fc.record({
  code: fc.constantFrom(...CODES),
  delivery: fc.constantFrom("none" as const, "unknown" as const),
  method: fc.constantFrom("GET", "HEAD", "PUT", "DELETE", "POST", "PATCH", "get", "PURGE"),
  replayable: fc.boolean(),
  reused: fc.boolean(),
  status: fc.constantFrom(undefined, 200),
});

test("what may have been carried out is never sent again, unless its method is idempotent", () => {
  fc.assert(
    fc.property(attempts, ({ code, delivery, status, ...rest }) => {
      const error = new RequestError(code, "x", { phase: "head", delivery, status });
      const attempt: FailedAttempt = { error, ...rest };
      const idempotent = ["GET", "HEAD", "PUT", "DELETE"].includes(rest.method);
      const harmless = delivery === "none" || idempotent;
      const safe = harmless && rest.replayable && status === undefined;
      assert.equal(isSafeToRepeat(attempt), safe);
      if (isStale(attempt) || isTransient(attempt)) assert.ok(safe);
      if (isStale(attempt)) assert.ok(rest.reused && ["RESET", "END"].includes(code));
      if (safe && rest.reused && code === "RESET") assert.ok(isStale(attempt));
      if (["PROTOCOL", "LIMIT", "SOURCE", "ABORTED", "CLOSED"].includes(code)) {
        assert.equal(isTransient(attempt) || isStale(attempt), false);
      }
    }),
    { numRuns: 2000 },
  );
  const cancelled: FailedAttempt = {
    error: new Error("cancelled"),
    method: "GET",
    replayable: true,
    reused: true,
  };
  assert.equal(isSafeToRepeat(cancelled), false);
});

test("pauses double up to the longest, with full jitter", () => {
  const policy = retryPolicy({ limit: 10, first: "100ms", most: "1s" });
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 60].map((retried) => pauseMs(policy, retried, 1)),
    [100, 200, 400, 800, 1000, 1000, 1000],
  );
  assert.equal(pauseMs(policy, 3, 0), 0);
  assert.throws(() => retryPolicy({ limit: -1 }), RangeError);
  assert.throws(() => retryPolicy({ limit: 1.5 }), RangeError);
});

test("Retry-After is seconds or a date, and anything else is as if it were absent", () => {
  const nowMs = Date.UTC(2026, 0, 1);
  assert.equal(retryAfterMs("5", nowMs), 5000);
  assert.equal(retryAfterMs("0", nowMs), 0);
  assert.equal(retryAfterMs("Thu, 01 Jan 2026 00:01:00 GMT", nowMs), 60_000);
  assert.equal(retryAfterMs("Wed, 31 Dec 2025 00:00:00 GMT", nowMs), 0);
  for (const value of [undefined, "", "-1", "1.5", "soon", "2026-01-01", "99999999999"]) {
    assert.equal(retryAfterMs(value, nowMs), undefined, String(value));
  }
});

test("an error knows whether the call may be made again, and later doubt is kept", () => {
  const refused = new RequestError("CONNECT", "x", { phase: "connect", delivery: "none" });
  assert.equal(refused.retryable, true);
  const doubted = refused.afterDelivery();
  assert.deepEqual(
    [doubted.delivery, doubted.retryable, doubted.code],
    ["unknown", false, "CONNECT"],
  );
  assert.equal(doubted.cause, refused);
  assert.equal(doubted.afterDelivery(), doubted);
});

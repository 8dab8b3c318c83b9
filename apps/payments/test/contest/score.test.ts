import assert from "node:assert/strict";
import { test } from "node:test";
import { contestScore, percentile } from "../../src/contest/score.ts";

test("percentile() interpolates between ranks", () => {
  assert.equal(percentile([5], 0.99), 5);
  assert.equal(percentile([0, 10], 0.5), 5);
  assert.equal(percentile([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.99), 9.9);
});

test("contestScore() gives the score of the published results", () => {
  // ricassiocosta-node, first of the final: 52,945 and 37,646 payments of 20.05 at fees of 7 and 10 %, p99 2.55 ms.
  const amountsMinor = [52_945 * 2005, 37_646 * 2005] as const;
  const winner = {
    amountsMinor,
    feeRates: [0.07, 0.1] as const,
    p99Ms: 2.55,
    inconsistencies: 0,
    lag: 0,
  };
  const score = contestScore(winner);
  assert.equal(score.bonus, 0.17);
  assert.equal(Math.round(score.scoreMinor / 100), 1_949_876);
  const fined = contestScore({ ...winner, inconsistencies: 1 });
  assert.equal(fined.fine, 0.35);
  assert.equal(fined.scoreMinor, fined.profitMinor * (1 + 0.17 - 0.35));
  assert.equal(contestScore({ ...winner, p99Ms: 12 }).bonus, 0);
  assert.equal(contestScore({ ...winner, p99Ms: 0.25 }).bonus, 0.22);
});

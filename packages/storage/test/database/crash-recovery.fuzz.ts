/** Random histories, the power cut after every change of the disk. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { crashHistoriesOnThread } from "../crash-histories.ts";

const points = 100_000;
const firstSeed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));

test(`nothing acknowledged is lost at ${points} crash points, from seed ${firstSeed}`, async (t) => {
  const totals = await crashHistoriesOnThread({ subject: "maps", firstSeed, points });
  t.diagnostic(JSON.stringify(totals));
  assert.ok(totals.points >= points && totals.continued > 0);
});

/** Two crashes, each of which has torn a group behind the same end. */
const TORN_TWICE = 407_387_254;

test(`a group torn where another was torn before is no damage, seed ${TORN_TWICE}`, async () => {
  const totals = await crashHistoriesOnThread({
    subject: "maps",
    firstSeed: TORN_TWICE,
    points: 1,
  });
  assert.ok(totals.points > 0);
});

const pagePoints = 1_000;

test(`pages too survive ${pagePoints} crash points, from seed ${firstSeed}`, async (t) => {
  const totals = await crashHistoriesOnThread({ subject: "pages", firstSeed, points: pagePoints });
  t.diagnostic(JSON.stringify(totals));
  assert.ok(totals.points >= pagePoints && totals.continued > 0);
});

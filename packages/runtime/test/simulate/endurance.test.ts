import assert from "node:assert/strict";
import { test } from "node:test";
import { explore } from "@hotpath/runtime";
import { Random } from "../../src/simulate/random.ts";
import { endure } from "./endurance.ts";

const SEEDS = 40;

test(`a service lives through 24 simulated hours with faults (seeds 1 to ${SEEDS})`, async () => {
  let faults = 0;
  let settled = 0;
  await explore(
    async (seed) => {
      const books = await endure(new Random(seed), "24h");
      faults += books.faults;
      settled += books.settled;
    },
    { seeds: SEEDS },
  );
  assert.ok(faults > SEEDS && settled > 100 * SEEDS, `${faults} faults, ${settled} settled`);
});

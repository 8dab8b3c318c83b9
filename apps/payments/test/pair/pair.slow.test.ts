import { test } from "node:test";
import { explore } from "@hotpath/runtime";
import { pairHistory } from "./pair-history.ts";

const SEEDS = 5000;

test(`the pair settles what it acknowledged, once (seeds 1 to ${SEEDS})`, async () => {
  await explore(pairHistory, { seeds: SEEDS });
});

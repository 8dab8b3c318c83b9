import { test } from "node:test";
import { explore } from "@hotpath/runtime";
import { history } from "./history.ts";

const SEEDS = 200;

test(`accepted payments are settled once through crashes and losses (seeds 1 to ${SEEDS})`, async () => {
  await explore(history, { seeds: SEEDS });
});

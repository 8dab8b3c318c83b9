/** What is said of a request's delivery, on networks that break (`bad-network.ts`). */
import { test } from "node:test";
import { checkDelivery } from "./bad-network.ts";

const SEEDS = 200;

test(`a request that is said not to have been sent never arrives, and a POST at most once (seeds 1 to ${SEEDS})`, async () => {
  await checkDelivery(SEEDS);
});

/** The same races on Node's own clock and event loop, where the host decides the interleaving. */
import { test } from "node:test";
import { run } from "@hotpath/runtime";
import { channelRaces } from "./channel-races.ts";
import { lockRaces } from "./lock-races.ts";
import { clean } from "./race.ts";
import { taskRaces } from "./task-races.ts";

const SEEDS = 8;

for (const race of [...channelRaces, ...lockRaces, ...taskRaces]) {
  test(`${race.name} (seeds 1 to ${SEEDS})`, async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      await run(() => clean(race, seed), { name: `seed ${seed}`, leakCheck: true });
    }
  });
}

/** Every race under SEEDS schedules of the simulated runtime. HOTPATH_SEED moves the first seed. */
import { test } from "node:test";
import { explore } from "@hotpath/runtime";
import { channelRaces } from "./channel-races.ts";
import { lockRaces } from "./lock-races.ts";
import { clean } from "./race.ts";
import { taskRaces } from "./task-races.ts";

const SEEDS = 2000;
const firstSeed = Number(process.env["HOTPATH_SEED"] ?? 1);

for (const race of [...channelRaces, ...lockRaces, ...taskRaces]) {
  test(`${race.name} (seeds ${firstSeed} to ${firstSeed + SEEDS - 1})`, () =>
    explore((seed) => clean(race, seed), { seeds: SEEDS, firstSeed }));
}

import { test } from "node:test";
import { explore } from "@hotpath/runtime";
import { Random } from "../../src/simulate/random.ts";
import { endure } from "./endurance.ts";

const SEEDS = 1000;
const firstSeed = Number(process.env["HOTPATH_SEED"] ?? 1);

test(`24 simulated hours with faults under ${SEEDS} seeds from ${firstSeed}`, () =>
  explore((seed) => endure(new Random(seed), "24h"), { seeds: SEEDS, firstSeed }));

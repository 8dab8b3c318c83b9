import { test } from "node:test";
import { compare, Dice, mutant } from "./differential.ts";

const CASES = 2_000_000;
const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 32));

test(`${CASES} mutated requests mean the same to llhttp, seed ${seed}`, () => {
  const dice = new Dice(seed);
  const counts = { "both accept": 0, "both refuse": 0, stricter: 0 };
  for (let index = 0; index < CASES; index++) counts[compare(mutant(dice))]++;
  console.log(`seed ${seed}:`, counts);
});

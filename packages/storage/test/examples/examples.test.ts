/** The examples, as their user runs them. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

const EXAMPLES: Readonly<Record<string, RegExp>> = {
  "01-bids-of-the-last-30-seconds.ts":
    /^15000 bids in the last 30 s, the highest at 0\.100499\nmean price 0\.100250\n$/,
  "02-sensor-history.ts":
    /hour 0: 61 readings.*at most 40\.00\n(.*\n)+sensor\/1\/place = roof\nsensor\/1\/unit = °C\n$/,
  "03-readers-on-four-threads.ts":
    /^each of 4 threads has seen 100000, 100000, 100000, 100000 at the end\n$/,
};

for (const [name, output] of Object.entries(EXAMPLES)) {
  test(`examples/${name} runs`, () => {
    const path = new URL(`../../examples/${name}`, import.meta.url).pathname;
    const { status, stdout, stderr } = spawnSync(process.execPath, [path], {
      encoding: "utf8",
      timeout: 60_000,
    });
    assert.equal(status, 0, stderr);
    assert.match(stdout, output);
  });
}

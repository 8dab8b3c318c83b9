/** The examples run as a reader would run them, and say what they should. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { Event, simulate, sleep, spawn } from "@hotpath/runtime";
import { longestCollatz } from "../../examples/01-pipeline.ts";
import { serve } from "../../examples/02-graceful-shutdown.ts";
import { hedged } from "../../examples/03-first-answer-wins.ts";

const FOLDER = join(import.meta.dirname, "../../examples");

for (const [file, expected] of [
  ["01-pipeline.ts", /starts at 871: 178 steps/],
  ["02-graceful-shutdown.ts", /took \d+ jobs, finished \d+, handed back 0/],
  ["03-first-answer-wins.ts", /answered by replica 1/],
  ["04-testing-with-a-seed.ts", /fetched once in each\ncareless: Seed \d+ fails; replay with/],
] as const) {
  test(`example ${file} runs`, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(FOLDER, file)]);
    assert.match(stdout, expected);
  });
}

test("the pipeline has the same answer under any schedule", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { n } = await simulate(() => longestCollatz(60, 3), { seed });
    assert.equal(n, 54);
  }
});

test("graceful shutdown accounts for every job, whether the grace is enough or not", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    for (const grace of [10_000, 3]) {
      await simulate(
        async () => {
          const stop = new Event();
          spawn(async () => {
            await sleep("200ms");
            stop.set();
          });
          const report = await serve(stop, "40ms", grace);
          assert.equal(report.taken, report.finished + report.handedBack);
          assert.equal(report.handedBack > 0, grace === 3, JSON.stringify(report));
        },
        { seed },
      );
    }
  }
});

test("a hedged request cancels the slower replica", () =>
  simulate(async () => {
    const ended: string[] = [];
    const ask = async (replica: number): Promise<number> => {
      try {
        await sleep(replica === 0 ? "1h" : "5ms");
        return replica;
      } finally {
        ended.push(`replica ${replica}`);
      }
    };
    assert.equal(await hedged(ask, 10), 1);
    assert.deepEqual(ended, ["replica 1", "replica 0"]);
  }));

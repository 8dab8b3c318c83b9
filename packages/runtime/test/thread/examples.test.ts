/** The examples with threads run, and print what they say. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const execFileAsync = promisify(execFile);

const EXPECTED = {
  "20-parallel.ts": /^78498 primes below a million/,
  "21-thread-pipeline.ts": /^bolt: 20000\nnut: 25000\n$/,
  "22-fork-join.ts": /^512\.000 of 512\.000 left after 1000 steps\n$/,
};

for (const [file, expected] of Object.entries(EXPECTED)) {
  test(`examples/${file} runs`, async () => {
    const path = join(import.meta.dirname, "../../examples", file);
    const { stdout } = await execFileAsync(process.execPath, [path], { timeout: 60_000 });
    assert.match(stdout, expected);
  });
}

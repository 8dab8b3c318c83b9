/** Point reads and scans make nothing that has to be collected: counted in a process of its own. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

const READS = 10_000_000;

test(`${READS} point reads and scanned rows collect nothing and grow the heap by nothing`, () => {
  const script = fileURLToPath(new URL("no-garbage-reads.ts", import.meta.url));
  const output = execFileSync(process.execPath, ["--expose-gc", script, String(READS)], {
    encoding: "utf8",
  });
  const { reads, collections, grownBytes } = JSON.parse(output) as Record<string, number>;
  assert.equal(reads, READS);
  assert.equal(collections, 0);
  // What asking for the size of the heap makes.
  assert(grownBytes! < 65_536, `${grownBytes} bytes`);
});

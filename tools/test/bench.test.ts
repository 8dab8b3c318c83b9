/** Every benchmark runs at its smoke size, so that none can rot. */
import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { basename, resolve } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { MissingRival, type BenchCase } from "../bench/harness.ts";

for (const file of globSync("{packages,apps}/*/bench/*.bench.ts").sort()) {
  const name = basename(file, ".bench.ts");
  test(`bench ${name} runs at smoke size`, { timeout: 120_000 }, async (t) => {
    const { default: bench } = (await import(pathToFileURL(resolve(file)).href)) as {
      default: BenchCase;
    };
    assert.equal(bench.name, name);
    let results;
    try {
      results = await bench.run({ size: "smoke", progress: () => {} });
    } catch (error) {
      // npm rivals live under bench/ and are installed only to measure: only CI insists on them.
      if (!(error instanceof MissingRival) || process.env["HOTPATH_REQUIRE"] === "all") throw error;
      t.skip(error.message);
      return;
    }
    assert.ok(results.length > 0, "a benchmark gives at least one result");
    for (const result of results) {
      assert.ok(
        Number.isFinite(result.value) && result.value > 0,
        `${result.subject}: ${result.value}`,
      );
    }
  });
}

/** Every benchmark of this package runs at its smoke size, so that none can rot. */
import assert from "node:assert/strict";
import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import type { BenchCase } from "../../../../tools/bench/harness.ts";

const FOLDER = join(import.meta.dirname, "../../bench");
const rivals = existsSync(join(import.meta.dirname, "../../../../bench/node_modules/effect"));
const required = process.env["HOTPATH_REQUIRE"] === "all";

for (const file of globSync("*.bench.ts", { cwd: FOLDER }).sort()) {
  const skip = rivals || required ? false : "the rivals are not installed: npm ci --prefix bench";
  test(`benchmark ${file} runs`, { skip }, async () => {
    const module = (await import(pathToFileURL(join(FOLDER, file)).href)) as { default: BenchCase };
    const results = await module.default.run({ size: "smoke", progress: () => {} });
    assert.ok(results.length > 0);
    for (const result of results) assert.ok(Number.isFinite(result.value));
  });
}

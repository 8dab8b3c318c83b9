/**
 * Runs the test suite with node's own runner.
 *
 *   node tools/test.ts [--slow] [PATH ...]
 *
 * Kinds are told apart by suffix: `.test.ts` and `.fuzz.ts` are fast and hermetic; `.slow.test.ts`
 * and `.slow.fuzz.ts` run only with --slow. PATH keeps the files whose path contains it.
 * Exits with the runner's code; the runner's summary is the last thing printed.
 */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  options: { slow: { type: "boolean", default: false } },
  allowPositionals: true,
});

const files = globSync("{packages,apps}/*/test/**/*.{test,fuzz}.ts", {
  exclude: ["**/node_modules/**"],
})
  .concat(globSync("tools/test/**/*.test.ts"))
  .filter((file) => /\.slow\.(test|fuzz)\.ts$/.test(file) === values.slow)
  .filter((file) => positionals.length === 0 || positionals.some((part) => file.includes(part)))
  .sort();

if (files.length === 0) {
  console.error(
    "no test file matches; kinds are .test.ts, .fuzz.ts and, with --slow, .slow.test.ts",
  );
  process.exit(1);
}

const result = spawnSync(
  process.execPath,
  ["--test", `--test-concurrency=${availableParallelism()}`, "--test-reporter=spec", ...files],
  { stdio: "inherit" },
);
process.exit(result.status ?? 1);

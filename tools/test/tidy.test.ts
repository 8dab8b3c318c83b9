import assert from "node:assert/strict";
import { test } from "node:test";
import { arrows, importsOf } from "../tidy/arrows.ts";
import { deadPaths } from "../tidy/dead-paths.ts";
import { forbiddenText } from "../tidy/forbidden-text.ts";
import { names } from "../tidy/names.ts";
import { sizes } from "../tidy/sizes.ts";

const file = (path: string, text = ""): { path: string; text: string } => ({ path, text });

test("arrows() refuses an import against the architecture", () => {
  const back = file("packages/tables/src/x.ts", 'import { run } from "@hotpath/runtime";\n');
  assert.match(arrows([back]).join("\n"), /packages\/tables may not import @hotpath\/runtime/);
});

test("arrows() refuses an import that the package does not declare", () => {
  const stray = file("apps/gravity/src/x.ts", 'import fastify from "fastify";\n');
  assert.match(
    arrows([stray]).join("\n"),
    /imports fastify, which apps\/gravity\/package\.json does not declare/,
  );
});

test("arrows() refuses a relative path out of the package, and lets tests reach tools", () => {
  const out = file("packages/tables/src/x.ts", 'import { a } from "../../nbody/src/index.ts";\n');
  assert.equal(arrows([out]).length, 1);
  const bench = file(
    "packages/tables/bench/x.bench.ts",
    'import { a } from "../../../tools/bench/harness.ts";\n',
  );
  assert.deepEqual(arrows([bench]), []);
});

test("importsOf() sees static, side-effect, re-exported and dynamic imports, not comments", () => {
  const text = [
    'import { a,\n  b } from "one";',
    'import "two";',
    'export { c } from "three";',
    'const d = await import("four");',
    '/* import "five"; */',
  ].join("\n");
  assert.deepEqual(importsOf(text), ["one", "two", "three", "four"]);
});

test("names() refuses names that say nothing and names that are not kebab-case", () => {
  const bad = ["packages/runtime/src/utils/x.ts", "apps/gravity/src/types.ts", "tools/myTool.ts"];
  assert.equal(names(bad.map((path) => file(path))).length, 3);
  assert.deepEqual(names([file("packages/runtime/src/task/spawn.ts")]), []);
});

test("deadPaths() finds links and code that name nothing, outside code blocks", () => {
  const page = file(
    "docs/x.md",
    "[gone](./no-such.md) `tools/no-such.ts` `tools/tidy.ts`\n```\n`apps/none`\n```\n",
  );
  assert.equal(deadPaths([page]).length, 2);
});

test("forbiddenText() finds focused tests and addresses in the lockfile", () => {
  const focused = file(
    "packages/runtime/test/x.test.ts",
    ["test", 'only("x", () => {});'].join("."),
  );
  const lock = file("package-lock.json", '"resolved": "https://example.org/x.tgz"');
  assert.equal(forbiddenText([focused, lock]).length, 2);
});

test("sizes() refuses a source file over the limit", () => {
  const long = file("packages/runtime/src/long.ts", "x\n".repeat(401));
  assert.match(sizes([long], false).join(), /401 lines, 400 allowed/);
  assert.deepEqual(sizes([file("packages/runtime/src/fits.ts", "x\n".repeat(400))], false), []);
});

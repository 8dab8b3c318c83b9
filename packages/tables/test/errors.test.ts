/** The README's table of errors, the type and the tests are one set. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { TablesError } from "@hotpath/tables";

const ROOT = join(import.meta.dirname, "..");
const source = readFileSync(join(ROOT, "src/errors.ts"), "utf8");
const union = /export type TablesErrorCode =([^;]+);/.exec(source)?.[1] ?? "";
const codes = [...union.matchAll(/"([A-Z_]+)"/g)].map((match) => match[1]!).sort();

test("README.md explains every code, and no other", () => {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const explained = [...readme.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]!).sort();
  assert.deepEqual(explained, codes);
});

test("every code is thrown somewhere, and some test expects it", () => {
  const textOf = (pattern: string, except: string): string =>
    globSync(pattern, { cwd: ROOT })
      .filter((file) => !file.endsWith(except))
      .map((file) => readFileSync(join(ROOT, file), "utf8"))
      .join("\n");
  const sources = textOf("src/**/*.ts", "src/errors.ts");
  const tests = textOf("test/**/*.ts", "test/errors.test.ts");
  assert.deepEqual(
    codes.filter((code) => !sources.includes(`"${code}"`)),
    [],
  );
  assert.deepEqual(
    codes.filter((code) => !tests.includes(`"${code}"`) && !tests.includes(code)),
    [],
  );
});

test("only failures that changed nothing are retryable", () => {
  const retryable = codes.filter((code) => new TablesError(code as never, "x").retryable);
  assert.deepEqual(retryable, [
    "CONNECTION_LOST",
    "DATABASE_UNREACHABLE",
    "POOL_TIMEOUT",
    "SERIALIZATION_FAILURE",
  ]);
});

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { globSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";

const FOLDER = join(import.meta.dirname, "../examples");

const OUTPUT: Readonly<Record<string, readonly string[]>> = {
  "01-join-and-transaction.ts": [
    "applied from migrations: 0001_start.sql",
    "drift: 0",
    "join: 3 bodies weigh 7",
    "columns: 3 masses, 1 2 4",
  ],
};

for (const file of globSync("*.ts", { cwd: FOLDER }).sort()) {
  test(`example ${basename(file)} prints what it promises`, () => {
    const { DATABASE_URL: _, ...env } = process.env;
    const output = execFileSync(process.execPath, [join(FOLDER, file)], { encoding: "utf8", env });
    assert.deepEqual(output.trim().split("\n"), OUTPUT[file]);
  });
}

/**
 * How much work the type checker has with a schema: tsc's own count of type instantiations for
 * test/sql/statements.types.ts, test/database/database.types.ts and a table of 40 columns, less what
 * importing the package costs. A change that makes editors slow fails here, not at a user's desk.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const ROOT = join(import.meta.dirname, "../../..");
const TSC = join(ROOT, "node_modules/typescript/bin/tsc");

/** Measured with TypeScript 7.0.2 when the limits were set; each has about 15 % of room. */
const LIMITS = { wide: 63_000, pinned: 31_000 } as const;

function instantiations(files: Readonly<Record<string, string>>): number {
  const folder = mkdtempSync(join(import.meta.dirname, ".type-budget-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const config = { extends: join(ROOT, "tsconfig.json"), include: ["*.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const args = [TSC, "-p", folder, "--extendedDiagnostics"];
    const result = spawnSync(process.execPath, args, { encoding: "utf8" });
    assert.equal(result.status, 0, result.stdout + result.stderr);
    return Number(/Instantiations:\s+(\d+)/.exec(result.stdout)?.[1]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const IMPORT = `import { bigint, copyInSql, copyOut, connect, database, float8, insertSql, table, upsertSql } from "@hotpath/tables";
export const used = [bigint, copyInSql, copyOut, connect, database, float8, insertSql, table, upsertSql];`;

test("a table of 40 columns stays within the budget", () => {
  const columns = Array.from({ length: 40 }, (_, k) => `column_${k}: float8(),`).join(" ");
  const wide = `${IMPORT}
    const wide = table("wide", { id: bigint().identity(), ${columns} });
    export const insert = insertSql(wide).length + upsertSql(wide).length + copyInSql(wide).length;
    export const read = async () => (await copyOut(await connect(), wide)).columns.column_7;
    export const db = async () => await database(await connect(), { wide }).selectFrom("wide").select("column_9").execute();`;
  const count = instantiations({ "wide.ts": wide }) - instantiations({ "import.ts": IMPORT });
  console.log(`instantiations for 40 columns: ${count}`);
  assert.ok(count <= LIMITS.wide, `${count} instantiations, ${LIMITS.wide} allowed`);
});

test("the pinned types stay within the budget", () => {
  const pinned = `${IMPORT}
    import "../sql/statements.types.ts";
    import "../database/database.types.ts";`;
  const count = instantiations({ "pinned.ts": pinned }) - instantiations({ "import.ts": IMPORT });
  console.log(`instantiations for the pinned types: ${count}`);
  assert.ok(count <= LIMITS.pinned, `${count} instantiations, ${LIMITS.pinned} allowed`);
});

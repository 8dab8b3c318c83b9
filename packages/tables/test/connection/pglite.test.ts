import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connect } from "@hotpath/tables";
import { copyConformance } from "../copy/conformance.ts";
import { migrationConformance } from "../migrations/conformance.ts";
import { conformance } from "./conformance.ts";

conformance("pglite", () => connect());
copyConformance("pglite", () => connect());
migrationConformance("pglite", () => connect());

test("a database in memory extends its files by writing, one in a directory keeps PostgreSQL's way", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hotpath-pglite-"));
  const settings = async (dataDir?: string): Promise<unknown[]> => {
    await using connection = await connect({ dataDir });
    const rows = await connection.query(
      "SELECT setting FROM pg_settings WHERE name IN ('file_extend_method', 'full_page_writes') ORDER BY name",
    );
    return rows.map((row) => row["setting"]);
  };
  try {
    assert.deepEqual(await settings(), ["write_zeros", "off"]);
    assert.deepEqual(await settings(join(folder, "data")), ["posix_fallocate", "on"]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a data directory keeps its rows, and is opened by one process at a time", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hotpath-pglite-"));
  const dataDir = join(folder, "data", "postgres");
  try {
    const first = await connect({ dataDir });
    await first.query("CREATE TABLE kept (a integer)");
    await first.query("INSERT INTO kept VALUES (42)");
    await assert.rejects(connect({ dataDir }), { code: "DATA_DIRECTORY_LOCKED" });
    const script = `import { connect } from "@hotpath/tables";
      await connect({ dataDir: ${JSON.stringify(dataDir)} }).catch((error) => console.log(error.code));`;
    const other = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      cwd: import.meta.dirname,
      encoding: "utf8",
    });
    assert.equal(other.stdout.trim(), "DATA_DIRECTORY_LOCKED", other.stderr);
    await first.close();
    await using second = await connect({ dataDir });
    assert.deepEqual([...(await second.query("SELECT a FROM kept"))], [{ a: 42 }]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** `hotpath store` as its user runs it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, mock, test } from "node:test";
import { open, ordered } from "@hotpath/storage";
import { main } from "../src/main.ts";

const HOTPATH = new URL("../bin/hotpath.js", import.meta.url).pathname;

describe("hotpath store", () => {
  let base: string;
  before(async () => {
    base = mkdtempSync(join(tmpdir(), "hotpath-store-"));
    const notes = ordered("notes");
    await using db = await open(join(base, "db"), { tables: [notes] });
    await db.transaction((tx) => {
      for (let k = 0; k < 1000; k++) tx.table(notes).put(`key ${k}`, `value ${k}`);
    });
  });
  after(() => rmSync(base, { recursive: true, force: true }));

  /** In this process: each start of the program costs a second on a busy machine. */
  async function hotpath(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const out = mock.method(console, "log", () => {});
    const err = mock.method(console, "error", () => {});
    const write = mock.method(process.stdout, "write", () => true);
    const said = (calls: readonly { readonly arguments: readonly unknown[] }[]): string =>
      calls.map((call) => String(call.arguments[0])).join("\n");
    const before = process.exitCode;
    try {
      await main([
        "store",
        ...args.map((arg) => (arg.startsWith("@") ? join(base, arg.slice(1)) : arg)),
      ]);
      const lines = write.mock.calls.filter((call) => String(call.arguments[0]).startsWith("{"));
      return {
        code: Number(process.exitCode),
        out: said(out.mock.calls) + said(lines as never),
        err: said(err.mock.calls),
      };
    } finally {
      process.exitCode = before;
      for (const mocked of [out, err, write]) mocked.mock.restore();
    }
  }

  test("runs as a program", () => {
    const { status, stdout } = spawnSync(process.execPath, [HOTPATH, "store", "stat", "db"], {
      cwd: base,
      encoding: "utf8",
    });
    assert.equal(status, 0);
    assert.match(stdout, /table notes \(ordered\): 1000 entries/);
  });

  test("check, verify and stat say what is there", async () => {
    const checked = await hotpath("check", "@db");
    assert.equal(checked.code, 0, checked.err);
    assert.match(checked.out, /table notes \(ordered\): 1000 entries\n\d+ pages, all well/);
    assert.match((await hotpath("verify", "@db")).out, /all as written/);
    const stat = JSON.parse((await hotpath("stat", "@db", "--json")).out) as {
      tables: { entries: number }[];
    };
    assert.equal(stat.tables[0]?.entries, 1000);
    assert.match((await hotpath("stat", "@db")).out, /table notes \(ordered\): 1000 entries/);
  });

  test("dump writes lines, backup and salvage new databases", async () => {
    const lines = (await hotpath("dump", "@db", "--table", "notes", "--limit", "2")).out
      .trim()
      .split(/\n+/);
    assert.deepEqual(lines, [
      '{"table":"notes","key":"key 0","value":"value 0"}',
      '{"table":"notes","key":"key 1","value":"value 1"}',
    ]);
    assert.match(
      (await hotpath("backup", "@db", "--into", "@copy")).out,
      /^1000 rows as of commit \d+ are in .*copy/,
    );
    assert.match((await hotpath("check", "@copy")).out, /1000 entries/);
    assert.match((await hotpath("salvage", "@db", "--into", "@saved")).out, /nothing was damaged/);
  });

  test("what is wrong is said in one line", async () => {
    assert.deepEqual((await hotpath("check", "@nowhere")).code, 1);
    assert.match(
      (await hotpath("check", "@nowhere")).err,
      /^hotpath store check: There is no database in .*\(FORMAT\)$/,
    );
    assert.equal((await hotpath("backup", "@db")).code, 2);
    assert.match((await hotpath("backup", "@db")).err, /--into NEW/);
    assert.equal((await hotpath("burn", "@db")).code, 2);
    assert.match((await hotpath("backup", "@db", "--into", "@db")).err, /not empty/);
    assert.equal((await hotpath("dump", "@db", "--table", "nothing")).code, 1);
  });
});

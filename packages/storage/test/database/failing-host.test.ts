/**
 * The host's calls fail, one after another, in a scripted run: strace makes the nth fdatasync or write of the
 * process answer EIO or ENOSPC, until a run meets none. What Linux does after a failed fdatasync is that the
 * next one succeeds; an engine that tries again loses data.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findProgram, skipWithout } from "../../../../tools/external-program.ts";
import { checkLedger } from "../ledger.ts";

const strace = findProgram("strace");
const skip = skipWithout("strace", strace);
const base = mkdtempSync(join(tmpdir(), "storage-failing-"));
after(() => rmSync(base, { recursive: true }));
const writer = fileURLToPath(new URL("../ledger-writer.ts", import.meta.url));
const TRANSACTIONS = 12;
const MOST_CALLS = 100;

/** Whether the call was met: then everything that follows was judged. */
async function failsAt(call: string, error: string, nth: number): Promise<boolean> {
  const folder = join(base, `${call}-${error}-${nth}`);
  const inject = `inject=${call}:error=${error}:when=${nth}`;
  // One thread in the pool, because strace counts the calls of each thread.
  const { stdout } = await promisify(execFile)(
    strace!,
    [
      "-f",
      "--seccomp-bpf",
      "-qq",
      "-o",
      `${folder}.trace`,
      "-e",
      `trace=${call}`,
      "-e",
      inject,
      process.execPath,
      writer,
      folder,
      String(TRANSACTIONS),
      "2",
      "2",
    ],
    {
      env: { ...process.env, UV_THREADPOOL_SIZE: "1", NODE_COMPILE_CACHE: join(base, "compiled") },
    },
  );
  const lines = stdout.trim().split("\n");
  const commits = lines.filter((line) => /^\d+$/.test(line)).map(Number);
  const acknowledged = Math.max(0, ...commits);
  await checkLedger(folder, acknowledged);
  const injected = readFileSync(`${folder}.trace`, "utf8").includes("INJECTED");
  const failure = lines.find((line) => /^(failed|stopped)/.test(line));
  if (failure === undefined) {
    assert.equal(commits.length, TRANSACTIONS);
    // A segment that could not be made ahead of time is nobody's failure: it is made when it is needed.
    assert.ok(!injected || error === "ENOSPC", `nobody was told of ${call} ${nth}: ${stdout}`);
    return injected;
  }
  assert.ok(injected, stdout);
  const expected =
    error === "ENOSPC"
      ? /^(failed|stopped) (POISONED|NO_SPACE)$/
      : /^(failed|stopped) (POISONED|IO)$/;
  assert.match(failure, expected, `${call} ${nth}: ${stdout}`);
  if (failure === "failed POISONED") {
    assert.ok(lines.includes("then POISONED"), stdout);
    const readable = Number(lines.find((line) => line.startsWith("readable"))!.split(" ")[1]);
    assert.ok(readable >= acknowledged, stdout);
  }
  return true;
}

for (const [call, error] of [
  ["fdatasync", "EIO"],
  ["fsync", "EIO"],
  ["pwrite64", "EIO"],
  ["pwrite64", "ENOSPC"],
] as const) {
  test(`no ${call} that fails with ${error} loses what was acknowledged`, { skip }, async (t) => {
    let nth = 1;
    while (nth < MOST_CALLS && (await failsAt(call, error, nth))) nth++;
    t.diagnostic(`${nth - 1} calls`);
    assert.ok(nth > 5 && nth < MOST_CALLS, `${nth} calls`);
  });
}

/** A process that writes is killed at a random moment, again and again, on the same folder. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chooser } from "../crash-history.ts";
import { checkLedger } from "../ledger.ts";

const KILLS = process.env["HOTPATH_REQUIRE"] === "all" ? 200 : 30;
/** As many folders at once: a process that starts has little to do with the disk. */
const LANES = 2;
const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));

const base = mkdtempSync(join(tmpdir(), "storage-killed-"));
after(() => rmSync(base, { recursive: true }));
const writer = fileURLToPath(new URL("../ledger-writer.ts", import.meta.url));

/** Answers the last commit that the process has said to be durable. */
function writeAndKill(folder: string, killAfter: number, inFlight: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [writer, folder, "1000000", String(inFlight)], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, NODE_COMPILE_CACHE: join(base, "compiled") },
    });
    let said = "";
    let heard = 0;
    child.stdout.on("data", (data: Buffer) => {
      said += data.toString();
      heard += data.length;
      // Some bytes into what it says: at any moment of any group, segment or checkpoint.
      if (heard > killAfter) child.kill("SIGKILL");
    });
    child.on("error", reject);
    child.on("close", (_code, signal) => {
      const whole = said.slice(0, said.lastIndexOf("\n"));
      const commits = whole.split("\n").slice(1).map(Number);
      if (signal !== "SIGKILL")
        reject(new Error(`The writer ended by itself: ${said.slice(-200)}`));
      else resolve(Math.max(0, ...commits));
    });
  });
}

test(`nothing acknowledged is lost by ${KILLS} kills, seed ${seed}`, async (t) => {
  const choose = chooser(seed);
  let left = KILLS;
  let commits = 0;
  const lane = async (name: string): Promise<void> => {
    const folder = join(base, name);
    for (; left > 0; left--) {
      const acknowledged = await writeAndKill(
        folder,
        choose(choose(2) === 0 ? 100 : 8000),
        1 + choose(32),
      );
      const found = await checkLedger(folder, acknowledged);
      commits = Math.max(commits, found);
    }
  };
  await Promise.all(Array.from({ length: LANES }, (_, k) => lane(`lane-${k}`)));
  t.diagnostic(`${commits} commits in the longer folder`);
  assert.ok(commits > KILLS);
});

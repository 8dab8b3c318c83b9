/** The suite that abstract-level ships for its implementations, once on a database and once on a sublevel of one. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { StorageLevel, type StorageLevelOptions } from "@hotpath/storage/level";
import { tapeTest } from "./tape-test.ts";

interface SuiteOptions {
  readonly test: typeof tapeTest;
  readonly factory: (options?: StorageLevelOptions<string, string>) => StorageLevel;
}

const suite = createRequire(import.meta.url)("abstract-level/test") as (
  options: SuiteOptions,
) => void;
// Nearly a thousand databases are opened: in memory where the host has such a file system.
const base = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "hotpath-level-"));
after(() => rmSync(base, { recursive: true, force: true }));

/** With the smallest pool: a shared memory costs the host something, used or not. */
class SmallLevel extends StorageLevel {
  override _open(options: Parameters<StorageLevel["_open"]>[0]): Promise<void> {
    return super._open({ ...options, poolBytes: 4 << 20 });
  }
}

let databases = 0;
suite({
  test: tapeTest,
  factory: (options) => new SmallLevel(join(base, String(databases++)), options),
});

test("everything that the suite can test is declared", () => {
  const { supports } = new StorageLevel(join(base, "supports"));
  const features = [
    "implicitSnapshots",
    "explicitSnapshots",
    "has",
    "getSync",
    "seek",
    "permanence",
    "createIfMissing",
    "errorIfExists",
    "deferredOpen",
  ] as const;
  for (const feature of features)
    assert.equal((supports as unknown as Record<string, unknown>)[feature], true, feature);
  assert.deepEqual(
    [supports.encodings?.["buffer"], supports.encodings?.["view"], supports.encodings?.["utf8"]],
    [true, true, true],
  );
  assert(databases > 900, "the suite has opened its databases");
});

test("a long read with a signal ends when it is aborted, and goes through when it is not", async () => {
  await using db = new SmallLevel(join(base, "signals"));
  await db.batch(
    Array.from({ length: 5000 }, (_, k) => ({ type: "put", key: String(k), value: "x" }) as const),
  );
  const controller = new AbortController();
  assert.equal((await db.keys({ signal: controller.signal }).all()).length, 5000);
  const reading = db.iterator({ signal: controller.signal }).all();
  setImmediate(() => controller.abort());
  await assert.rejects(reading, { code: "LEVEL_ABORTED", name: "AbortError" });
});

test("a clear of a part, in reverse or of what a snapshot showed, takes out just that", async () => {
  await using db = new SmallLevel(join(base, "clear"));
  const fill = (): Promise<void> =>
    db.batch(["a", "b", "c", "d", "e"].map((key) => ({ type: "put", key, value: key }) as const));
  const keys = async (): Promise<string> => (await db.keys().all()).join("");
  await fill();
  await db.clear({ gt: "a", lte: "c" });
  assert.equal(await keys(), "ade");
  await fill();
  await db.clear({ reverse: true, limit: 2 });
  assert.equal(await keys(), "abc");
  const snapshot = db.snapshot();
  await db.put("f", "f");
  await db.clear({ snapshot });
  assert.equal(await keys(), "f");
  await snapshot.close();
});

test("a folder that is open cannot be opened again", async () => {
  await using db = new SmallLevel(join(base, "locked"));
  await db.open();
  const other = new SmallLevel(join(base, "locked"));
  await assert.rejects(other.open(), (error: Error) => {
    return (error.cause as { code?: string }).code === "LEVEL_LOCKED";
  });
});

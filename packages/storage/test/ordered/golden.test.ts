/**
 * Databases that were written by each version of the format, byte for byte: what can be read once can be read for ever.
 * HOTPATH_GOLDEN=write writes the present version's anew; a difference then shows as a changed file.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { open, ordered, StorageError } from "@hotpath/storage";
import { checkDatabase, StoredDatabase } from "@hotpath/storage/operations";
import { FaultyDisk } from "../../src/disk/faulty-disk.ts";

const rows = ordered("rows");
const golden = join(import.meta.dirname, "golden");
const settings = { tables: [rows], poolBytes: 4 << 20, firstSegmentBytes: 65_536 } as const;

function expected(): Map<string, string> {
  const found = new Map<string, string>([
    ["", "the empty key"],
    ["empty value", ""],
  ]);
  for (let k = 0; k < 400; k++)
    if (k % 7 !== 0) found.set(`key ${k}`, `value ${k} `.repeat(k % 50 === 1 ? 900 : 1));
  found.set("k".repeat(1978), "the longest key");
  return found;
}

/** The same commits always make the same page files; the log's salt is drawn at random. */
async function written(): Promise<Record<string, string>> {
  const disk = new FaultyDisk({ seed: 1 });
  const db = await open("simulated", { ...settings, disk });
  await db.transaction((tx) => {
    for (let k = 0; k < 400; k++) tx.table(rows).put(`key ${k}`, "before");
  });
  await db.checkpoint();
  await db.transaction((tx) => {
    for (let k = 0; k < 400; k += 7) tx.table(rows).delete(`key ${k}`);
    for (const [key, value] of expected()) tx.table(rows).put(key, value);
    tx.table(rows).put("l", "cleared");
    tx.table(rows).clear("l", "m");
  });
  await db.close();
  const files: Record<string, string> = {};
  for (const name of await disk.list()) {
    files[name] = Buffer.from(disk.content(name)).toString("base64");
  }
  return files;
}

async function load(file: string): Promise<FaultyDisk> {
  const files = JSON.parse(gunzipSync(readFileSync(file)).toString()) as Record<string, string>;
  const disk = new FaultyDisk({ seed: 1 });
  for (const [name, base64] of Object.entries(files)) {
    const opened = await disk.open(name, { create: true, direct: false });
    await opened.write(Buffer.from(base64, "base64"), 0);
    await opened.sync();
    await opened.close();
  }
  await disk.syncFolder();
  return disk;
}

const present = join(golden, "version-1.json.gz");
if (process.env["HOTPATH_GOLDEN"] === "write") {
  writeFileSync(present, gzipSync(JSON.stringify(await written()), { level: 9 }));
}

test("a database of version 1 is read", async () => {
  const disk = await load(present);
  {
    await using store = await StoredDatabase.open("simulated", { disk });
    assert.deepEqual((await checkDatabase(store)).findings, []);
  }
  await using db = await open("simulated", { ...settings, disk });
  const found = [...db.table(rows).range()].map((pair) =>
    pair.map((bytes) => Buffer.from(bytes).toString()),
  );
  assert.deepEqual(new Map(found as [string, string][]), expected());
});

test("the page files of the present version are what they were, byte for byte", async () => {
  const files = JSON.parse(gunzipSync(readFileSync(present)).toString()) as Record<string, string>;
  const now = await written();
  const pages = (set: Record<string, string>): [string, string][] =>
    Object.entries(set)
      .filter(([name]) => name.endsWith(".pages"))
      .map(([name, base64]) => [name, createHash("sha256").update(base64).digest("hex")]);
  assert.deepEqual(pages(now), pages(files));
});

test("a version that is not known is refused, and nothing is changed", async () => {
  const disk = await load(present);
  const before = Buffer.from(disk.content("manifest"));
  const at = before.indexOf('"version":1,"commit"');
  assert(at > 0);
  const { crc32 } = await import("../../src/page/checksum.ts");
  const changed = Buffer.from(before);
  changed[at + 10] = "2".charCodeAt(0);
  changed.writeUInt32LE(crc32(changed, 16, changed.length, crc32(changed, 0, 12)), 12);
  await disk.replace("manifest", changed);
  await assert.rejects(open("simulated", { ...settings, disk }), (error: unknown) => {
    return error instanceof StorageError && error.code === "FORMAT";
  });
  assert.deepEqual(Buffer.from(disk.content("manifest")), changed);
});

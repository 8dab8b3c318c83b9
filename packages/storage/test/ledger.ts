/** Two tables that every transaction changes alike, so that any commit shows from its number what they hold. */
import assert from "node:assert/strict";
import { open, type OpenOptions } from "@hotpath/storage";
import { mapTable } from "./map-tables.ts";

export const ledger = mapTable("ledger");
export const mirror = mapTable("mirror");
export const KEYS = 50;

/** Small segments and frequent checkpoints, so that few transactions meet all that there is. */
export const ledgerOptions: OpenOptions = {
  tables: [ledger, mirror],
  firstSegmentBytes: 32_768,
  segmentBytes: 65_536,
  checkpointBytes: 100_000,
};

/** Opens what a writer has left, compares, closes. Answers the last commit. */
export async function checkLedger(folder: string, acknowledged: number): Promise<number> {
  await using db = await open(folder, ledgerOptions);
  using snapshot = db.snapshot();
  const { commit } = snapshot;
  assert.ok(
    commit >= acknowledged,
    `${acknowledged} was acknowledged, ${commit} is the last found`,
  );
  const expected: [string, number][] = [];
  for (let number = Math.max(1, commit - KEYS + 1); number <= commit; number++) {
    expected.push([`k${number % KEYS}`, number]);
  }
  expected.sort(([a], [b]) => (a < b ? -1 : 1));
  assert.deepEqual(snapshot.table(ledger).entries(), expected);
  assert.deepEqual(snapshot.table(mirror).entries(), expected);
  return commit;
}

/**
 * What an auction asks of its store: the bids of the last 30 seconds, newest first, while new ones arrive.
 *
 *     node examples/01-bids-of-the-last-30-seconds.ts [FOLDER]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytes16, key, open, series, text, time, u32, u64 } from "@hotpath/storage";

const bid = series("bid", {
  id: key(bytes16),
  at: time("micros"),
  advertiser: u32,
  priceMicros: u64,
  note: text,
});

const SECOND = 1_000_000;

const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), "bids-"));
{
  await using db = await open(folder, { tables: [bid] });

  // Two minutes of bids, 500 a second. The promise of a transaction resolves when the disk has it.
  const start = 1_700_000_000 * SECOND;
  for (let second = 0; second < 120; second++) {
    await db.transaction((tx) => {
      for (let k = 0; k < 500; k++) {
        const id = Buffer.alloc(16);
        id.writeUInt32BE(second, 0);
        id.writeUInt32BE(k, 4);
        const at = start + second * SECOND + k * 2000;
        tx.table(bid).insert({ id, at, advertiser: k % 7, priceMicros: 100_000 + k, note: "" });
      }
    });
  }

  // A cursor makes no objects: `row` has a getter for every column, on the bytes in place.
  using snapshot = db.snapshot();
  using cursor = snapshot.table(bid).cursor();
  const now = start + 120 * SECOND;
  let count = 0;
  let highest = 0;
  cursor.range({ from: now - 30 * SECOND, reverse: true });
  while (cursor.next()) {
    count++;
    highest = Math.max(highest, cursor.row.priceMicros);
  }
  console.log(`${count} bids in the last 30 s, the highest at ${highest / 1e6}`);

  const spent = snapshot.table(bid).aggregate("priceMicros", { from: now - 30 * SECOND });
  console.log(`mean price ${(spent.sum / spent.count / 1e6).toFixed(6)}`);
}
if (process.argv[2] === undefined) rmSync(folder, { recursive: true });

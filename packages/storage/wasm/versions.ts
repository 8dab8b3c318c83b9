/**
 * Rows that ended, and rows that took the place of another: what a snapshot from before needs to know.
 *
 * That a row is dead says one bit of its segment's map for good. Until no snapshot is old enough to see it alive,
 * this hash table has when it ended; and for the row that took its place, which one that was:
 *
 *     row + 1 (page 28 · row 8) · commit · predecessor or 0        24 bytes, linear probing, emptied from time to time
 *
 * The entry stands before the bit is set. While the table is replaced its turn is odd, and readers begin again.
 */
import { SEGMENTS, SEGMENT_BYTES } from "./memory-map";
import { DEAD_BYTES, DEAD_ROWS, VERSIONS, VERSION_COUNT, VERSION_MASK, VERSION_TURN } from "./table-map";

const ENTRY: usize = 24;

// @ts-ignore: decorator
@inline
function mapOf(page: u32): usize {
  return atomic.load<u32>(SEGMENTS + ((page >> 14) as usize) * SEGMENT_BYTES + 4) as usize;
}

// @ts-ignore: decorator
@inline
export function isDead(table: usize, page: u32, row: u32): bool {
  const map = mapOf(page);
  if (map == 0) return false;
  const bytes = map + ((page & 16383) as usize) * (load<u32>(table, DEAD_BYTES) as usize);
  return (load<u8>(bytes + ((row >> 3) as usize)) & (1 << ((row & 7) as u8))) != 0;
}

/** Whether the page's segment has dead rows at all. */
// @ts-ignore: decorator
@inline
export function hasDead(page: u32): bool {
  return mapOf(page) != 0;
}

/** Sets the bit of a row; the segment's map is there. */
export function markDead(table: usize, page: u32, row: u32): void {
  const bytes = mapOf(page) + ((page & 16383) as usize) * (load<u32>(table, DEAD_BYTES) as usize);
  const at = bytes + ((row >> 3) as usize);
  const bit = (1 << ((row & 7) as u8)) as u8;
  if ((load<u8>(at) & bit) != 0) return;
  atomic.store<u8>(at, load<u8>(at) | bit);
  store<u32>(SEGMENTS + ((page >> 14) as usize) * SEGMENT_BYTES, 1, 8);
  store<u32>(table, load<u32>(table, DEAD_ROWS) + 1, DEAD_ROWS);
}

// @ts-ignore: decorator
@inline
function placeOf(locator: u64, mask: u32): u32 {
  return (((locator * 0x9e3779b97f4a7c15) >> 32) as u32) & mask;
}

/** Notes that a row ended with this commit, or began with it in place of `before`. The table has room. */
export function noteVersion(table: usize, locator: u64, commit: i64, before: u64): void {
  const entries = load<u32>(table, VERSIONS) as usize;
  const mask = load<u32>(table, VERSION_MASK);
  let at = placeOf(locator, mask);
  for (;;) {
    const entry = entries + (at as usize) * ENTRY;
    if (load<u64>(entry) == 0) {
      store<i64>(entry, commit, 8);
      store<u64>(entry, before, 16);
      atomic.store<u64>(entry, locator + 1);
      store<u32>(table, load<u32>(table, VERSION_COUNT) + 1, VERSION_COUNT);
      return;
    }
    at = (at + 1) & mask;
  }
}

/** The entries of one row: when it ended, what it took the place of. A row has one of each at most. */
let endedAt: i64 = -1;
let predecessor: u64 = 0;

function read(table: usize, locator: u64): void {
  for (;;) {
    const turn = atomic.load<u32>(table, VERSION_TURN);
    if ((turn & 1) != 0) continue;
    const entries = load<u32>(table, VERSIONS) as usize;
    const mask = load<u32>(table, VERSION_MASK);
    endedAt = -1;
    predecessor = 0;
    if (entries != 0) {
      let at = placeOf(locator, mask);
      for (let steps: u32 = 0; steps <= mask; steps++) {
        const entry = entries + (at as usize) * ENTRY;
        const key = atomic.load<u64>(entry);
        if (key == 0) break;
        if (key == locator + 1) {
          if (load<u64>(entry, 16) != 0) predecessor = load<u64>(entry, 16);
          else endedAt = load<i64>(entry, 8);
        }
        at = (at + 1) & mask;
      }
    }
    if (atomic.load<u32>(table, VERSION_TURN) == turn) return;
  }
}

/** Whether a dead row had not ended at the snapshot. */
export function aliveAt(table: usize, locator: u64, snapshot: i64): bool {
  read(table, locator);
  return endedAt > snapshot;
}

/** What the row took the place of, or 0. */
export function predecessorOf(table: usize, locator: u64): u64 {
  read(table, locator);
  return predecessor;
}

/** Moves what a snapshot at `oldest` may still ask for to an empty table of `mask + 1` entries at `to`. */
export function moveVersions(table: usize, to: usize, mask: u32, oldest: f64): void {
  const from = load<u32>(table, VERSIONS) as usize;
  const count: u32 = from == 0 ? 0 : load<u32>(table, VERSION_MASK) + 1;
  const turn = load<u32>(table, VERSION_TURN);
  atomic.store<u32>(table, turn + 1, VERSION_TURN);
  store<u32>(table, to as u32, VERSIONS);
  store<u32>(table, mask, VERSION_MASK);
  store<u32>(table, 0, VERSION_COUNT);
  for (let k: u32 = 0; k < count; k++) {
    const entry = from + (k as usize) * ENTRY;
    const key = load<u64>(entry);
    if (key == 0 || (load<i64>(entry, 8) as f64) <= oldest) continue;
    noteVersion(table, key - 1, load<i64>(entry, 8), load<u64>(entry, 16));
  }
  atomic.store<u32>(table, turn + 2, VERSION_TURN);
}

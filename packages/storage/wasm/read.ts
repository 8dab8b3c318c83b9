/** Rows found by key or by time, in place. A cursor is a hazard (frames.ts) whose other words are used here. */
import { fix, settled } from "./frames";
import { foundPage, hashOf, isIndexed, lookUp } from "./key-index";
import { SETTLED_TO } from "./memory-map";
import { fixOrdinal } from "./runs";
import {
  ABSENT, COMMIT_AT, H_FIRST_COMMIT, H_FIRST_TIME, H_LAST_COMMIT, H_LAST_TIME, H_LATE, H_ROWS, LATE, NEED_INDEX, NEED_PAGE, TIME_AT,
} from "./table-map";
import { aliveAt, hasDead, isDead, predecessorOf } from "./versions";

/** What a cursor's hazard says besides the frame: the page it lacks at 8; then the page it stands on. */
const LACKS: usize = 8;
const BASE: usize = 16;
const FIRST: usize = 20;
const END: usize = 24;
/** 0 when every row in [FIRST, END) is asked for, 1 when each has to be looked at. */
const MIXED: usize = 28;

/** Answers below are not addresses. */
const FIRST_ADDRESS: u32 = 16;

// @ts-ignore: decorator
@inline
function commitOf(table: usize, page: usize, row: u32): i64 {
  const word = load<u32>(page + (load<u32>(table, COMMIT_AT) as usize) + ((row as usize) << 2));
  return load<i64>(page, H_FIRST_COMMIT) + ((word & ~LATE) as i64);
}

/** Whether a row that had begun at the snapshot had not ended. */
// @ts-ignore: decorator
@inline
function goesOn(table: usize, page: usize, row: u32, snapshot: i64): bool {
  const number = load<u32>(page, 8);
  if (!hasDead(number) || !isDead(table, number, row)) return true;
  return aliveAt(table, ((number as u64) << 8) | (row as u64), snapshot);
}

/** The row with this key at the snapshot: address of its page + row, or ABSENT or NEED_PAGE. */
export function find(table: usize, cursor: usize, k0: u32, k1: u32, k2: u32, k3: u32, at: f64): u32 {
  const a = (k0 as u64) | ((k1 as u64) << 32);
  const b = (k2 as u64) | ((k3 as u64) << 32);
  const snapshot = at as i64;
  // Before the search: the run that has the key may enter the index meanwhile.
  const whole = isIndexed(table);
  let found = lookUp(table, cursor, hashOf(table, a, b), a, b);
  if (found == ABSENT && !whole) return NEED_INDEX;
  // Most pages: no look at header and commit, which are other cache lines.
  if (settled && found >= FIRST_ADDRESS && load<i64>(SETTLED_TO) <= snapshot && !hasDead(foundPage)) return found;
  while (found >= FIRST_ADDRESS) {
    const page = (found & ~4095) as usize;
    const row = found & 255;
    if (commitOf(table, page, row) <= snapshot) return goesOn(table, page, row, snapshot) ? found : ABSENT;
    const locator = ((load<u32>(page, 8) as u64) << 8) | (row as u64);
    const before = predecessorOf(table, locator);
    if (before == 0) return ABSENT;
    const address = fix(cursor, (before >> 8) as u32, true);
    if (address == 0) {
      store<u32>(cursor, (before >> 8) as u32, LACKS);
      return NEED_PAGE;
    }
    found = (address as u32) | ((before as u32) & 255);
  }
  return found;
}

/** Whether the row that the cursor was pointed at is one that the snapshot shows. */
export function visible(table: usize, page: usize, row: u32, at: f64): bool {
  const snapshot = at as i64;
  return commitOf(table, page, row) <= snapshot && goesOn(table, page, row, snapshot);
}

/**
 * Stands on a page of a range: the rows of the main run with from ≤ time < to. NEED_PAGE, or ABSENT when it does.
 * Times are exact up to 2^53 µs.
 */
export function openPage(table: usize, cursor: usize, ordinal: u32, at: f64, from: f64, to: f64): u32 {
  const page = fixOrdinal(table, cursor, ordinal);
  if (page == NEED_PAGE) return NEED_PAGE;
  const rows = atomic.load<u32>(page, H_ROWS);
  store<u32>(cursor, page as u32, BASE);
  const snapshot = at as i64;
  const mixed = load<i64>(page, H_LAST_COMMIT) > snapshot || load<u16>(page, H_LATE) != 0 || hasDead(load<u32>(page, 8));
  store<u32>(cursor, mixed ? 1 : 0, MIXED);
  let first: u32 = 0;
  let end = rows;
  if (!mixed) {
    const times = page + (load<u32>(table, TIME_AT) as usize);
    if (load<i64>(page, H_FIRST_TIME) < (from as i64)) first = lowerBound(times, 0, rows, from as i64);
    if (load<i64>(page, H_LAST_TIME) >= (to as i64)) end = lowerBound(times, first, rows, to as i64);
  }
  store<u32>(cursor, first, FIRST);
  store<u32>(cursor, end, END);
  return ABSENT;
}

function lowerBound(times: usize, low: u32, high: u32, time: i64): u32 {
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<i64>(times + ((middle as usize) << 3)) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether a mixed page's row belongs to the main run, is in the range and shown by the snapshot. */
export function wanted(table: usize, page: usize, row: u32, at: f64, from: f64, to: f64): bool {
  const word = load<u32>(page + (load<u32>(table, COMMIT_AT) as usize) + ((row as usize) << 2));
  if ((word & LATE) != 0) return false;
  const time = load<i64>(page + (load<u32>(table, TIME_AT) as usize) + ((row as usize) << 3));
  if (time < (from as i64) || time >= (to as i64)) return false;
  return visible(table, page, row, at);
}

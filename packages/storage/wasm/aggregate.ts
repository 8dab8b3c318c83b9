/**
 * Count, sum, minimum, maximum, first and last of one column over a range of time, page by page.
 *
 * Whole numbers are summed exactly in 64 bits. Of floating point numbers two sums are kept, of even and odd places
 * in each page, and added at its end: the same for every run over the same pages.
 */
import { openPage, wanted } from "./read";
import { ABSENT } from "./table-map";

/** What a column holds: the order of AGGREGATED in src/series/aggregate.ts. */
const F64: u32 = 0;
const I64: u32 = 1;
const F32: u32 = 2;
const U32: u32 = 3;
const I32: u32 = 4;
const U16: u32 = 5;
const U8: u32 = 6;

export let count: f64 = 0;
export let sum: f64 = 0;
export let least: f64 = 0;
export let greatest: f64 = 0;
export let first: f64 = 0;
export let last: f64 = 0;
/** Exact sum of whole numbers; becomes `sum` in `endAggregate`. */
let whole: i64 = 0;
let wholeLeast: i64 = 0;
let wholeGreatest: i64 = 0;

export function beginAggregate(): void {
  count = 0;
  sum = 0;
  whole = 0;
  least = Infinity;
  greatest = -Infinity;
  wholeLeast = i64.MAX_VALUE;
  wholeGreatest = i64.MIN_VALUE;
}

/** The results of whole numbers are where those of others are. */
export function endAggregate(kind: u32): void {
  if (kind != I64 || count == 0) return;
  sum = whole as f64;
  least = wholeLeast as f64;
  greatest = wholeGreatest as f64;
}

/**
 * Takes in the pages [ordinal, end). Answers `end`, or the ordinal of the page (at cursor + 8) that has to be made
 * resident before it is called again with it.
 */
export function aggregate(
  table: usize, cursor: usize, ordinal: u32, end: u32, at: f64, from: f64, to: f64, offset: u32, kind: u32,
): u32 {
  for (; ordinal < end; ordinal++) {
    if (openPage(table, cursor, ordinal, at, from, to) != ABSENT) return ordinal;
    const page = load<u32>(cursor, 16) as usize;
    const start = load<u32>(cursor, 20);
    const stop = load<u32>(cursor, 24);
    const column = page + (offset as usize);
    if (load<u32>(cursor, 28) != 0) {
      for (let row = start; row < stop; row++) {
        if (wanted(table, page, row, at, from, to)) fold(column, row, row + 1, kind);
      }
    } else if (start < stop) fold(column, start, stop, kind);
  }
  return end;
}

/** Takes in the rows [from, to) of a page. */
function fold(column: usize, from: u32, to: u32, kind: u32): void {
  if (count == 0) first = valueOf(column, from, kind);
  last = valueOf(column, to - 1, kind);
  count += (to - from) as f64;
  if (kind == F64) foldF64(column + ((from as usize) << 3), to - from);
  else if (kind == I64) foldI64(column + ((from as usize) << 3), to - from);
  else {
    for (let row = from; row < to; row++) {
      const value = valueOf(column, row, kind);
      sum += value;
      if (value < least) least = value;
      if (value > greatest) greatest = value;
    }
  }
}

function valueOf(column: usize, row: u32, kind: u32): f64 {
  const at = row as usize;
  if (kind == F64) return load<f64>(column + (at << 3));
  if (kind == I64) return load<i64>(column + (at << 3)) as f64;
  if (kind == F32) return load<f32>(column + (at << 2)) as f64;
  if (kind == U32) return load<u32>(column + (at << 2)) as f64;
  if (kind == I32) return load<i32>(column + (at << 2)) as f64;
  if (kind == U16) return load<u16>(column + (at << 1)) as f64;
  return load<u8>(column + at) as f64;
}

function foldF64(from: usize, rows: u32): void {
  let total = f64x2.splat(0);
  let low = f64x2.splat(Infinity);
  let high = f64x2.splat(-Infinity);
  let at = from;
  const pairs = from + (((rows & ~1) as usize) << 3);
  for (; at < pairs; at += 16) {
    const value = v128.load(at);
    total = f64x2.add(total, value);
    low = f64x2.pmin(low, value);
    high = f64x2.pmax(high, value);
  }
  let odd: f64 = 0;
  if ((rows & 1) != 0) {
    odd = load<f64>(at);
    low = f64x2.pmin(low, f64x2.splat(odd));
    high = f64x2.pmax(high, f64x2.splat(odd));
  }
  sum += f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1) + odd;
  least = min(least, min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1)));
  greatest = max(greatest, max(f64x2.extract_lane(high, 0), f64x2.extract_lane(high, 1)));
}

function foldI64(from: usize, rows: u32): void {
  let total = i64x2.splat(0);
  let low = i64x2.splat(wholeLeast);
  let high = i64x2.splat(wholeGreatest);
  let at = from;
  const pairs = from + (((rows & ~1) as usize) << 3);
  for (; at < pairs; at += 16) {
    const value = v128.load(at);
    total = i64x2.add(total, value);
    low = v128.bitselect(value, low, i64x2.gt_s(low, value));
    high = v128.bitselect(value, high, i64x2.gt_s(value, high));
  }
  whole += i64x2.extract_lane(total, 0) + i64x2.extract_lane(total, 1);
  wholeLeast = min(i64x2.extract_lane(low, 0), i64x2.extract_lane(low, 1));
  wholeGreatest = max(i64x2.extract_lane(high, 0), i64x2.extract_lane(high, 1));
  if ((rows & 1) == 0) return;
  const odd = load<i64>(at);
  whole += odd;
  wholeLeast = min(wholeLeast, odd);
  wholeGreatest = max(wholeGreatest, odd);
}

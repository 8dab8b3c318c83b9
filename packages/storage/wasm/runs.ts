/** Runs of pages, one a segment, and pages by their ordinal: run × pages of a run + index in the run. */
import { fix } from "./frames";
import { DATA_PAGES, H_LAST_TIME, NEED_PAGE, RUNS, RUN_BYTES, RUN_COUNT, RUN_FIRST, RUN_PAGES, RUN_TIME } from "./table-map";

// @ts-ignore: decorator
@inline
export function runAt(table: usize, index: u32): usize {
  return (atomic.load<u32>(table, RUNS) as usize) + (index as usize) * RUN_BYTES;
}

export function pageOf(table: usize, ordinal: u32): u32 {
  const perRun = load<u32>(table, DATA_PAGES);
  return load<u32>(runAt(table, ordinal / perRun)) + (ordinal % perRun);
}

/** The ordinal behind the last page. */
export function endOrdinal(table: usize): u32 {
  const runs = atomic.load<u32>(table, RUN_COUNT);
  if (runs == 0) return 0;
  return (runs - 1) * load<u32>(table, DATA_PAGES) + atomic.load<u32>(runAt(table, runs - 1), RUN_PAGES);
}

/** The ordinal of the first page that has not been dropped. */
export function firstOrdinal(table: usize): u32 {
  return atomic.load<u32>(table, RUN_FIRST) * load<u32>(table, DATA_PAGES);
}

/** The page's address, or NEED_PAGE. */
// @ts-ignore: decorator
@inline
export function fixOrdinal(table: usize, hazard: usize, ordinal: u32): usize {
  const page = pageOf(table, ordinal);
  const address = fix(hazard, page, false);
  if (address != 0) return address;
  store<u32>(hazard, page, 8);
  return NEED_PAGE;
}

/**
 * The first page that may hold a row of the main run at `time` or after: the running maximum of time at its end
 * is not below. −1 when a page (at hazard + 8) has to be made resident first.
 */
export function seekTime(table: usize, hazard: usize, time: f64): i32 {
  const wanted = time as i64;
  const perRun = load<u32>(table, DATA_PAGES);
  let low = atomic.load<u32>(table, RUN_FIRST);
  const runs = atomic.load<u32>(table, RUN_COUNT);
  let high = runs;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<i64>(runAt(table, middle), RUN_TIME) < wanted) low = middle + 1;
    else high = middle;
  }
  if (low == runs) return endOrdinal(table) as i32;
  let from = low * perRun;
  let to = from + atomic.load<u32>(runAt(table, low), RUN_PAGES);
  while (from < to) {
    const middle = (from + to) >> 1;
    const page = fixOrdinal(table, hazard, middle);
    if (page == NEED_PAGE) return -1;
    if (load<i64>(page, H_LAST_TIME) < wanted) from = middle + 1;
    else to = middle;
  }
  return from as i32;
}

/**
 * Rows go to the tail page, column by column.
 *
 * A batch is laid out like a page: each column's values one after the other, at the offset that the table's
 * column list says; of a variable column the lengths (u32). The bytes of variable values follow row by row.
 *
 * 1. Nobody sees a row before H_ROWS of its page counts it, and no snapshot before its commit is published.
 * 2. The index may name a row before H_ROWS counts it: its commit is later than every snapshot there is.
 * 3. `append` may stop for a page, a frame or a segment; called again, it goes on where it was.
 */
import { create, ownFrame, resident, settle } from "./frames";
import { addEntry, hashOf, isIndexed, lookUp, removeEntry, repoint } from "./key-index";
import { endOrdinal, pageOf, runAt } from "./runs";
import {
  ABSENT, CAPACITY, COLUMNS, COLUMNS_END, COLUMN_BYTES, COLUMN_LIST, COMMIT_AT, COPIED, DATA_PAGES, H_EARLIEST,
  H_FIRST_COMMIT, H_FIRST_TIME, H_HEAP, H_LAST_COMMIT, H_LAST_TIME, H_LATE, H_ROWS, KEY_AT, KEY_WIDTH, LAST_TIME, LATE,
  NEED_INDEX, NEED_MAP, NEED_SEGMENT, NEED_VERSIONS, NO_FRAME, OWNER, ROWS, RUN_COUNT, RUN_LATE, RUN_LATE_FROM, RUN_LATE_ROWS,
  RUN_LATE_TO, RUN_PAGES, RUN_TIME, SETTLED_PAGES, TAIL, TAIL_PAGE, TIME_AT, VARIABLE_COLUMNS,
  VERSIONS, VERSION_COUNT, VERSION_MASK, WRITER,
} from "./table-map";
import { hasDead, isDead, markDead, noteVersion } from "./versions";

/** A row's commit is told from its page's first one in 31 bits. */
const MAX_DELTA: i64 = 0x7fffffff;
const LATE_ENTRIES: u32 = 255;

let done: u32 = 0;
/** Rows of the tail that are in the index, while COPIED is ahead of H_ROWS. */
let indexed: u32 = 0;
let variableNext: usize = 0;
/** A page with a row that is to end, whose segment has no map of dead rows yet. */
export let needMapOf: u32 = 0;
/** Where the last row of the batch lies. */
export let lastPage: u32 = 0;
export let lastRow: u32 = 0;

export function beginBatch(variableAt: usize): void {
  done = 0;
  variableNext = variableAt;
}

/** Appends the rows of a batch that are not done yet; ABSENT when all are, or what it lacks. */
export function append(table: usize, batch: usize, rows: u32, commitNumber: f64): u32 {
  const commit = commitNumber as i64;
  for (;;) {
    const tail = load<u32>(table, TAIL) as usize;
    if (tail != 0 && load<u32>(table, COPIED) > load<u32>(tail, H_ROWS)) {
      const lacks = index(table, tail, commit);
      if (lacks != ABSENT) return lacks;
      publish(table, tail, commit);
    }
    if (done == rows) return ABSENT;
    const lacks = turnPage(table, batch, commit);
    if (lacks != ABSENT) return lacks;
    copy(table, load<u32>(table, TAIL) as usize, batch, rows, commit);
  }
  return ABSENT;
}

/** Makes sure that the tail page takes the next row. */
function turnPage(table: usize, batch: usize, commit: i64): u32 {
  let tail = load<u32>(table, TAIL) as usize;
  if (tail != 0) {
    const roomy = (load<u16>(tail, H_HEAP) as u32) >= load<u32>(table, COLUMNS_END) + heapOf(table, batch, done);
    const near = commit - load<i64>(tail, H_FIRST_COMMIT) <= MAX_DELTA;
    if (roomy && near && load<u32>(tail, H_ROWS) < load<u32>(table, CAPACITY)) return ABSENT;
  }
  const runs = load<u32>(table, RUN_COUNT);
  if (runs == 0) return NEED_SEGMENT;
  const run = runAt(table, runs - 1);
  const index = load<u32>(run, RUN_PAGES);
  if (index >= load<u32>(table, DATA_PAGES)) return NEED_SEGMENT;
  const page = load<u32>(run) + index;
  tail = create(page);
  if (tail == 0) return NO_FRAME;
  const time = load<i64>(table, LAST_TIME);
  store<u32>(tail, page, 8);
  store<u16>(tail, (load<u32>(table, OWNER) - 1) as u16, 12);
  store<u8>(tail, 1, 14);
  store<i64>(tail, commit, H_FIRST_COMMIT);
  store<i64>(tail, commit, H_LAST_COMMIT);
  store<i64>(tail, time, H_FIRST_TIME);
  store<i64>(tail, time, H_LAST_TIME);
  store<i64>(tail, i64.MAX_VALUE, H_EARLIEST);
  store<u16>(tail, 4096, H_HEAP);
  store<u32>(table, page, TAIL_PAGE);
  store<u32>(table, tail as u32, TAIL);
  store<u32>(table, 0, COPIED);
  indexed = 0;
  atomic.store<u32>(run, index + 1, RUN_PAGES);
  return ABSENT;
}

/** Bytes that a row of the batch takes in the heap. */
function heapOf(table: usize, batch: usize, row: u32): u32 {
  if (load<u32>(table, VARIABLE_COLUMNS) == 0) return 0;
  let bytes: u32 = 0;
  const columns = load<u32>(table, COLUMNS);
  for (let c: u32 = 0; c < columns; c++) {
    const column = table + COLUMN_LIST + (c as usize) * COLUMN_BYTES;
    if (load<u32>(column, 8) != 0) bytes += load<u32>(batch + (load<u32>(column, 12) as usize) + ((row as usize) << 2));
  }
  return bytes;
}

function copy(table: usize, tail: usize, batch: usize, rows: u32, commit: i64): void {
  const first = load<u32>(tail, H_ROWS);
  let count = min<u32>(rows - done, load<u32>(table, CAPACITY) - first);
  if (load<u32>(table, VARIABLE_COLUMNS) != 0) count = copyVariable(table, tail, batch, first, count);
  const columns = load<u32>(table, COLUMNS);
  for (let c: u32 = 0; c < columns; c++) {
    const column = table + COLUMN_LIST + (c as usize) * COLUMN_BYTES;
    if (load<u32>(column, 8) != 0) continue;
    const width = load<u32>(column, 4);
    const to = tail + ((load<u32>(column) + first * width) as usize);
    const from = batch + ((load<u32>(column, 12) + done * width) as usize);
    if (width == 8 && count == 1) store<u64>(to, load<u64>(from));
    else if (width == 4 && count == 1) store<u32>(to, load<u32>(from));
    else memory.copy(to, from, count * width);
  }
  stamp(table, tail, first, count, commit);
  store<u32>(table, first + count, COPIED);
  indexed = first;
  done += count;
}

/** Puts the variable values of as many rows as the heap takes, at least one, and answers how many. */
function copyVariable(table: usize, tail: usize, batch: usize, first: u32, most: u32): u32 {
  const columns = load<u32>(table, COLUMNS);
  const floor = load<u32>(table, COLUMNS_END);
  let heap = load<u16>(tail, H_HEAP) as u32;
  let count: u32 = 0;
  for (; count < most; count++) {
    if (heap < floor + heapOf(table, batch, done + count)) break;
    for (let c: u32 = 0; c < columns; c++) {
      const column = table + COLUMN_LIST + (c as usize) * COLUMN_BYTES;
      if (load<u32>(column, 8) == 0) continue;
      const bytes = load<u32>(batch + ((load<u32>(column, 12) + ((done + count) << 2)) as usize));
      heap -= bytes;
      memory.copy(tail + (heap as usize), variableNext, bytes);
      variableNext += bytes as usize;
      store<u32>(tail + ((load<u32>(column) + ((first + count) << 2)) as usize), heap | (bytes << 16));
    }
  }
  store<u16>(tail, heap as u16, H_HEAP);
  return count;
}

/** Enters commits and, of rows that come late, the flag; keeps the header's times. */
function stamp(table: usize, tail: usize, first: u32, count: u32, commit: i64): void {
  const times = tail + (load<u32>(table, TIME_AT) as usize);
  const commits = tail + (load<u32>(table, COMMIT_AT) as usize);
  const delta = (commit - load<i64>(tail, H_FIRST_COMMIT)) as u32;
  let last = load<i64>(table, LAST_TIME);
  const onlyLate = load<u16>(tail, H_LATE) as u32;
  let fresh = first == onlyLate;
  for (let row = first; row < first + count; row++) {
    const time = load<i64>(times + ((row as usize) << 3));
    let word = delta;
    if (time < last) {
      word |= LATE;
      store<u16>(tail, load<u16>(tail, H_LATE) + 1, H_LATE);
      if (time < load<i64>(tail, H_EARLIEST)) store<i64>(tail, time, H_EARLIEST);
    } else {
      last = time;
      if (fresh) store<i64>(tail, time, H_FIRST_TIME);
      fresh = false;
    }
    store<u32>(commits + ((row as usize) << 2), word);
  }
  atomic.store<i64>(table, last, LAST_TIME);
  atomic.store<i64>(tail, last, H_LAST_TIME);
}

/** Enters the rows that were copied into the key index and the list of late rows. */
function index(table: usize, tail: usize, commit: i64): u32 {
  const copied = load<u32>(table, COPIED);
  const width = load<u32>(table, KEY_WIDTH);
  const keys = tail + (load<u32>(table, KEY_AT) as usize);
  const commits = tail + (load<u32>(table, COMMIT_AT) as usize);
  const page = load<u32>(tail, 8);
  for (; indexed < copied; indexed++) {
    if (width != 0) {
      const key = keys + ((indexed * width) as usize);
      const a = width == 4 ? (load<u32>(key) as u64) : load<u64>(key);
      const lacks = enter(table, a, width == 16 ? load<u64>(key, 8) : 0, page, indexed, commit);
      if (lacks != ABSENT) return lacks;
    }
    if ((load<u32>(commits + ((indexed as usize) << 2)) & LATE) != 0 && !noteLate(table, tail, page, indexed)) {
      return NO_FRAME;
    }
  }
  return ABSENT;
}

/** The key's newest row is this one now; the one before, if any, ends. */
function enter(table: usize, a: u64, b: u64, page: u32, row: u32, commit: i64): u32 {
  const hash = hashOf(table, a, b);
  const before = lookUp(table, load<u32>(table, WRITER) as usize, hash, a, b);
  if (before == ABSENT) return isIndexed(table) ? addEntry(table, hash, page, row) : NEED_INDEX;
  if (before < 16) return before;
  const ended = load<u32>((before & ~4095) as usize, 8);
  const locator = ((ended as u64) << 8) | ((before & 255) as u64);
  const lacks = roomToEnd(table, ended);
  if (lacks != ABSENT) return lacks;
  noteVersion(table, ((page as u64) << 8) | (row as u64), commit, locator);
  // It may have been deleted before: then it ended at that time.
  if (!isDead(table, ended, before & 255)) {
    noteVersion(table, locator, commit, 0);
    markDead(table, ended, before & 255);
  }
  repoint(page, row);
  return ABSENT;
}

function roomToEnd(table: usize, page: u32): u32 {
  if (!hasDead(page)) {
    needMapOf = page;
    return NEED_MAP;
  }
  const room = load<u32>(table, VERSIONS) == 0 ? 0 : (load<u32>(table, VERSION_MASK) + 1) >> 1;
  return load<u32>(table, VERSION_COUNT) + 2 > (room as u32) ? NEED_VERSIONS : ABSENT;
}

/** Enters the keys of a page's rows that are not dead. */
export function indexPage(table: usize, page: usize): u32 {
  const rows = load<u32>(page, H_ROWS);
  const number = load<u32>(page, 8);
  for (let row: u32 = 0; row < rows; row++) {
    if (isDead(table, number, row)) continue;
    const failed = addEntry(table, keyHash(table, page, row), number, row);
    if (failed != ABSENT) return failed;
  }
  return ABSENT;
}

/** Takes the keys of a page's rows out of the index. */
export function unindexPage(table: usize, page: usize): void {
  const rows = load<u32>(page, H_ROWS);
  for (let row: u32 = 0; row < rows; row++) {
    removeEntry(table, keyHash(table, page, row), load<u32>(page, 8), row);
  }
}

function keyHash(table: usize, page: usize, row: u32): u32 {
  const width = load<u32>(table, KEY_WIDTH);
  const key = page + (load<u32>(table, KEY_AT) as usize) + ((row * width) as usize);
  const a = width == 4 ? (load<u32>(key) as u64) : load<u64>(key);
  return hashOf(table, a, width == 16 ? load<u64>(key, 8) : 0);
}

/** Marks the full pages all of whose rows are published. */
export function settlePages(table: usize, publishedCommit: f64): void {
  const published = publishedCommit as i64;
  const end = endOrdinal(table);
  let ordinal = load<u32>(table, SETTLED_PAGES);
  for (; ordinal + 1 < end; ordinal++) {
    const page = pageOf(table, ordinal);
    const address = resident(page);
    if (address == 0) continue;
    const commit = load<i64>(address, H_LAST_COMMIT);
    if (commit > published) break;
    settle(page, commit);
  }
  store<u32>(table, ordinal, SETTLED_PAGES);
}

/** The row with this key ends. ABSENT also when there is none. */
export function end(table: usize, k0: u32, k1: u32, k2: u32, k3: u32, commitNumber: f64): u32 {
  const a = (k0 as u64) | ((k1 as u64) << 32);
  const b = (k2 as u64) | ((k3 as u64) << 32);
  const before = lookUp(table, load<u32>(table, WRITER) as usize, hashOf(table, a, b), a, b);
  if (before == ABSENT && !isIndexed(table)) return NEED_INDEX;
  if (before < 16) return before;
  const ended = load<u32>((before & ~4095) as usize, 8);
  const lacks = roomToEnd(table, ended);
  if (lacks != ABSENT) return lacks;
  if (isDead(table, ended, before & 255)) return ABSENT;
  noteVersion(table, ((ended as u64) << 8) | ((before & 255) as u64), commitNumber as i64, 0);
  markDead(table, ended, before & 255);
  return ABSENT;
}

function noteLate(table: usize, tail: usize, page: u32, row: u32): bool {
  return addLate(
    runAt(table, load<u32>(table, RUN_COUNT) - 1),
    load<i64>(tail + (load<u32>(table, TIME_AT) as usize) + ((row as usize) << 3)),
    page,
    row,
  );
}

/** Late rows of a run: frames of previous u32 · count u32 · … 16 · 255 × (time i64, page u32, row u32). */
export function addLate(run: usize, time: i64, page: u32, row: u32): bool {
  let frame = load<u32>(run, RUN_LATE) as usize;
  if (frame == 0 || load<u32>(frame, 4) == LATE_ENTRIES) {
    const fresh = ownFrame();
    if (fresh == 0) return false;
    store<u32>(fresh, frame as u32);
    atomic.store<u32>(run, fresh as u32, RUN_LATE);
    frame = fresh;
  }
  const count = load<u32>(frame, 4);
  const entry = frame + 16 + ((count as usize) << 4);
  store<i64>(entry, time);
  store<u32>(entry, page, 8);
  store<u32>(entry, row, 12);
  if (time < load<i64>(run, RUN_LATE_FROM)) atomic.store<i64>(run, time, RUN_LATE_FROM);
  if (time > load<i64>(run, RUN_LATE_TO)) atomic.store<i64>(run, time, RUN_LATE_TO);
  atomic.store<u32>(frame, count + 1, 4);
  atomic.store<u32>(run, load<u32>(run, RUN_LATE_ROWS) + 1, RUN_LATE_ROWS);
  return true;
}

function publish(table: usize, tail: usize, commit: i64): void {
  const copied = load<u32>(table, COPIED);
  store<f64>(table, load<f64>(table, ROWS) + ((copied - load<u32>(tail, H_ROWS)) as f64), ROWS);
  store<i64>(tail, commit, H_LAST_COMMIT);
  const run = runAt(table, load<u32>(table, RUN_COUNT) - 1);
  atomic.store<i64>(run, load<i64>(table, LAST_TIME), RUN_TIME);
  lastPage = load<u32>(tail, 8);
  lastRow = copied - 1;
  atomic.store<u32>(tail, copied, H_ROWS);
}

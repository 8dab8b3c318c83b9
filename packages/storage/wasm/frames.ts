/**
 * Frames: which page lies where, who looks at it, and which one goes when room is needed.
 *
 * 1. A frame whose page entry was 0 at a moment when no hazard named it belongs to nobody.
 * 2. A reader stores the frame in its hazard and then reads the page entry again; an evictor clears the
 *    page entry and then reads the hazards. Both are sequentially consistent, so one of them sees the other.
 * 3. State, free list and hands change only under the lock. Hits never take it.
 */
import {
  DIRECTORY, DIRTY_COUNT, EVICTIONS, FRAME, FRAMES_AT, FRAME_COUNT, FREE, FRESH, HAND, HAZARDS, HAZARDS_USED,
  HAZARD_BYTES, LOADING, LOCK, MISSES, PAGES_END, PAGE_BYTES, PAGE_LIMIT, POISON, RECENT_AT, RECENT_CAP,
  RECENT_COUNT, RECENT_NEXT, REFERENCED, RESERVED_FROM, SETTLED, SETTLED_TO, SPREAD, STATES,
} from "./memory-map";

const FREE_FRAME: u8 = 0;
/** Being read from its segment. */
const FILLING: u8 = 1;
/** The same as in its segment. */
const CLEAN: u8 = 2;
/** Never written, or not yet: stays. */
const DIRTY: u8 = 3;
/** Holds no page but a part of an index, a leaf of the directory, …: stays. */
const OWNED: u8 = 4;
/** Its page is gone, but a hazard named it. */
const LIMBO: u8 = 5;
/** Clean and among the pages written last: stays until younger ones push it out of the ring. */
const RECENT: u8 = 6;

/** What `beginLoad` says instead of a frame. */
const RESIDENT: i32 = 0;
const BUSY: i32 = -1;
const FULL: i32 = -2;

let framesAt: usize = 0;

// @ts-ignore: decorator
@inline
export function addressOf(frame: u32): usize {
  return framesAt + ((frame as usize) << 12);
}

// @ts-ignore: decorator
@inline
function pageAt(frame: u32): usize {
  return STATES + ((frame as usize) << 3);
}

// @ts-ignore: decorator
@inline
function stateAt(frame: u32): usize {
  return pageAt(frame) + 4;
}

/** Lays out a new memory of `frames` frames; the thread that opened the database calls it once. */
export function format(frames: u32, recentCap: u32, poison: u32): void {
  store<u32>(FRAME_COUNT, frames);
  store<u32>(FRESH, 1);
  store<u32>(HAND, 1);
  store<u32>(SPREAD, max<u32>(1, frames >> 2));
  store<u32>(FRAMES_AT, ((STATES + ((frames as usize) << 3) + 0xfff) & ~0xfff) as u32);
  store<u32>(RESERVED_FROM, frames);
  store<u32>(PAGES_END, frames - (frames >> 3));
  store<u32>(POISON, poison);
  attach();
  if (recentCap > 0) {
    store<u32>(RECENT_AT, reserve(((recentCap << 2) + 0xfff) >> 12));
    store<u32>(RECENT_CAP, recentCap);
  }
}

/** Every thread calls it before anything else. */
export function attach(): void {
  framesAt = load<u32>(FRAMES_AT) as usize;
}

export function lock(): void {
  let tries = 0;
  while (atomic.cmpxchg<i32>(LOCK, 0, 1) != 0) {
    // A holder that was preempted: let it run. Nobody notifies, 50 µs is the wait.
    if (++tries > 200) atomic.wait<i32>(LOCK, 1, 50_000);
  }
}

export function unlock(): void {
  atomic.store<i32>(LOCK, 0);
}

/** Whether the page that `fix` found last has the SETTLED bit. */
export let settled: bool = false;

function entryOf(page: u32): usize {
  const leaf = atomic.load<u32>(DIRECTORY + (((page >> 10) as usize) << 2)) as usize;
  return leaf == 0 ? 0 : leaf + (((page & 1023) as usize) << 2);
}

/**
 * The address of a resident page, which stays while the hazard names it; 0 when it is not resident.
 * `keep` tells the clock that the page was wanted for itself, not by a scan.
 */
// @ts-ignore: decorator
@inline
export function fix(hazard: usize, page: u32, keep: bool): usize {
  if (page >= PAGE_LIMIT) return 0;
  const entry = entryOf(page);
  if (entry == 0) return 0;
  for (;;) {
    const word = atomic.load<u32>(entry);
    if (word == 0 || (word & LOADING) != 0) return 0;
    const frame = word & FRAME;
    // A frame that this hazard names already cannot have been given to another page meanwhile.
    if (load<u32>(hazard) != frame) {
      atomic.store<u32>(hazard, frame);
      if ((atomic.load<u32>(entry) & (FRAME | LOADING)) != frame) continue;
    }
    if (keep && (word & REFERENCED) == 0) atomic.cmpxchg<u32>(entry, word, word | REFERENCED);
    settled = (word & SETTLED) != 0;
    return addressOf(frame);
  }
  return 0;
}

export function fixPage(hazard: usize, page: u32, keep: bool): usize {
  return fix(hazard, page, keep);
}

/** Address of a resident page without a hazard, for the writer on pages it has not written. */
export function resident(page: u32): usize {
  const entry = entryOf(page);
  if (entry == 0) return 0;
  const word = atomic.load<u32>(entry);
  return word == 0 || (word & LOADING) != 0 ? 0 : addressOf(word & FRAME);
}

function named(frame: u32): bool {
  const used = atomic.load<u32>(HAZARDS_USED);
  for (let k: u32 = 0; k < used; k++) {
    if (atomic.load<u32>(HAZARDS + (k as usize) * HAZARD_BYTES) == frame) return true;
  }
  return false;
}

function release(frame: u32): void {
  if (load<u32>(POISON) != 0) memory.fill(addressOf(frame), 0xdb, PAGE_BYTES);
  store<u8>(stateAt(frame), FREE_FRAME);
  store<u32>(pageAt(frame), load<u32>(FREE));
  store<u32>(FREE, frame);
}

/** `reserve` may have taken more than its part while nothing else was there yet. */
function pagesEnd(): u32 {
  return min<u32>(load<u32>(PAGES_END), load<u32>(RESERVED_FROM));
}

/** With the lock held: a frame that belongs to nobody, or 0. */
function take(): u32 {
  let frame = load<u32>(FREE);
  if (frame != 0) {
    store<u32>(FREE, load<u32>(pageAt(frame)));
    return frame;
  }
  frame = load<u32>(FRESH);
  if (frame < pagesEnd()) {
    store<u32>(FRESH, frame + 1);
    return frame;
  }
  return evict();
}

/**
 * Two hands: the first takes a page's reference away, the second, a quarter of the frames behind, evicts
 * it when nobody has wanted it since.
 */
function evict(): u32 {
  const end = pagesEnd();
  const count = end - 1;
  const spread = min<u32>(load<u32>(SPREAD), count);
  let hand = load<u32>(HAND);
  for (let steps: u32 = 0; steps < 2 * count + spread; steps++) {
    hand = hand + 1 < end ? hand + 1 : 1;
    const behind = hand > spread ? hand - spread : hand + count - spread;
    if (evictOne(behind)) {
      store<u32>(HAND, hand);
      return behind;
    }
    pass(hand);
  }
  return 0;
}

/** The first hand: the page is to be wanted again until the second comes. */
function pass(frame: u32): void {
  if (load<u8>(stateAt(frame)) != CLEAN) return;
  const entry = entryOf(load<u32>(pageAt(frame)));
  const word = atomic.load<u32>(entry);
  if ((word & REFERENCED) != 0) atomic.cmpxchg<u32>(entry, word, word & ~REFERENCED);
}

function evictOne(frame: u32): bool {
  const state = load<u8>(stateAt(frame));
  if (state == LIMBO) return !named(frame);
  if (state != CLEAN) return false;
  const entry = entryOf(load<u32>(pageAt(frame)));
  const word = atomic.load<u32>(entry);
  if ((word & REFERENCED) != 0 || atomic.cmpxchg<u32>(entry, word, 0) != word) return false;
  if (named(frame)) {
    atomic.store<u32>(entry, word | REFERENCED);
    return false;
  }
  if (load<u32>(POISON) != 0) memory.fill(addressOf(frame), 0xdb, PAGE_BYTES);
  store<u32>(EVICTIONS, load<u32>(EVICTIONS) + 1);
  return true;
}

/** With the lock held: the entry of a page, with a leaf for it if need be; 0 when there is no frame for that. */
function ensureEntry(page: u32): usize {
  const entry = entryOf(page);
  if (entry != 0) return entry;
  const frame = take();
  if (frame == 0) return 0;
  own(frame, 0);
  atomic.store<u32>(DIRECTORY + (((page >> 10) as usize) << 2), addressOf(frame) as u32);
  return entryOf(page);
}

function own(frame: u32, page: u32): void {
  store<u8>(stateAt(frame), OWNED);
  store<u32>(pageAt(frame), page);
  memory.fill(addressOf(frame), 0, PAGE_BYTES);
}

/** A zeroed frame for a page that has no content yet; its address, or 0 when every frame is needed. */
export function create(page: u32): usize {
  lock();
  let address: usize = 0;
  const entry = ensureEntry(page);
  const frame = entry == 0 ? 0 : take();
  if (frame != 0) {
    own(frame, page);
    store<u8>(stateAt(frame), DIRTY);
    store<u32>(DIRTY_COUNT, load<u32>(DIRTY_COUNT) + 1);
    address = addressOf(frame);
    const before = atomic.load<u32>(entry);
    atomic.store<u32>(entry, frame | REFERENCED);
    if (before != 0 && (before & LOADING) == 0) abandon(before & FRAME);
  }
  unlock();
  return address;
}

/** With the lock held: the frame's page is gone. */
function abandon(frame: u32): void {
  if (load<u8>(stateAt(frame)) == DIRTY) store<u32>(DIRTY_COUNT, load<u32>(DIRTY_COUNT) - 1);
  if (named(frame)) store<u8>(stateAt(frame), LIMBO);
  else release(frame);
}

/** A zeroed frame for something that is no page; its address or 0. */
export function ownFrame(): usize {
  lock();
  const frame = take();
  if (frame != 0) own(frame, 0);
  unlock();
  return frame == 0 ? 0 : addressOf(frame);
}

export function disown(address: usize): void {
  lock();
  release(((address - framesAt) >> 12) as u32);
  unlock();
}

/** Address of `frames` zeroed frames in one piece, for good; 0 when there are none left. */
export function reserve(frames: u32): u32 {
  lock();
  const from = load<u32>(RESERVED_FROM);
  let address: usize = 0;
  if (from > frames && from - frames > load<u32>(FRESH)) {
    store<u32>(RESERVED_FROM, from - frames);
    address = addressOf(from - frames);
  }
  unlock();
  return address as u32;
}

/** A frame to read the page into, or RESIDENT, BUSY (another thread reads it) or FULL. */
export function beginLoad(page: u32): i32 {
  lock();
  const entry = ensureEntry(page);
  let answer = FULL;
  if (entry != 0) {
    const now = atomic.load<u32>(entry);
    if (now != 0) answer = (now & LOADING) != 0 ? BUSY : RESIDENT;
    else {
      const frame = take();
      if (frame != 0) {
        store<u8>(stateAt(frame), FILLING);
        store<u32>(pageAt(frame), page);
        atomic.store<u32>(entry, frame | LOADING);
        store<u32>(MISSES, load<u32>(MISSES) + 1);
        answer = frame as i32;
      }
    }
  }
  unlock();
  return answer;
}

/** The page lies in the frame, or it could not be read. */
export function endLoad(frame: u32, good: bool, keep: bool): void {
  lock();
  const entry = entryOf(load<u32>(pageAt(frame)));
  const mine = atomic.load<u32>(entry) == (frame | LOADING);
  if (good && mine) {
    store<u8>(stateAt(frame), CLEAN);
    let word = keep ? frame | REFERENCED : frame;
    // A page of rows (kind 1) whose last commit is not later: see `settle`.
    const at = addressOf(frame);
    if (load<u8>(at, 14) == 1 && load<i64>(at, 24) <= load<i64>(SETTLED_TO)) word |= SETTLED;
    atomic.store<u32>(entry, word);
  } else {
    if (mine) atomic.store<u32>(entry, 0);
    release(frame);
  }
  unlock();
  if (entry != 0) atomic.notify(entry);
}

/** Where a thread that found BUSY can wait for the value to change. */
export function entryAddress(page: u32): usize {
  return entryOf(page);
}

/** The rows of the page, and of those that were settled before, are of this commit or earlier ones. */
export function settle(page: u32, commit: i64): void {
  if (commit > load<i64>(SETTLED_TO)) atomic.store<i64>(SETTLED_TO, commit);
  const entry = entryOf(page);
  if (entry == 0) return;
  for (;;) {
    const word = atomic.load<u32>(entry);
    if (word == 0 || (word & LOADING) != 0 || atomic.cmpxchg<u32>(entry, word, word | SETTLED) == word) return;
  }
}

/** The page is in its segment now. With `recent` it stays until RECENT_CAP younger ones were written. */
export function written(page: u32, recent: bool): void {
  lock();
  const entry = entryOf(page);
  const word = entry == 0 ? 0 : atomic.load<u32>(entry);
  const frame = word & FRAME;
  if (word != 0 && (word & LOADING) == 0 && load<u8>(stateAt(frame)) == DIRTY) {
    store<u32>(DIRTY_COUNT, load<u32>(DIRTY_COUNT) - 1);
    store<u8>(stateAt(frame), CLEAN);
    if (recent && load<u32>(RECENT_CAP) > 0) pushRecent(frame);
  }
  unlock();
}

function pushRecent(frame: u32): void {
  const cap = load<u32>(RECENT_CAP);
  const next = load<u32>(RECENT_NEXT);
  const cell = (load<u32>(RECENT_AT) as usize) + ((next as usize) << 2);
  const old = load<u32>(cell);
  if (old != 0 && load<u8>(stateAt(old)) == RECENT) store<u8>(stateAt(old), CLEAN);
  store<u8>(stateAt(frame), RECENT);
  store<u32>(cell, frame);
  store<u32>(RECENT_NEXT, next + 1 < cap ? next + 1 : 0);
}

/** Forgets a page that nobody can reach any more. */
export function drop(page: u32): void {
  lock();
  const entry = entryOf(page);
  if (entry != 0) {
    const word = atomic.load<u32>(entry);
    atomic.store<u32>(entry, 0);
    if (word != 0 && (word & LOADING) == 0) abandon(word & FRAME);
  }
  unlock();
}

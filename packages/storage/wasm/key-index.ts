/**
 * The key index: where the newest version of each key lies, 8 bytes a slot.
 *
 *     hash (upper 32 bits)
 *     ┌───────────── 16 ─────────────┐
 *     shard directory entry               shard (64 bytes)            chunk: a frame of 512 slots
 *     ┌──────────┐                   ┌─────────────────────────┐      ┌────┬────┬──
 *     │ address  │ ────────────────> │ turn count chunks depth │ ───> │slot│slot│…
 *     └──────────┘                   │ chunk addresses (12)    │      └────┴────┴──
 *          slot = fingerprint 28 · page 28 · row 8         (0 empty, 1 was given up)
 *
 * The fingerprint is the hash's lower 28 of those 32 bits. What the directory does not use up of it says in which
 * chunk, and from which slot on, an entry is looked for, so that a shard is enlarged (by one chunk; by splitting in
 * two when it has 12) without reading a key. A shard grows at 0.83 load by at most a seventh: 9.7 to 11.3 bytes a row.
 *
 * Only the writer changes it. A reader remembers the shard's turn, which is odd while its chunks change and for
 * good once it was split, and begins again when that is not the same after it has found nothing.
 */
import { addressOf, disown, fix, ownFrame } from "./frames";
import { SEGMENTS, SEGMENT_BYTES } from "./memory-map";
import {
  ABSENT, INDEX_FRAMES, KEYS, KEY_AT, KEY_WIDTH, NEED_PAGE, NO_FRAME, NO_INDEX, OWNER, RUN_FIRST, SEED, SHARDS, SHARD_FREE,
  UNINDEXED,
} from "./table-map";

const TURN: usize = 0;
const COUNT: usize = 4;
const CHUNKS: usize = 8;
const DEPTH: usize = 12;
const CHUNK_LIST: usize = 16;
const MAX_CHUNKS: u32 = 12;
const AFTER_SPLIT: u32 = 7;
const FIRST_DEPTH: u32 = 4;
const MAX_DEPTH: u32 = 16;
const DIRECTORY_ENTRIES: u32 = 65536;
/** 0.83 of a chunk. */
const FULL_AT: u32 = 424;
const FINGERPRINT: u32 = 0x0fffffff;
const GIVEN_UP: u64 = 1;

/** Upper 32 bits of a 64-bit mix of the key; keys shorter than 16 bytes are padded with zeros. */
// @ts-ignore: decorator
@inline
export function hashOf(table: usize, a: u64, b: u64): u32 {
  let x = (a ^ load<u64>(table, SEED)) * 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 32) ^ b) * 0xd6e8feb86659fd93;
  x = (x ^ (x >> 32)) * 0xa0761d6478bd642f;
  x ^= x >> 29;
  x *= 0xd6e8feb86659fd93;
  return (x >> 32) as u32;
}

// @ts-ignore: decorator
@inline
function shardOf(table: usize, hash: u32): usize {
  return atomic.load<u32>((load<u32>(table, SHARDS) as usize) + (((hash >> 16) as usize) << 2)) as usize;
}

/** Chunk and slot that an entry is looked for from: chunk << 9 | slot. A chunk that is full goes on in the next. */
// @ts-ignore: decorator
@inline
function homeOf(hash: u32, depth: u32, chunks: u32): u32 {
  const fraction = (hash << (depth - FIRST_DEPTH)) & FINGERPRINT;
  return (((fraction as u64) * (chunks as u64)) >> 19) as u32;
}

// @ts-ignore: decorator
@inline
function chunkOf(shard: usize, index: u32): usize {
  return load<u32>(shard + CHUNK_LIST + ((index as usize) << 2)) as usize;
}

// @ts-ignore: decorator
@inline
export function sameKey(page: usize, at: usize, width: u32, row: u32, a: u64, b: u64): bool {
  if (width == 16) {
    const key = page + at + ((row as usize) << 4);
    return load<u64>(key) == a && load<u64>(key, 8) == b;
  }
  if (width == 8) return load<u64>(page + at + ((row as usize) << 3)) == a;
  return (load<u32>(page + at + ((row as usize) << 2)) as u64) == a;
}

export let foundSlot: usize = 0;
export let foundPage: u32 = 0;

/**
 * The row with this key in its newest version, as the address of its page + row, or ABSENT or NEED_PAGE.
 * `foundSlot` then is where the index has it, `foundPage` the page. The page stays while the hazard is not used otherwise.
 */
export function lookUp(table: usize, hazard: usize, hash: u32, a: u64, b: u64): u32 {
  const fingerprint = (hash & FINGERPRINT) as u64;
  const keyAt = load<u32>(table, KEY_AT) as usize;
  const width = load<u32>(table, KEY_WIDTH);
  for (;;) {
    const shard = shardOf(table, hash);
    const turn = atomic.load<u32>(shard, TURN);
    if ((turn & 1) != 0) continue;
    const chunks = min<u32>(load<u32>(shard, CHUNKS), MAX_CHUNKS);
    const home = homeOf(hash, load<u32>(shard, DEPTH), chunks);
    let chunk = chunkOf(shard, home >> 9);
    let answer = ABSENT;
    let at = home & 511;
    for (let steps: u32 = 0; steps < chunks << 9; steps++) {
      if (steps != 0 && (steps & 511) == 0) chunk = chunkOf(shard, ((home >> 9) + (steps >> 9)) % chunks);
      const slot = atomic.load<u64>(chunk + ((at as usize) << 3));
      if (slot == 0) break;
      if (slot >> 36 == fingerprint && slot != GIVEN_UP) {
        const page = ((slot >> 8) & FINGERPRINT) as u32;
        if (owned(table, page)) {
          const address = fix(hazard, page, true);
          if (address == 0) {
            store<u32>(hazard, page, 8);
            answer = NEED_PAGE;
            break;
          }
          const row = (slot as u32) & 255;
          if (sameKey(address, keyAt, width, row, a, b)) {
            foundSlot = chunk + ((at as usize) << 3);
            foundPage = page;
            return (address as u32) | row;
          }
        }
      }
      at = (at + 1) & 511;
    }
    if (atomic.load<u32>(shard, TURN) == turn) return answer;
  }
  return ABSENT;
}

/** Whether the page's segment is (still) one of this table's. */
// @ts-ignore: decorator
@inline
function owned(table: usize, page: u32): bool {
  return atomic.load<u32>(SEGMENTS + ((page >> 14) as usize) * SEGMENT_BYTES) == load<u32>(table, OWNER);
}

/** Whether the index has all rows. */
// @ts-ignore: decorator
@inline
export function isIndexed(table: usize): bool {
  return atomic.load<u32>(table, UNINDEXED) <= atomic.load<u32>(table, RUN_FIRST);
}

/** Begins an empty index: 16 shards of one chunk. */
export function createIndex(table: usize): u32 {
  const perShard = DIRECTORY_ENTRIES >> FIRST_DEPTH;
  for (let k: u32 = 0; k < 1 << FIRST_DEPTH; k++) {
    const shard = newShard(table, 1, FIRST_DEPTH);
    if (shard == 0) return NO_FRAME;
    point(table, k * perShard, perShard, shard);
  }
  return ABSENT;
}

function point(table: usize, from: u32, count: u32, shard: usize): void {
  const entries = load<u32>(table, SHARDS) as usize;
  for (let k: u32 = 0; k < count; k++) {
    atomic.store<u32>(entries + (((from + k) as usize) << 2), shard as u32);
  }
}

function newShard(table: usize, chunks: u32, depth: u32): usize {
  let shard = load<u32>(table, SHARD_FREE) as usize;
  if (shard == 0) {
    const frame = ownFrame();
    if (frame == 0) return 0;
    store<u32>(table, load<u32>(table, INDEX_FRAMES) + 1, INDEX_FRAMES);
    for (let at = frame; at < frame + 4096; at += 64) {
      store<u32>(at, 1, TURN);
      store<u32>(at, shard as u32, COUNT);
      shard = at;
    }
  }
  const next = load<u32>(shard, COUNT);
  if (!takeChunks(table, shard + CHUNK_LIST, chunks)) {
    store<u32>(table, shard as u32, SHARD_FREE);
    return 0;
  }
  store<u32>(table, next, SHARD_FREE);
  store<u32>(shard, 0, COUNT);
  store<u32>(shard, chunks, CHUNKS);
  store<u32>(shard, depth, DEPTH);
  atomic.store<u32>(shard, load<u32>(shard, TURN) + 1, TURN);
  return shard;
}

function takeChunks(table: usize, list: usize, count: u32): bool {
  for (let k: u32 = 0; k < count; k++) {
    const frame = ownFrame();
    if (frame == 0) {
      giveChunks(table, list, k);
      return false;
    }
    store<u32>(list + ((k as usize) << 2), frame as u32);
    store<u32>(table, load<u32>(table, INDEX_FRAMES) + 1, INDEX_FRAMES);
  }
  return true;
}

function giveChunks(table: usize, list: usize, count: u32): void {
  for (let k: u32 = 0; k < count; k++) disown(load<u32>(list + ((k as usize) << 2)) as usize);
  store<u32>(table, load<u32>(table, INDEX_FRAMES) - count, INDEX_FRAMES);
}

/** Puts an entry where there is room, which a shard below FULL_AT has. */
function place(shard: usize, slot: u64): void {
  const chunks = load<u32>(shard, CHUNKS);
  const home = homeOf((slot >> 36) as u32, load<u32>(shard, DEPTH), chunks);
  let chunk = chunkOf(shard, home >> 9);
  let at = home & 511;
  for (let steps: u32 = 0; steps < chunks << 9; steps++) {
    if (steps != 0 && (steps & 511) == 0) chunk = chunkOf(shard, ((home >> 9) + (steps >> 9)) % chunks);
    const where = chunk + ((at as usize) << 3);
    if (load<u64>(where) <= GIVEN_UP) {
      if (load<u64>(where) == 0) store<u32>(shard, load<u32>(shard, COUNT) + 1, COUNT);
      atomic.store<u64>(where, slot);
      return;
    }
    at = (at + 1) & 511;
  }
}

/** Adds an entry for a key that has none. */
export function addEntry(table: usize, hash: u32, page: u32, row: u32): u32 {
  const slot = (((hash & FINGERPRINT) as u64) << 36) | ((page as u64) << 8) | (row as u64);
  for (;;) {
    const shard = shardOf(table, hash);
    if (load<u32>(shard, COUNT) < load<u32>(shard, CHUNKS) * FULL_AT) {
      place(shard, slot);
      store<u32>(table, load<u32>(table, KEYS) + 1, KEYS);
      return ABSENT;
    }
    const failed = enlarge(table, shard, hash);
    if (failed != 0) return failed;
  }
  return ABSENT;
}

/** The entry at `foundSlot` now says another row. */
export function repoint(page: u32, row: u32): void {
  const kept = load<u64>(foundSlot) & 0xfffffff000000000;
  atomic.store<u64>(foundSlot, kept | ((page as u64) << 8) | (row as u64));
}

/** Gives up the entry that names this row, if there is one. */
export function removeEntry(table: usize, hash: u32, page: u32, row: u32): void {
  const slot = (((hash & FINGERPRINT) as u64) << 36) | ((page as u64) << 8) | (row as u64);
  const shard = shardOf(table, hash);
  const chunks = load<u32>(shard, CHUNKS);
  const home = homeOf(hash, load<u32>(shard, DEPTH), chunks);
  let chunk = chunkOf(shard, home >> 9);
  let at = home & 511;
  for (let steps: u32 = 0; steps < chunks << 9; steps++) {
    if (steps != 0 && (steps & 511) == 0) chunk = chunkOf(shard, ((home >> 9) + (steps >> 9)) % chunks);
    const now = load<u64>(chunk + ((at as usize) << 3));
    if (now == 0) return;
    if (now == slot) {
      atomic.store<u64>(chunk + ((at as usize) << 3), GIVEN_UP);
      store<u32>(table, load<u32>(table, KEYS) - 1, KEYS);
      return;
    }
    at = (at + 1) & 511;
  }
}

/** The chunks of a shard before it was enlarged; the writer is one thread. */
const OLD_CHUNKS: usize = 0x13000;
const NEW_CHUNKS: usize = 0x13040;

function enlarge(table: usize, shard: usize, hash: u32): u32 {
  const chunks = load<u32>(shard, CHUNKS);
  const depth = load<u32>(shard, DEPTH);
  memory.copy(OLD_CHUNKS, shard + CHUNK_LIST, 48);
  if (chunks == MAX_CHUNKS) return depth == MAX_DEPTH ? NO_INDEX : split(table, shard, hash, depth);
  if (!takeChunks(table, NEW_CHUNKS, chunks + 1)) return NO_FRAME;
  const turn = load<u32>(shard, TURN);
  atomic.store<u32>(shard, turn + 1, TURN);
  memory.copy(shard + CHUNK_LIST, NEW_CHUNKS, 48);
  store<u32>(shard, chunks + 1, CHUNKS);
  store<u32>(shard, 0, COUNT);
  for (let k: u32 = 0; k < chunks; k++) {
    const chunk = load<u32>(OLD_CHUNKS + ((k as usize) << 2)) as usize;
    for (let at = chunk; at < chunk + 4096; at += 8) {
      if (load<u64>(at) > GIVEN_UP) place(shard, load<u64>(at));
    }
  }
  atomic.store<u32>(shard, turn + 2, TURN);
  giveChunks(table, OLD_CHUNKS, chunks);
  return ABSENT;
}

/** The shard's entries go to two, by the next bit of their hashes. */
function split(table: usize, shard: usize, hash: u32, depth: u32): u32 {
  const low = newShard(table, AFTER_SPLIT, depth + 1);
  if (low == 0) return NO_FRAME;
  const high = newShard(table, AFTER_SPLIT, depth + 1);
  if (high == 0) {
    retire(table, low);
    giveChunks(table, low + CHUNK_LIST, AFTER_SPLIT);
    return NO_FRAME;
  }
  const bit = (FINGERPRINT + 1) >> (depth - FIRST_DEPTH + 1);
  for (let k: u32 = 0; k < MAX_CHUNKS; k++) {
    const chunk = load<u32>(OLD_CHUNKS + ((k as usize) << 2)) as usize;
    for (let at = chunk; at < chunk + 4096; at += 8) {
      const slot = load<u64>(at);
      if (slot > GIVEN_UP) place((((slot >> 36) as u32) & bit) != 0 ? high : low, slot);
    }
  }
  const span = DIRECTORY_ENTRIES >> depth;
  const from = (hash >> 16) & ~(span - 1);
  point(table, from, span >> 1, low);
  point(table, from + (span >> 1), span >> 1, high);
  retire(table, shard);
  giveChunks(table, OLD_CHUNKS, MAX_CHUNKS);
  return ABSENT;
}

function retire(table: usize, shard: usize): void {
  atomic.store<u32>(shard, load<u32>(shard, TURN) + 1, TURN);
  store<u32>(shard, load<u32>(table, SHARD_FREE), COUNT);
  store<u32>(table, shard as u32, SHARD_FREE);
}

// asc: -O3 --runtime stub --enable simd --enable bulk-memory --importMemory --initialMemory 1 --maximumMemory 65536 --noAssert
/**
 * Binary COPY, between the bytes of PostgreSQL's protocol and columns. src/copy/codec.ts lays out the
 * memory and is the only caller.
 *
 * A column is described by 8 u32 at `columns + 32 · index`:
 *
 *   0 kind      0 fixed width, 1 variable, 2 one value for every row (encoding only)
 *   4 width     bytes of a fixed or repeated value
 *   8 values    fixed: one value after the other; variable: bytes; repeated: the value
 *  12 offsets   variable: u32 start of each value, and the end of the last
 *  16 nulls     bitmap, bit set: null; 0 when the column is never null
 *  20 swap      0 none, 2, 4 or 8 byte words, 16: interval (8, 4, 4), 12: timetz (8, 4)
 *  24 epoch     added to each value when decoding: 1 days (i32), 2 microseconds (i64), 0 nothing
 *  28 used      decoding variable: bytes written so far
 *
 * Rows are moved first, as they are, between wire and columns; then whole columns are byte-swapped and
 * shifted to our epoch 16 bytes at a time. Columns have 16 bytes of room behind their end.
 */

const FIXED: u32 = 0;
const VARIABLE: u32 = 1;

/** What stopped `decode`: more bytes are needed, another message is next, the stream ended, an error. */
const NEED_MORE: i32 = 0;
const MESSAGE: i32 = 1;
const BAD_FIELD_COUNT: i32 = -1;
const BAD_WIDTH: i32 = -2;
const UNEXPECTED_NULL: i32 = -3;
const BAD_FRAME: i32 = -4;

/** Results of the last call. */
export let consumed: u32 = 0;
export let rows: u32 = 0;
export let badColumn: u32 = 0;
export let badValue: i32 = 0;
/** Bytes of COPY payload that are not whole rows yet; they lie at `carry`. */
export let carried: u32 = 0;
/** 0: the signature is still to come; 1: rows; 2: the end marker was read. */
export let phase: u32 = 0;

/** @param first 0 when a COPY signature is to come, 1 for bare rows */
export function reset(first: u32): void {
  carried = 0;
  phase = first;
}

function be32(at: u32): u32 {
  return bswap<u32>(load<u32>(at));
}

function be16(at: u32): u32 {
  return bswap<u16>(load<u16>(at)) as u32;
}

/**
 * Decodes the CopyData ("d") or DataRow ("D", the same bytes) messages at [at, end) until another
 * message, the end, or `room` rows. Each message usually holds exactly one row; what is cut otherwise
 * goes through `carry`.
 */
export function decode(at: u32, end: u32, columns: u32, count: u32, room: u32, carry: u32): i32 {
  const start = at;
  rows = 0;
  let state = NEED_MORE;
  while (at + 5 <= end && rows < room) {
    const type = load<u8>(at);
    if (type != 100 && type != 68) {
      state = MESSAGE;
      break;
    }
    const size = be32(at + 1);
    if (size < 4) {
      state = BAD_FRAME;
      break;
    }
    const next = at + 1 + size;
    if (next > end) break;
    if (phase == 1 && carried == 0) {
      const taken = row(at + 5, next, columns, count);
      if (taken < 0) {
        state = taken;
        break;
      }
      if (<u32>taken < size - 4 && phase == 1) {
        // Several rows in one message, or a part of one: the general path takes the rest.
        memory.copy(carry, at + 5 + <u32>taken, size - 4 - <u32>taken);
        carried = size - 4 - <u32>taken;
        state = unload(columns, count, room, carry);
        if (state < 0) break;
      }
    } else if (phase != 2) {
      memory.copy(carry + carried, at + 5, size - 4);
      carried += size - 4;
      state = unload(columns, count, room, carry);
      if (state < 0) break;
    }
    at = next;
  }
  consumed = at - start;
  return state;
}

/** Takes the signature, then whole rows, from the front of `carry`, and moves what is left there. */
function unload(columns: u32, count: u32, room: u32, carry: u32): i32 {
  let at: u32 = 0;
  if (phase == 0) {
    if (carried < 19) return NEED_MORE;
    if (load<u64>(carry) != 0xff0a59504f434750 || (load<u32>(carry + 8) & 0xffffff) != 0x000a0d)
      return BAD_FRAME;
    const extension = be32(carry + 15);
    if (carried < 19 + extension) return NEED_MORE;
    at = 19 + extension;
    phase = 1;
  }
  let state: i32 = NEED_MORE;
  while (at < carried && phase == 1 && rows < room) {
    const taken = row(carry + at, carry + carried, columns, count);
    if (taken <= 0) {
      state = taken;
      break;
    }
    at += <u32>taken;
  }
  if (at > 0) {
    carried -= at;
    memory.copy(carry, carry + at, carried);
  }
  return state;
}

/** Rows that are whole in `carry`, after a call that stopped for lack of room. */
export function resume(columns: u32, count: u32, room: u32, carry: u32): i32 {
  rows = 0;
  return carried > 0 && phase == 1 ? unload(columns, count, room, carry) : NEED_MORE;
}

/** @returns the bytes of the row at `at`, 0 when it is not whole, or what is wrong with it */
function row(at: u32, end: u32, columns: u32, count: u32): i32 {
  if (at + 2 > end) return 0;
  const fields = be16(at);
  if (fields == 0xffff) {
    phase = 2;
    return 2;
  }
  if (fields != count) {
    badValue = <i32>fields;
    return BAD_FIELD_COUNT;
  }
  // Variable columns are written only once the whole row is known to be there.
  let scan = at + 2;
  for (let k: u32 = 0; k < count; k++) {
    if (scan + 4 > end) return 0;
    const size = <i32>be32(scan);
    if (size < -1) return BAD_FRAME;
    scan += 4 + (size < 0 ? 0 : <u32>size);
    if (scan > end) return 0;
  }
  const index = rows;
  let field = at + 2;
  for (let column = columns; column < columns + (count << 5); column += 32) {
    const size = be32(field);
    field += 4;
    if (load<u32>(column) == FIXED) {
      const width = load<u32>(column, 4);
      if (size == width) {
        const value = load<u32>(column, 8) + index * width;
        if (width == 8) store<u64>(value, load<u64>(field));
        else if (width == 4) store<u32>(value, load<u32>(field));
        else if (width == 16) v128.store(value, v128.load(field));
        else if (width == 2) store<u16>(value, load<u16>(field));
        else if (width == 1) store<u8>(value, load<u8>(field));
        else memory.copy(value, field, width);
        field += width;
        continue;
      }
      if (size != 0xffffffff) return wrong(column, columns, <i32>size, BAD_WIDTH);
      if (load<u32>(column, 16) == 0) return wrong(column, columns, 0, UNEXPECTED_NULL);
      setNull(load<u32>(column, 16), index);
      memory.fill(load<u32>(column, 8) + index * width, 0, width);
    } else {
      let used = load<u32>(column, 28);
      store<u32>(load<u32>(column, 12) + (index << 2), used);
      if (size == 0xffffffff) {
        if (load<u32>(column, 16) == 0) return wrong(column, columns, 0, UNEXPECTED_NULL);
        setNull(load<u32>(column, 16), index);
      } else {
        memory.copy(load<u32>(column, 8) + used, field, size);
        field += size;
        used += size;
        store<u32>(column, used, 28);
      }
      store<u32>(load<u32>(column, 12) + (index << 2), used, 4);
    }
  }
  rows = index + 1;
  return field - at;
}

function wrong(column: u32, columns: u32, value: i32, what: i32): i32 {
  badColumn = (column - columns) >> 5;
  badValue = value;
  return what;
}

function setNull(nulls: u32, index: u32): void {
  const at = nulls + (index >> 3);
  store<u8>(at, load<u8>(at) | ((<u8>1) << (<u8>(index & 7))));
}

/**
 * Encodes rows [first, last) of the columns at [at, end): as many as fit.
 * @returns the next row; `consumed` is the number of bytes written
 */
export function encode(first: u32, last: u32, at: u32, end: u32, columns: u32, count: u32): u32 {
  const start = at;
  const swappedCount = bswap<u16>(<u16>count);
  let index = first;
  for (; index < last; index++) {
    if (at + rowSize(index, columns, count) > end) break;
    store<u16>(at, swappedCount);
    at += 2;
    for (let column = columns; column < columns + (count << 5); column += 32) {
      const nulls = load<u32>(column, 16);
      if (nulls != 0 && (load<u8>(nulls + (index >> 3)) >> (index & 7)) & 1) {
        store<u32>(at, 0xffffffff);
        at += 4;
        continue;
      }
      const kind = load<u32>(column);
      let width = load<u32>(column, 4);
      let value = load<u32>(column, 8);
      if (kind == FIXED) value += index * width;
      else if (kind == VARIABLE) {
        const offsets = load<u32>(column, 12) + (index << 2);
        value += load<u32>(offsets);
        width = load<u32>(offsets, 4) - load<u32>(offsets);
      }
      store<u32>(at, bswap<u32>(width));
      at += 4;
      if (width == 8) store<u64>(at, load<u64>(value));
      else if (width == 4) store<u32>(at, load<u32>(value));
      else memory.copy(at, value, width);
      at += width;
    }
  }
  consumed = at - start;
  return index;
}

function rowSize(index: u32, columns: u32, count: u32): u32 {
  let size: u32 = 2 + 4 * count;
  for (let column = columns; column < columns + (count << 5); column += 32) {
    if (load<u32>(column) != VARIABLE) size += load<u32>(column, 4);
    else {
      const offsets = load<u32>(column, 12) + (index << 2);
      size += load<u32>(offsets, 4) - load<u32>(offsets);
    }
  }
  return size;
}

/** Byte order and epoch of decoded rows [0, count). */
export function fromWire(columns: u32, columnCount: u32, count: u32): void {
  for (let column = columns; column < columns + (columnCount << 5); column += 32) {
    const values = load<u32>(column, 8);
    const size = count * load<u32>(column, 4);
    swap(values, size, load<u32>(column, 20));
    shift(values, size, load<u32>(column, 24), 1);
  }
}

/** Byte order and epoch of rows [0, count) that are about to be encoded. */
export function toWire(columns: u32, columnCount: u32, count: u32): void {
  for (let column = columns; column < columns + (columnCount << 5); column += 32) {
    if (load<u32>(column) != FIXED) continue;
    const values = load<u32>(column, 8);
    const size = count * load<u32>(column, 4);
    shift(values, size, load<u32>(column, 24), -1);
    swap(values, size, load<u32>(column, 20));
  }
}

function swap(values: u32, size: u32, word: u32): void {
  const end = values + size;
  if (word == 12) {
    for (let at = values; at < end; at += 12) {
      store<u64>(at, bswap<u64>(load<u64>(at)));
      store<u32>(at, bswap<u32>(load<u32>(at, 8)), 8);
    }
  }
  if (word == 8) {
    for (let at = values; at < end; at += 16) {
      const v = v128.load(at);
      v128.store(at, v128.shuffle<u8>(v, v, 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8));
    }
  } else if (word == 4) {
    for (let at = values; at < end; at += 16) {
      const v = v128.load(at);
      v128.store(at, v128.shuffle<u8>(v, v, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
    }
  } else if (word == 2) {
    for (let at = values; at < end; at += 16) {
      const v = v128.load(at);
      v128.store(at, v128.shuffle<u8>(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
    }
  } else if (word == 16) {
    for (let at = values; at < end; at += 16) {
      const v = v128.load(at);
      v128.store(at, v128.shuffle<u8>(v, v, 7, 6, 5, 4, 3, 2, 1, 0, 11, 10, 9, 8, 15, 14, 13, 12));
    }
  }
}

/**
 * Moves between PostgreSQL's epoch (2000-01-01) and ours (1970-01-01); the infinities stay put. What
 * would wrap around becomes the least finite number, which the server refuses as out of range.
 */
function shift(values: u32, size: u32, epoch: u32, sign: i32): void {
  const end = values + size;
  if (epoch == 1) {
    const days = i32x4.splat(10957 * sign);
    const most = i32x4.splat(i32.MAX_VALUE);
    const least = i32x4.splat(i32.MIN_VALUE);
    for (let at = values; at < end; at += 16) {
      const v = v128.load(at);
      const moved = i32x4.add(v, days);
      const wrapped = sign < 0 ? i32x4.gt_s(moved, v) : i32x4.lt_s(moved, v);
      const finite = v128.bitselect(i32x4.splat(i32.MIN_VALUE + 1), moved, wrapped);
      const infinite = v128.or(i32x4.eq(v, most), i32x4.eq(v, least));
      v128.store(at, v128.bitselect(v, finite, infinite));
    }
  } else if (epoch == 2) {
    const us = i64x2.splat(946684800000000 * <i64>sign);
    const most = i64x2.splat(i64.MAX_VALUE);
    const least = i64x2.splat(i64.MIN_VALUE);
    for (let at = values; at < end; at += 16) {
      const v = v128.load(at);
      const moved = i64x2.add(v, us);
      const wrapped = sign < 0 ? i64x2.gt_s(moved, v) : i64x2.lt_s(moved, v);
      const finite = v128.bitselect(i64x2.splat(i64.MIN_VALUE + 1), moved, wrapped);
      const infinite = v128.or(i64x2.eq(v, most), i64x2.eq(v, least));
      v128.store(at, v128.bitselect(v, finite, infinite));
    }
  }
}

/** The first of `count` f64 (width 8) or f32 (width 4) that is NaN or infinite; `count` when none is. */
export function firstNotFinite(values: u32, count: u32, width: u32): u32 {
  for (let index: u32 = 0; index < count; index++) {
    const value: f64 =
      width == 8 ? load<f64>(values + (index << 3)) : <f64>load<f32>(values + (index << 2));
    if (value - value != 0) return index;
  }
  return count;
}

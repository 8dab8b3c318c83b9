/**
 * Where the columns of a Bodies lie in its WebAssembly memory.
 *
 *     0          4096                                                  top
 *     ├─ header ─┼─ mass ─┬─ x ─┬─ y ─ … ─┬─ softening ─┬─ radius ─┬─ id ─┤ scratch, grows →
 *
 *   header  i32 × 8 at byte 64: magic, version, n, capacity, top / 64, 0, 0, 0
 *   column  capacity × 8 bytes (id: × 4), 64-byte aligned, followed by SKEW bytes
 *
 * The skew keeps row k of different columns off the same 4 KiB offset: without it a power-of-two
 * capacity makes all loads and stores of one row alias in the L1 cache.
 * Rows n … capacity − 1 are padding: massless and far away, so that a SIMD loop needs no tail.
 */
export const MAGIC = 0x48_50_4e_42;
export const VERSION = 1;
export const HEADER_AT = 64;
export const HEADER_WORDS = 8;
const COLUMNS_AT = 4096;
const SKEW = 192;

/** Rows are padded to this multiple: the widest block of rows that a kernel reads at once. */
export const ROW_MULTIPLE = 8;

/** A coordinate that no body of a simulation has; squared three times it is still finite. */
export const FAR_AWAY = 1e30;

export const FLOAT_COLUMNS = [
  "mass",
  "x",
  "y",
  "z",
  "vx",
  "vy",
  "vz",
  "ax",
  "ay",
  "az",
  "softening",
  "radius",
] as const;

export type FloatColumn = (typeof FLOAT_COLUMNS)[number];

/** Byte offsets of the columns. */
export type Offsets = Readonly<Record<FloatColumn | "id", number>>;

export interface Layout {
  readonly capacity: number;
  readonly offsets: Offsets;
  /** First byte after the columns, 64-byte aligned. */
  readonly end: number;
}

export function layoutFor(rows: number): Layout {
  const capacity = Math.ceil(rows / ROW_MULTIPLE) * ROW_MULTIPLE;
  const columnBytes = align(capacity * 8) + SKEW;
  const offsets: Partial<Record<FloatColumn | "id", number>> = {};
  let at = COLUMNS_AT;
  for (const name of FLOAT_COLUMNS) {
    offsets[name] = at;
    at += columnBytes;
  }
  offsets.id = at;
  return { capacity, offsets: offsets as Offsets, end: align(at + capacity * 4) };
}

export function align(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

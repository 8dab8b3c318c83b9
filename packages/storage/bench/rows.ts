/**
 * The rows that the storage benchmarks write: 16 bytes of key (8 of time, 8 that say nothing), 256 of value. Beside
 * them the time is a column of its own, and the first 8 bytes of the value are a number, which is what reads touch.
 */
import {
  bytes,
  bytes16,
  key,
  series,
  time,
  u64,
  type ColumnsOf,
  type Database,
  type SeriesDefinition,
} from "../src/index.ts";

const columns = { id: key(bytes16), at: time("micros"), number: u64, payload: bytes(248) };
export type Columns = typeof columns;
export const table: SeriesDefinition<Columns> = series("rows", columns);

const BATCH = 200;

/** The third word of a row's key; the fourth is that of row + 7. */
export function scattered(row: number): number {
  let hash = Math.imul(row ^ (row >>> 15), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}

/** A row's key: its time in the first 8 bytes, as words. */
export function keyOf(row: number, into: Uint8Array = new Uint8Array(16)): Uint8Array {
  const words = new DataView(into.buffer, into.byteOffset, 16);
  words.setUint32(4, row, true);
  words.setInt32(8, scattered(row), true);
  words.setInt32(12, scattered(row + 7), true);
  return into;
}

const payload = new Uint8Array(248).fill(120);
const payloads = new Uint8Array(248 * BATCH).fill(120);

export function rowOf(row: number): {
  readonly id: Uint8Array;
  readonly at: number;
  readonly number: number;
  readonly payload: Uint8Array;
} {
  return { id: keyOf(row), at: row, number: row, payload };
}

/** Rows [from, from + count) by columns. */
export function columnsOf(from: number, count: number): ColumnsOf<Columns> {
  const id = new Uint8Array(16 * count);
  const numbers = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    keyOf(from + k, id.subarray(16 * k, 16 * k + 16));
    numbers[k] = from + k;
  }
  return { id, at: numbers, number: numbers, payload: payloads.subarray(0, 248 * count) };
}

/** Writes rows [0, rows) and brings them into their segments. */
export async function load(db: Database, rows: number): Promise<void> {
  for (let from = 0; from < rows; from += BATCH) {
    const count = Math.min(BATCH, rows - from);
    const written = db.transaction((tx) => tx.table(table).ingest(columnsOf(from, count)));
    if ((from / BATCH) % 64 === 0) await written;
  }
  await db.flushed;
  await db.checkpoint();
}

/** xorshift: the same for every engine. */
export function random(seed: number): (below: number) => number {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** 87 of 100 reads are of the newest twentieth. */
export function recentRow(next: (below: number) => number, rows: number): number {
  const span = next(100) < 87 ? Math.max(1, Math.floor(rows / 20)) : rows;
  return rows - 1 - next(span);
}

/** The value below which `share` of the sorted samples lie. */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Memory for pages and index of so many rows. */
export function memoryFor(rows: number): number {
  return Math.min(4095, Math.max(64, Math.ceil((rows * 420) / 2 ** 20))) * 2 ** 20;
}

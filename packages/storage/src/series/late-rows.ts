/**
 * Rows that came late: their time is below one that was there before. They are not found by bisection over pages, so
 * each run has a list of them in shared memory, in the order in which they came. A range that overlaps takes what it
 * needs of the lists and sorts it.
 */
import type { Address } from "../pool/page-pool.ts";
import type { SharedPool } from "../pool/shared-pool.ts";
import { LATE_BYTES } from "./side-file.ts";
import { LATE_FRAME, RUN, TABLE } from "./table-map.ts";

export interface LateRow {
  readonly time: number;
  readonly page: number;
  readonly row: number;
}

/** The late rows with from ≤ time < to, in order of time; undefined when there are none. */
export function lateRows(
  pool: SharedPool,
  control: Address,
  from: number,
  to: number,
): LateRow[] | undefined {
  const { view } = pool;
  const runs = view.getUint32(control + TABLE.runs, true);
  const count = view.getUint32(control + TABLE.runCount, true);
  let found: LateRow[] | undefined;
  for (let k = view.getUint32(control + TABLE.runFirst, true); k < count; k++) {
    const run = runs + k * RUN.bytes;
    if (view.getUint32(run + RUN.lateRows, true) === 0) continue;
    if (timeAt(view, run + RUN.lateTo) < from || timeAt(view, run + RUN.lateFrom) >= to) continue;
    found ??= [];
    for (const at of entries(pool, run)) {
      const time = timeAt(view, at);
      if (time < from || time >= to) continue;
      found.push({ time, page: view.getUint32(at + 8, true), row: view.getUint32(at + 12, true) });
    }
  }
  return found === undefined || found.length === 0 ? undefined : found.sort(byTime);
}

function byTime(a: LateRow, b: LateRow): number {
  return a.time - b.time || a.page - b.page || a.row - b.row;
}

/** Addresses of a run's late rows, newest frame first. */
function* entries({ view, words }: SharedPool, run: Address): Generator<Address> {
  let frame = Atomics.load(words, (run + RUN.late) >>> 2) >>> 0;
  while (frame !== 0) {
    const count = Atomics.load(words, (frame + LATE_FRAME.count) >>> 2);
    for (let k = 0; k < count; k++) yield frame + LATE_FRAME.first + k * LATE_FRAME.entryBytes;
    frame = view.getUint32(frame + LATE_FRAME.before, true);
  }
}

/** A run's late rows as bytes, for its side file. */
export function lateBytes(pool: SharedPool, run: Address): Uint8Array {
  const rows = pool.view.getUint32(run + RUN.lateRows, true);
  const bytes = new Uint8Array(rows * LATE_BYTES);
  let to = 0;
  for (const at of entries(pool, run)) {
    bytes.set(pool.bytes.subarray(at, at + LATE_BYTES), to);
    to += LATE_BYTES;
  }
  return bytes;
}

/** Puts late rows back that a side file had. */
export function restoreLate(pool: SharedPool, run: Address, bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; at += LATE_BYTES) {
    const [time, page, row] = [
      view.getBigInt64(at, true),
      view.getUint32(at + 8, true),
      view.getUint32(at + 12, true),
    ];
    if (pool.kernel.addLate(run, time, page, row) === 0) return false;
  }
  return true;
}

/** Gives the frames of a run's list back. */
export function freeLate(pool: SharedPool, run: Address): void {
  let frame = pool.view.getUint32(run + RUN.late, true);
  pool.view.setUint32(run + RUN.late, 0, true);
  pool.view.setUint32(run + RUN.lateRows, 0, true);
  while (frame !== 0) {
    const before = pool.view.getUint32(frame + LATE_FRAME.before, true);
    pool.kernel.disown(frame);
    frame = before;
  }
}

function timeAt(view: DataView, at: Address): number {
  return view.getInt32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true);
}

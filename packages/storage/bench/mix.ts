/**
 * The mix: of 100 operations 80 are point reads (87 of 100 among the newest twentieth), 15 scans of the newest rows that
 * touch each, 5 inserts. What both threads of our side share, and the loop that reads.
 */
import type { SeriesCursor, SeriesReads } from "../src/index.ts";
import { random, recentRow, scattered, type Columns } from "./rows.ts";

/** Words of shared memory. */
export const SHARED = { visible: 0, asked: 1, stop: 2, done: 3, words: 4 } as const;

export const OPERATION = { read: 0, scan: 1, insert: 2 } as const;
const SAMPLES = 8_000_000;

export function pick(next: (below: number) => number): number {
  const dice = next(100);
  return dice < 80 ? OPERATION.read : dice < 95 ? OPERATION.scan : OPERATION.insert;
}

/** Times of operations in ms; beyond SAMPLES the oldest are overwritten. */
export class Samples {
  readonly values: Float32Array<SharedArrayBuffer> = new Float32Array(
    new SharedArrayBuffer(4 * SAMPLES),
  );
  count = 0;

  add(ms: number): void {
    this.values[this.count++ % SAMPLES] = ms;
  }

  sorted(): Float64Array {
    return Float64Array.from(this.values.subarray(0, Math.min(this.count, SAMPLES))).sort();
  }
}

/** Reads and scans of one thread. */
export class Reading {
  readonly samples: Samples = new Samples();
  readonly next: (below: number) => number;
  operations = 0;
  sum = 0;
  readonly #point: SeriesCursor<Columns>;
  readonly #scan: SeriesCursor<Columns>;
  readonly #rows: number;
  readonly #commit: () => number;

  constructor(reads: SeriesReads<Columns>, commit: () => number, scanned: number, seed: number) {
    this.#commit = commit;
    this.#point = reads.cursor();
    this.#scan = reads.cursor();
    this.#rows = scanned;
    this.next = random(seed);
  }

  point(visible: number): void {
    const row = recentRow(this.next, visible);
    this.#point.commit = this.#commit();
    if (this.#point.seekWords(0, row, scattered(row), scattered(row + 7))) {
      this.sum += this.#point.row.number;
    }
  }

  scan(): void {
    const cursor = this.#scan;
    cursor.commit = this.#commit();
    cursor.range(NEWEST_FIRST);
    const { row } = cursor;
    for (let k = 0; k < this.#rows && cursor.next(); k++) this.sum += row.number;
  }

  close(): void {
    this.#point[Symbol.dispose]();
    this.#scan[Symbol.dispose]();
  }
}

const NEWEST_FIRST = { reverse: true };

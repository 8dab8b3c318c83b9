/**
 * Up to LEAF_ENTRIES payments in the order of their times. A leaf that is being written to is open: plain
 * arrays. At rest it is packed: bits per entry as its own spread of times and amounts needs, typically
 * two or three bytes in all.
 */
import { PackedNumbers } from "./packed-numbers.ts";

export const LEAF_ENTRIES = 512;

/** 0 is the default processor, 1 the fallback. */
export type ProcessorIndex = 0 | 1;

interface OpenLeaf {
  readonly times: Float64Array;
  /** Amount × 2 + processor. */
  readonly values: Float64Array;
}

interface PackedLeaf {
  readonly times: PackedNumbers;
  readonly values: PackedNumbers;
}

/** Counts and sums of both processors; added up by whoever asks. */
export class Totals {
  readonly counts: [number, number] = [0, 0];
  readonly amountsMinor: [number, number] = [0, 0];

  count(processor: ProcessorIndex, amountMinor: number): void {
    this.counts[processor]++;
    this.amountsMinor[processor] += amountMinor;
  }

  add(other: Totals): void {
    this.counts[0] += other.counts[0];
    this.counts[1] += other.counts[1];
    this.amountsMinor[0] += other.amountsMinor[0];
    this.amountsMinor[1] += other.amountsMinor[1];
  }
}

export class Leaf {
  readonly totals: Totals = new Totals();
  /** Times of the first and the last; Infinity and -Infinity when there is none. */
  firstTime = Infinity;
  lastTime = -Infinity;
  #size = 0;
  #open: OpenLeaf | undefined = newOpen();
  #packed: PackedLeaf | undefined = undefined;

  get size(): number {
    return this.#size;
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  get sizeBytes(): number {
    if (this.#open !== undefined) return LEAF_ENTRIES * 16;
    return this.#packed!.times.sizeBytes + this.#packed!.values.sizeBytes;
  }

  /** Puts a payment behind those of the same time. There must be room. */
  insert(time: number, amountMinor: number, processor: ProcessorIndex): void {
    const { times, values } = this.open();
    let at = this.#size;
    if (time < this.lastTime) {
      at = this.position(time, true);
      times.copyWithin(at + 1, at, this.#size);
      values.copyWithin(at + 1, at, this.#size);
    } else this.lastTime = time;
    if (time < this.firstTime) this.firstTime = time;
    times[at] = time;
    values[at] = amountMinor * 2 + processor;
    this.#size++;
    this.totals.count(processor, amountMinor);
  }

  /** How many payments are earlier than `time`; or not later, when `after`. */
  position(time: number, after: boolean): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = this.#time(middle);
      if (at < time || (after && at === time)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Adds the payments from position `start` to before `end`. */
  sum(start: number, end: number, into: Totals): void {
    const values = this.#open?.values;
    for (let index = start; index < end; index++) {
      const value = values === undefined ? this.#packed!.values.at(index) : values[index]!;
      const processor = (value % 2) as ProcessorIndex;
      into.count(processor, (value - processor) / 2);
    }
  }

  /** Moves the later half into a leaf of its own. */
  split(): Leaf {
    const { times, values } = this.open();
    const half = this.#size >>> 1;
    const later = new Leaf();
    for (let index = half; index < this.#size; index++) {
      const value = values[index]!;
      const processor = (value % 2) as ProcessorIndex;
      later.insert(times[index]!, (value - processor) / 2, processor);
    }
    this.#size = half;
    this.lastTime = times[half - 1]!;
    for (const processor of [0, 1] as const) {
      this.totals.counts[processor] -= later.totals.counts[processor];
      this.totals.amountsMinor[processor] -= later.totals.amountsMinor[processor];
    }
    return later;
  }

  /** Makes it small; it opens itself again when it is written to. */
  pack(): void {
    if (this.#open === undefined) return;
    const { times, values } = this.#open;
    this.#packed = {
      times: new PackedNumbers(times.subarray(0, this.#size)),
      values: new PackedNumbers(values.subarray(0, this.#size)),
    };
    this.#open = undefined;
  }

  private open(): OpenLeaf {
    if (this.#open !== undefined) return this.#open;
    const packed = this.#packed!;
    const open = newOpen();
    for (let index = 0; index < this.#size; index++) {
      open.times[index] = packed.times.at(index);
      open.values[index] = packed.values.at(index);
    }
    this.#packed = undefined;
    return (this.#open = open);
  }

  #time(index: number): number {
    return this.#open === undefined ? this.#packed!.times.at(index) : this.#open.times[index]!;
  }
}

function newOpen(): OpenLeaf {
  return { times: new Float64Array(LEAF_ENTRIES), values: new Float64Array(LEAF_ENTRIES) };
}

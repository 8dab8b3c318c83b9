/** Iterators of abstract-level over a cursor. What they read they copy out: it is the caller's. */
import {
  AbstractIterator,
  AbstractKeyIterator,
  AbstractValueIterator,
  type AbstractIteratorOptions,
  type AbstractLevel,
} from "abstract-level";
import { yieldNow } from "@hotpath/runtime";
import type { Snapshot } from "../database/snapshot.ts";
import type { KeyRange, OrderedCursor, OrderedReads } from "../ordered/ordered-reads.ts";
import { decode, encode, type Format, type FormatName } from "./formats.ts";

export interface IteratorOptions {
  readonly keyEncoding: FormatName;
  readonly valueEncoding: FormatName;
  readonly gt?: Format;
  readonly gte?: Format;
  readonly lt?: Format;
  readonly lte?: Format;
  readonly reverse?: boolean;
  readonly limit?: number;
  readonly keys?: boolean;
  readonly values?: boolean;
  readonly signal?: AbortSignal | null;
}

/** A range in bytes. */
export type Range = Omit<KeyRange, "gt" | "gte" | "lt" | "lte"> & {
  readonly gt?: Uint8Array | undefined;
  readonly gte?: Uint8Array | undefined;
  readonly lt?: Uint8Array | undefined;
  readonly lte?: Uint8Array | undefined;
};

/** The place of an iterator in its range, whatever it gives back. */
class Place {
  readonly #cursor: OrderedCursor;
  readonly #snapshot: Snapshot | undefined;
  readonly #range: Range;
  /** Where to begin with the next `advance`; undefined once begun. */
  #from: Range | undefined;
  #outside = false;

  constructor(reads: OrderedReads, snapshot: Snapshot | undefined, range: Range) {
    this.#snapshot = snapshot;
    this.#range = this.#from = range;
    try {
      this.#cursor = reads.cursor();
    } catch (error) {
      snapshot?.close();
      throw error;
    }
  }

  advance(): boolean {
    if (this.#outside) return false;
    const from = this.#from;
    if (from === undefined) return this.#cursor.valid && this.#cursor.advance();
    this.#from = undefined;
    return this.#cursor.begin(from);
  }

  /** The next `advance` comes to the first entry at or behind the target; to none when that is out of the range. */
  seek(target: Uint8Array): void {
    const range = this.#range;
    this.#outside = !contains(range, target);
    this.#from =
      range.reverse === true
        ? { ...range, lt: undefined, lte: target }
        : { ...range, gt: undefined, gte: target };
  }

  key(format: FormatName): Format {
    return decode(this.#cursor.key(), format)!;
  }

  value(format: FormatName): Format {
    return decode(this.#cursor.value(), format)!;
  }

  close(): void {
    this.#cursor.close();
    this.#snapshot?.close();
  }
}

function contains({ gt, gte, lt, lte }: Range, key: Uint8Array): boolean {
  if (
    gte !== undefined
      ? Buffer.compare(key, gte) < 0
      : gt !== undefined && Buffer.compare(key, gt) <= 0
  ) {
    return false;
  }
  return lte !== undefined
    ? Buffer.compare(key, lte) <= 0
    : lt === undefined || Buffer.compare(key, lt) < 0;
}

type Database<K, V> = AbstractLevel<Format, K, V>;

/** With a signal to listen to, a long read lets the host look around after so many entries. */
const CHUNK = 1000;

async function collect<T>(
  place: Place,
  size: number,
  take: () => T,
  signal?: AbortSignal,
): Promise<T[]> {
  const items: T[] = [];
  if (signal !== undefined) await notAborted(signal);
  while (items.length < size && place.advance()) {
    items.push(take());
    if (signal === undefined || items.length % CHUNK !== 0) continue;
    await yieldNow();
    await notAborted(signal);
  }
  return items;
}

async function one<T>(place: Place, take: () => T, signal?: AbortSignal): Promise<T | undefined> {
  if (signal !== undefined) await notAborted(signal);
  return place.advance() ? take() : undefined;
}

/** Lets the caller go on first, who may abort what he has just asked for. */
async function notAborted(signal: AbortSignal): Promise<void> {
  await Promise.resolve();
  if (!signal.aborted) return;
  const error = new Error("The read was aborted", { cause: signal.reason });
  throw Object.assign(error, { name: "AbortError", code: "LEVEL_ABORTED" });
}

export class EntryIterator<K, V> extends AbstractIterator<Database<K, V>, K, V> {
  readonly #place: Place;
  readonly #take: () => [Format | undefined, Format | undefined];
  readonly #signal: AbortSignal | undefined;

  constructor(
    db: Database<K, V>,
    options: IteratorOptions,
    range: Range,
    reads: OrderedReads,
    snapshot?: Snapshot,
  ) {
    super(db, options as unknown as AbstractIteratorOptions<K, V>);
    this.#signal = options.signal ?? undefined;
    const place = (this.#place = new Place(reads, snapshot, range));
    const { keyEncoding, valueEncoding, keys, values } = options;
    this.#take = () => [
      keys === false ? undefined : place.key(keyEncoding),
      values === false ? undefined : place.value(valueEncoding),
    ];
  }

  async _next(): Promise<[Format | undefined, Format | undefined] | undefined> {
    return one(this.#place, this.#take, this.#signal);
  }

  async _nextv(size: number): Promise<[Format | undefined, Format | undefined][]> {
    return collect(this.#place, size, this.#take, this.#signal);
  }

  async _all(): Promise<[Format | undefined, Format | undefined][]> {
    return collect(this.#place, this.limit - this.count, this.#take, this.#signal);
  }

  _seek(target: Format): void {
    this.#place.seek(encode(target));
  }

  async _close(): Promise<void> {
    this.#place.close();
    return Promise.resolve();
  }
}

export class KeyIterator<K> extends AbstractKeyIterator<Database<K, unknown>, K> {
  readonly #place: Place;
  readonly #take: () => Format;
  readonly #signal: AbortSignal | undefined;

  constructor(
    db: object,
    options: IteratorOptions,
    range: Range,
    reads: OrderedReads,
    snapshot?: Snapshot,
  ) {
    super(db as Database<K, unknown>, options as never);
    this.#signal = options.signal ?? undefined;
    const place = (this.#place = new Place(reads, snapshot, range));
    this.#take = () => place.key(options.keyEncoding);
  }

  async _next(): Promise<Format | undefined> {
    return one(this.#place, this.#take, this.#signal);
  }

  async _nextv(size: number): Promise<Format[]> {
    return collect(this.#place, size, this.#take, this.#signal);
  }

  async _all(): Promise<Format[]> {
    return collect(this.#place, this.limit - this.count, this.#take, this.#signal);
  }

  _seek(target: Format): void {
    this.#place.seek(encode(target));
  }

  async _close(): Promise<void> {
    this.#place.close();
    return Promise.resolve();
  }
}

export class ValueIterator<K, V> extends AbstractValueIterator<Database<K, V>, K, V> {
  readonly #place: Place;
  readonly #take: () => Format;
  readonly #signal: AbortSignal | undefined;

  constructor(
    db: Database<K, V>,
    options: IteratorOptions,
    range: Range,
    reads: OrderedReads,
    snapshot?: Snapshot,
  ) {
    super(db, options as never);
    this.#signal = options.signal ?? undefined;
    const place = (this.#place = new Place(reads, snapshot, range));
    this.#take = () => place.value(options.valueEncoding);
  }

  async _next(): Promise<Format | undefined> {
    return one(this.#place, this.#take, this.#signal);
  }

  async _nextv(size: number): Promise<Format[]> {
    return collect(this.#place, size, this.#take, this.#signal);
  }

  async _all(): Promise<Format[]> {
    return collect(this.#place, this.limit - this.count, this.#take, this.#signal);
  }

  _seek(target: Format): void {
    this.#place.seek(encode(target));
  }

  async _close(): Promise<void> {
    this.#place.close();
    return Promise.resolve();
  }
}

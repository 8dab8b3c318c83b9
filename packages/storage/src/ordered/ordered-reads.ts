/** What programs read an ordered table with: of a snapshot, or of what was published last. */
import { StorageError } from "../errors.ts";
import type { SnapshotView, TableNumber } from "../engine/engine.ts";
import type { PagePool } from "../pool/page-pool.ts";
import { TreeCursor } from "./cursor.ts";

/** Which keys, in which order. Bounds are bytes, or text as UTF-8. */
export interface KeyRange {
  readonly gt?: Uint8Array | string | undefined;
  readonly gte?: Uint8Array | string | undefined;
  readonly lt?: Uint8Array | string | undefined;
  readonly lte?: Uint8Array | string | undefined;
  readonly reverse?: boolean | undefined;
  /** At most so many; all when absent. */
  readonly limit?: number | undefined;
}

/** Cursors that nobody uses now, so that a lookup takes a hazard once and not each time. */
export class CursorStock {
  readonly #pool: PagePool;
  readonly #idle: TreeCursor[] = [];

  constructor(pool: PagePool) {
    this.#pool = pool;
  }

  take(): TreeCursor {
    return this.#idle.pop() ?? new TreeCursor(this.#pool);
  }

  /** A cursor that is put back keeps its hazard; beyond a few they are given to others. */
  putBack(cursor: TreeCursor): void {
    cursor.open(0);
    if (this.#idle.length < 16) this.#idle.push(cursor);
    else cursor[Symbol.dispose]();
  }

  close(): void {
    for (const cursor of this.#idle.splice(0)) cursor[Symbol.dispose]();
  }
}

const encoder = new TextEncoder();

export function bytesOf(key: Uint8Array | string): Uint8Array {
  return typeof key === "string" ? encoder.encode(key) : key;
}

export class OrderedReads {
  readonly #table: TableNumber;
  readonly #view: () => SnapshotView;
  readonly #stock: CursorStock;

  /** Made by `snapshot.table(…)` and `database.table(…)`. */
  constructor(table: TableNumber, view: () => SnapshotView, stock: CursorStock) {
    this.#table = table;
    this.#view = view;
    this.#stock = stock;
  }

  #root(): number {
    return this.#view().root(this.#table, 0);
  }

  /** A copy of the key's value; undefined when the key is not there. */
  get(key: Uint8Array | string): Uint8Array | undefined {
    const root = this.#root();
    const cursor = this.#stock.take();
    try {
      return cursor.open(root).get(bytesOf(key)) ? cursor.value() : undefined;
    } finally {
      this.#stock.putBack(cursor);
    }
  }

  has(key: Uint8Array | string): boolean {
    const root = this.#root();
    const cursor = this.#stock.take();
    try {
      return cursor.open(root).get(bytesOf(key));
    } finally {
      this.#stock.putBack(cursor);
    }
  }

  /** How many keys there are. */
  get size(): number {
    return this.#view().root(this.#table, 1);
  }

  /** A place in the table that is moved by hand, without making objects. Close it. */
  cursor(): OrderedCursor {
    return new OrderedCursor(() => this.#root(), this.#stock);
  }

  /** Keys and values, copied, in order. */
  *range(range: KeyRange = {}): Generator<[key: Uint8Array, value: Uint8Array], void, undefined> {
    using cursor = this.cursor();
    for (let more = cursor.begin(range); more; more = cursor.advance())
      yield [cursor.key(), cursor.value()];
  }

  *keys(range: KeyRange = {}): Generator<Uint8Array, void, undefined> {
    using cursor = this.cursor();
    for (let more = cursor.begin(range); more; more = cursor.advance()) yield cursor.key();
  }

  *values(range: KeyRange = {}): Generator<Uint8Array, void, undefined> {
    using cursor = this.cursor();
    for (let more = cursor.begin(range); more; more = cursor.advance()) yield cursor.value();
  }
}

/**
 * A place in an ordered table. On a snapshot it goes as long as that is open. On `database.table(…)` it sees what was
 * published when it last sought; when something else has been published since, moving and reading throw CLOSED,
 * because the pages it stands on may be in use for something else.
 */
export class OrderedCursor implements Disposable {
  readonly #rootNow: () => number;
  readonly #stock: CursorStock;
  #cursor: TreeCursor | undefined;
  #root = 0;
  #reverse = false;
  #left = 0;
  #end: Uint8Array | undefined;
  #endIncluded = false;

  /** Made by `OrderedReads.cursor`. */
  constructor(rootNow: () => number, stock: CursorStock) {
    this.#rootNow = rootNow;
    this.#stock = stock;
    this.#cursor = stock.take();
  }

  #open(): TreeCursor {
    if (this.#cursor === undefined) throw new StorageError("CLOSED", "The cursor is closed");
    this.#root = this.#rootNow();
    return this.#cursor.open(this.#root);
  }

  /** The tree's cursor, where it still stands on what it stood on. */
  get #here(): TreeCursor {
    if (this.#cursor === undefined) throw new StorageError("CLOSED", "The cursor is closed");
    if (this.#rootNow() === this.#root) return this.#cursor;
    throw new StorageError(
      "CLOSED",
      "The table has changed under the cursor: take a snapshot to read on",
    );
  }

  /** Goes to the first of a range, which `advance` then follows. */
  begin(range: KeyRange): boolean {
    const { gt, gte, lt, lte, limit = Infinity, reverse = false } = range;
    this.#reverse = reverse;
    this.#left = limit;
    const lower = gte ?? gt;
    const upper = lte ?? lt;
    const [start, startIncluded] = reverse
      ? [upper, lte !== undefined]
      : [lower, gte !== undefined];
    const end = reverse ? lower : upper;
    this.#end = end === undefined ? undefined : bytesOf(end);
    this.#endIncluded = reverse ? gte !== undefined : lte !== undefined;
    const cursor = this.#open();
    if (start === undefined) return this.#within(reverse ? cursor.last() : cursor.first());
    const key = bytesOf(start);
    let found = reverse ? cursor.seekBack(key) : cursor.seek(key);
    if (found && !startIncluded && cursor.compareKey(key) === 0)
      found = reverse ? cursor.previous() : cursor.next();
    return this.#within(found);
  }

  /** Goes to the next of the range; false at its end. */
  advance(): boolean {
    const cursor = this.#here;
    return this.#within(this.#reverse ? cursor.previous() : cursor.next());
  }

  #within(found: boolean): boolean {
    const cursor = this.#cursor!;
    if (!found) return false;
    if (this.#left-- <= 0) return this.#stop();
    if (this.#end === undefined) return true;
    const order = this.#reverse ? -cursor.compareKey(this.#end) : cursor.compareKey(this.#end);
    return order < 0 || (order === 0 && this.#endIncluded) || this.#stop();
  }

  #stop(): false {
    this.#cursor!.open(0);
    return false;
  }

  /** Goes to a key; false, and on nothing, when it is not there. */
  get(key: Uint8Array): boolean {
    return this.#open().get(key);
  }

  /** Goes to the first key that is not below `key`. */
  seek(key: Uint8Array): boolean {
    return this.#open().seek(key);
  }

  /** Goes to the last key that is not above `key`. */
  seekBack(key: Uint8Array): boolean {
    return this.#open().seekBack(key);
  }

  first(): boolean {
    return this.#open().first();
  }

  last(): boolean {
    return this.#open().last();
  }

  next(): boolean {
    return this.#here.next();
  }

  previous(): boolean {
    return this.#here.previous();
  }

  get valid(): boolean {
    return this.#cursor?.valid === true;
  }

  get keyLength(): number {
    return this.#here.keyLength;
  }

  get valueLength(): number {
    return this.#here.valueLength;
  }

  copyKey(into: Uint8Array): number {
    return this.#here.copyKey(into);
  }

  copyValue(into: Uint8Array): number {
    return this.#here.copyValue(into);
  }

  /** A copy of the key. */
  key(): Uint8Array {
    return this.#here.key();
  }

  /** A copy of the value. */
  value(): Uint8Array {
    return this.#here.value();
  }

  /** All of the database's memory, in which `valueAddress` counts. */
  get bytes(): Uint8Array {
    return this.#here.bytes;
  }

  /** Where the value stands, without a copy, until the cursor moves or closes; 0 for one that needs `copyValue`. */
  get valueAddress(): number {
    return this.#here.valueAddress;
  }

  compareKey(key: Uint8Array): number {
    return this.#here.compareKey(key);
  }

  close(): void {
    if (this.#cursor === undefined) return;
    this.#stock.putBack(this.#cursor);
    this.#cursor = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

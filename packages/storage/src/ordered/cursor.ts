/**
 * A reader's place in a tree, on any thread.
 *
 * It needs the root's page number and nothing else: pages that a snapshot reaches never change. It names one page
 * at a time in its hazard, the leaf it stands on; going on to the next leaf it looks at the branches again, by the
 * path that it remembers. Moving makes no object; `key()` and `value()` do, and give bytes that are the caller's.
 */
import {
  PAGE_BYTES,
  type Address,
  type Hazard,
  type PageNumber,
  type PagePool,
} from "../pool/page-pool.ts";
import { StorageError } from "../errors.ts";
import { PAGE_KIND } from "../page/header.ts";
import { NodeReader } from "./node-reader.ts";
import {
  KIND,
  MAX_DEPTH,
  MAX_SLOTS,
  MAX_VALUE_BYTES,
  OVERFLOWS,
  OVERFLOW_REFERENCE_BYTES,
} from "./node-layout.ts";
import { readOverflow } from "./overflow.ts";

export class TreeCursor implements Disposable {
  /** All of the pool's memory: `valueAddress` counts in it. */
  readonly bytes: Uint8Array;
  readonly view: DataView;

  readonly #nodes: NodeReader;
  readonly #hazard: Hazard;
  readonly #pages = new Int32Array(MAX_DEPTH);
  readonly #indexes = new Int32Array(MAX_DEPTH);
  #root: PageNumber = 0;
  /** Depth of the leaf; −1 when the cursor stands on nothing. */
  #depth = -1;
  #leaf: Address = 0;
  #index = 0;
  #count = 0;

  constructor(pool: PagePool) {
    this.#nodes = new NodeReader(pool);
    this.bytes = pool.bytes;
    this.view = pool.view;
    this.#hazard = pool.hazard();
  }

  /** Takes the tree that begins at `root`; the cursor then stands on nothing. */
  open(root: PageNumber): this {
    this.#root = root;
    this.#depth = -1;
    return this;
  }

  /** Whether the cursor stands on an entry. */
  get valid(): boolean {
    return this.#depth >= 0;
  }

  /** Goes to `key`; false, and on nothing, when it is not there. */
  get(key: Uint8Array, length: number = key.length): boolean {
    if (!this.#toLeaf(key, length)) return false;
    const found = this.#nodes.find(this.#leaf, key, length);
    if (found < 0) return this.#off();
    this.#index = found;
    return true;
  }

  /** Goes to the first key that is not below `key`. */
  seek(key: Uint8Array, length: number = key.length): boolean {
    if (!this.#toLeaf(key, length)) return false;
    const found = this.#nodes.find(this.#leaf, key, length);
    this.#index = found < 0 ? -1 - found : found;
    return this.#index < this.#count || this.#nextLeaf();
  }

  /** Goes to the last key that is not above `key`. */
  seekBack(key: Uint8Array, length: number = key.length): boolean {
    if (!this.#toLeaf(key, length)) return false;
    const found = this.#nodes.find(this.#leaf, key, length);
    this.#index = found < 0 ? -2 - found : found;
    return this.#index >= 0 || this.#previousLeaf();
  }

  first(): boolean {
    if (this.#root === 0) return this.#off();
    this.#toEdge(this.#root, 0, false);
    return true;
  }

  last(): boolean {
    if (this.#root === 0) return this.#off();
    this.#toEdge(this.#root, 0, true);
    return true;
  }

  next(): boolean {
    if (this.#depth < 0) return false;
    return ++this.#index < this.#count || this.#nextLeaf();
  }

  previous(): boolean {
    if (this.#depth < 0) return false;
    return --this.#index >= 0 || this.#previousLeaf();
  }

  get keyLength(): number {
    return this.#nodes.keyLength(this.#leaf, this.#index);
  }

  /** Writes the key into `into`, which must have room for it, and answers its length. */
  copyKey(into: Uint8Array): number {
    return this.#nodes.copyKey(this.#leaf, this.#index, into);
  }

  key(): Uint8Array {
    const key = new Uint8Array(this.keyLength);
    this.copyKey(key);
    return key;
  }

  /** The key against another: negative, zero or positive. */
  compareKey(key: Uint8Array, length: number = key.length): number {
    return this.#nodes.compareKey(this.#leaf, this.#index, key, length);
  }

  get valueLength(): number {
    const mark = this.#nodes.valueMark(this.#leaf, this.#index);
    if (mark !== OVERFLOWS) return mark;
    const length = this.view.getUint32(this.#valueAt(OVERFLOW_REFERENCE_BYTES) + 4, true);
    if (length > MAX_VALUE_BYTES) throw this.#corrupt("has a value of impossible length");
    return length;
  }

  /** Where the value stands in `bytes`, until the cursor moves; 0 when it is a large one, which stands in pieces. */
  get valueAddress(): Address {
    const mark = this.#nodes.valueMark(this.#leaf, this.#index);
    return mark === OVERFLOWS ? 0 : this.#valueAt(mark);
  }

  /** A copy of the value. */
  value(): Uint8Array {
    const length = this.valueLength;
    const at = this.valueAddress;
    if (at !== 0) return this.bytes.slice(at, at + length);
    const value = new Uint8Array(length);
    this.#readLarge(value);
    return value;
  }

  /** Writes the value into `into`, which must have room for it, and answers its length. */
  copyValue(into: Uint8Array): number {
    const length = this.valueLength;
    const at = this.valueAddress;
    if (at !== 0) into.set(this.bytes.subarray(at, at + length));
    else this.#readLarge(into.subarray(0, length));
    return length;
  }

  #readLarge(into: Uint8Array): void {
    const first = this.view.getUint32(this.#valueAt(OVERFLOW_REFERENCE_BYTES), true);
    readOverflow(this.#nodes, this.#hazard, first, into);
    // The hazard named the value's pages: the leaf may have moved.
    this.#leaf = this.#hazard.fix(this.#pages[this.#depth]! >>> 0);
  }

  #valueAt(length: number): Address {
    const at = this.#nodes.value(this.#leaf, this.#index);
    if (at + length > this.#leaf + PAGE_BYTES)
      throw this.#corrupt("has a value that leaves the page");
    return at;
  }

  #toLeaf(key: Uint8Array, length: number): boolean {
    let page = this.#root;
    if (page === 0) return this.#off();
    for (let depth = 0; ; depth++) {
      const level = this.#enter(page, depth);
      if (level === 0) return true;
      const index = this.#nodes.childIndex(this.#leaf, key, length);
      this.#indexes[depth] = index;
      page = this.#nodes.child(this.#leaf, index);
    }
  }

  /** Makes `page` the one that is looked at, at a depth; answers its level. */
  #enter(page: PageNumber, depth: number): number {
    const node = this.#hazard.fix(page);
    const level = this.#nodes.level(node);
    this.#leaf = node;
    this.#pages[depth] = page;
    this.#depth = depth;
    this.#count = this.#nodes.count(node);
    const kind = this.view.getUint8(node + KIND);
    if (kind !== PAGE_KIND.tree || level + depth >= MAX_DEPTH || this.#count > MAX_SLOTS)
      throw this.#corrupt("is not a page of a tree");
    return level;
  }

  /** From `page` down to its first or last entry. */
  #toEdge(from: PageNumber, fromDepth: number, toLast: boolean): void {
    let page = from;
    for (let depth = fromDepth; ; depth++) {
      const level = this.#enter(page, depth);
      if (level === 0) break;
      const index = toLast ? this.#count - 1 : -1;
      this.#indexes[depth] = index;
      page = this.#nodes.child(this.#leaf, index);
    }
    if (this.#count === 0) throw this.#corrupt("is an empty leaf");
    this.#index = toLast ? this.#count - 1 : 0;
  }

  #nextLeaf(): boolean {
    for (let depth = this.#depth - 1; depth >= 0; depth--) {
      this.#enter(this.#pages[depth]! >>> 0, depth);
      const index = this.#indexes[depth]! + 1;
      if (index >= this.#count) continue;
      this.#indexes[depth] = index;
      this.#toEdge(this.#nodes.child(this.#leaf, index), depth + 1, false);
      return true;
    }
    return this.#off();
  }

  #previousLeaf(): boolean {
    for (let depth = this.#depth - 1; depth >= 0; depth--) {
      this.#enter(this.#pages[depth]! >>> 0, depth);
      const index = this.#indexes[depth]! - 1;
      if (index < -1) continue;
      this.#indexes[depth] = index;
      this.#toEdge(this.#nodes.child(this.#leaf, index), depth + 1, true);
      return true;
    }
    return this.#off();
  }

  #off(): false {
    this.#depth = -1;
    return false;
  }

  #corrupt(what: string): StorageError {
    const page = this.#pages[Math.max(this.#depth, 0)]! >>> 0;
    return new StorageError("CORRUPT", `Page ${page} of the tree at page ${this.#root} ${what}`);
  }

  [Symbol.dispose](): void {
    this.#depth = -1;
    this.#hazard[Symbol.dispose]();
  }
}

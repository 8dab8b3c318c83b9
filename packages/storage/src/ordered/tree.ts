/**
 * The writer's side of a copy-on-write B+tree with byte keys.
 *
 * A change copies the pages on its way from the root that a snapshot or a manifest may reach, and changes the
 * others where they are (page-space.ts says which). So a root, once published, stands for the tree at that moment
 * for as long as its snapshot is open, and a group of commits copies a page once.
 *
 * A leaf that is removed to the last entry goes; one that falls below a third joins a neighbour if both fit one
 * page. Finding a key reads as many pages as the tree is deep: three up to some 300,000 small rows, four up to 50
 * million.
 */
import type { Address, PageNumber } from "../pool/page-pool.ts";
import { StorageError } from "../errors.ts";
import {
  BODY_BYTES,
  LEFT_CHILD,
  MAX_DEPTH,
  MAX_INLINE_BYTES,
  MAX_KEY_BYTES,
  MAX_VALUE_BYTES,
  OVERFLOWS,
  OVERFLOW_REFERENCE_BYTES,
} from "./node-layout.ts";
import { releaseOverflow, writeOverflow } from "./overflow.ts";
import type { PageSpace } from "./page-space.ts";
import type { Entry } from "./split.ts";

/** Pages below this look for a neighbour to join. */
const SPARSE_BYTES: number = Math.floor(BODY_BYTES / 3);
const EMPTY = new Uint8Array(0);

export interface TreeState {
  readonly root: PageNumber;
  readonly entries: number;
  readonly keyValueBytes: number;
}

export class Tree {
  readonly space: PageSpace;
  /** Stands in the header of every page. */
  readonly table: number;
  /** 0 when the tree is empty. */
  root: PageNumber = 0;
  entries = 0;
  /** Bytes of all keys and values. */
  keyValueBytes = 0;

  readonly #pages: number[] = new Array<number>(MAX_DEPTH).fill(0);
  readonly #indexes: number[] = new Array<number>(MAX_DEPTH).fill(0);
  /** Depth of the leaf of the last descent. */
  #leaf = 0;
  readonly #entry: Entry = { index: 0, key: EMPTY, length: 0, lead: 0, tail: 0 };
  readonly #parentKey: Uint8Array = new Uint8Array(MAX_KEY_BYTES);

  constructor(space: PageSpace, table: number, state?: TreeState) {
    this.space = space;
    this.table = table;
    if (state === undefined) return;
    this.root = state.root;
    this.entries = state.entries;
    this.keyValueBytes = state.keyValueBytes;
  }

  get state(): TreeState {
    return { root: this.root, entries: this.entries, keyValueBytes: this.keyValueBytes };
  }

  /** Adds a key or changes its value; answers whether the key is new. */
  put(key: Uint8Array, value: Uint8Array): boolean {
    checkEntry(key, value);
    this.space.relieve();
    const { nodes } = this.space;
    const overflows =
      key.length + value.length > MAX_INLINE_BYTES && value.length > OVERFLOW_REFERENCE_BYTES;
    const first = overflows ? writeOverflow(this.space, this.table, value) : 0;
    if (this.root === 0) this.root = this.space.create(0, this.table);
    const leaf = this.#descend(key);
    const entry = this.#entry;
    entry.key = key;
    entry.length = key.length;
    entry.lead = overflows ? OVERFLOWS : value.length;
    entry.tail = overflows ? OVERFLOW_REFERENCE_BYTES : value.length;
    const found = nodes.find(leaf, key, key.length);
    const isNew = found < 0;
    entry.index = isNew ? -1 - found : found;
    let at = 0;
    if (!isNew) {
      this.keyValueBytes -= key.length + this.#releaseValue(leaf, found);
      at = nodes.replace(leaf, found, entry.lead, entry.tail);
      if (at === 0) nodes.remove(leaf, found);
    }
    if (at === 0) at = this.#insert(leaf, entry);
    if (overflows) {
      nodes.view.setUint32(at, first, true);
      nodes.view.setUint32(at + 4, value.length, true);
    } else if (value.length > 0) nodes.bytes.set(value, at);
    if (isNew) this.entries++;
    this.keyValueBytes += key.length + value.length;
    return isNew;
  }

  /** Takes a key out; answers whether it was there. */
  delete(key: Uint8Array): boolean {
    if (this.root === 0 || !this.has(key)) return false;
    this.space.relieve();
    const leaf = this.#descend(key);
    const index = this.space.nodes.find(leaf, key, key.length);
    this.keyValueBytes -= key.length + this.#releaseValue(leaf, index);
    this.space.nodes.remove(leaf, index);
    this.entries--;
    this.#settle(this.#leaf, leaf);
    return true;
  }

  /** Takes out every key from `from` on and below `to`; without a bound, from the first or to the last. */
  clear(from: Uint8Array | undefined, to: Uint8Array | undefined): number {
    const cursor = this.space.cursor;
    const { nodes } = this.space;
    const before = this.entries;
    const key = this.#parentKey.slice();
    for (;;) {
      this.space.relieve();
      cursor.open(this.root);
      if (!(from === undefined ? cursor.first() : cursor.seek(from))) break;
      const length = cursor.copyKey(key);
      if (to !== undefined && compareBytes(key, length, to) >= 0) break;
      const leaf = this.#descend(key.subarray(0, length));
      const first = nodes.find(leaf, key, length);
      const found = to === undefined ? nodes.count(leaf) : nodes.find(leaf, to, to.length);
      const end = found < 0 ? -1 - found : found;
      for (let k = first; k < end; k++)
        this.keyValueBytes -= nodes.keyLength(leaf, k) + this.#releaseValue(leaf, k);
      nodes.remove(leaf, first, end);
      this.entries -= end - first;
      this.#settle(this.#leaf, leaf);
    }
    cursor.open(0);
    return before - this.entries;
  }

  /** Whether the key is there, in what was applied last. */
  has(key: Uint8Array): boolean {
    return this.space.cursor.open(this.root).get(key);
  }

  /** A copy of the key's value, in what was applied last. */
  get(key: Uint8Array): Uint8Array | undefined {
    const cursor = this.space.cursor.open(this.root);
    return cursor.get(key) ? cursor.value() : undefined;
  }

  /** From the root to the leaf of `key`, making every page on the way the writer's own. Answers the leaf's address. */
  #descend(key: Uint8Array): Address {
    const { nodes } = this.space;
    let page = this.root;
    let parent: Address = 0;
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      let node = this.space.read(page);
      if (!this.space.isOwn(node)) {
        page = this.#copied(page, node);
        node = this.space.own(page);
        if (depth === 0) this.root = page;
        else nodes.setChild(parent, this.#indexes[depth - 1]!, page);
      }
      this.#pages[depth] = page;
      if (nodes.level(node) === 0) {
        this.#leaf = depth;
        return node;
      }
      const index = nodes.childIndex(node, key, key.length);
      this.#indexes[depth] = index;
      page = nodes.child(node, index);
      parent = node;
    }
    throw new StorageError("CORRUPT", `The tree at page ${this.root} is deeper than a tree can be`);
  }

  #copied(page: PageNumber, node: Address): PageNumber {
    const { nodes } = this.space;
    const copy = this.space.create(nodes.level(node), this.table);
    nodes.become(this.space.own(copy), node, this.space.epoch);
    this.space.release(page, nodes.born(node));
    return copy;
  }

  /** Puts the entry into the leaf of the last descent, dividing pages up to the root where needed. */
  #insert(leaf: Address, entry: Entry): Address {
    const { nodes } = this.space;
    const at = nodes.insert(leaf, entry.index, entry.key, entry.length, entry.lead, entry.tail);
    if (at !== 0) return at;
    let node = leaf;
    let tail = 0;
    for (let depth = this.#leaf; ; depth--) {
      const level = nodes.level(node);
      const right = this.space.create(level, this.table);
      this.space.splitter.split(node, this.space.own(right), entry);
      if (level === 0) tail = this.space.splitter.tailAddress;
      entry.length = this.space.splitter.separatorLength;
      entry.key = this.#parentKey;
      this.#parentKey.set(this.space.splitter.separator.subarray(0, entry.length));
      entry.lead = right;
      entry.tail = 0;
      if (depth === 0) {
        this.#raise(level + 1, entry);
        return tail;
      }
      node = this.space.own(this.#pages[depth - 1]!);
      entry.index = this.#indexes[depth - 1]! + 1;
      if (nodes.insert(node, entry.index, entry.key, entry.length, entry.lead, 0) !== 0)
        return tail;
    }
  }

  /** A new root above the old one and what was split off it. */
  #raise(level: number, entry: Entry): void {
    const page = this.space.create(level, this.table);
    const node = this.space.own(page);
    this.space.nodes.view.setUint32(node + LEFT_CHILD, this.root, true);
    this.space.nodes.insert(node, 0, entry.key, entry.length, entry.lead, 0);
    this.root = page;
  }

  /** Gives back the overflow pages of an entry's value; answers the value's length. */
  #releaseValue(leaf: Address, index: number): number {
    const { nodes } = this.space;
    const mark = nodes.valueMark(leaf, index);
    if (mark !== OVERFLOWS) return mark;
    const at = nodes.value(leaf, index);
    const length = nodes.view.getUint32(at + 4, true);
    releaseOverflow(this.space, nodes.view.getUint32(at, true));
    return length;
  }

  /** After entries were taken out of a page: removes it when empty, joins it to a neighbour when sparse. */
  #settle(depth: number, node: Address): void {
    const { nodes } = this.space;
    const isLeaf = nodes.level(node) === 0;
    if (isLeaf && nodes.count(node) === 0) this.#removePage(depth);
    else if (!isLeaf && depth === 0 && nodes.count(node) === 0) {
      const child = nodes.child(node, -1);
      this.space.release(this.root, nodes.born(node));
      this.root = child;
      // The child may itself have no separator left.
      this.#lower();
    } else if (depth > 0 && nodes.used(node) < SPARSE_BYTES) this.#join(depth, node);
  }

  /** Drops roots that have one child only. */
  #lower(): void {
    const { nodes } = this.space;
    for (;;) {
      const node = this.space.read(this.root);
      if (nodes.level(node) === 0 || nodes.count(node) > 0) return;
      const page = this.root;
      this.root = nodes.child(node, -1);
      this.space.release(page, nodes.born(node));
    }
  }

  /** Takes the page at `depth` of the last descent out of the tree. */
  #removePage(depth: number): void {
    const { nodes } = this.space;
    const page = this.#pages[depth]!;
    this.space.release(page, nodes.born(this.space.own(page)));
    if (depth === 0) {
      this.root = 0;
      return;
    }
    const parent = this.space.own(this.#pages[depth - 1]!);
    const index = this.#indexes[depth - 1]!;
    if (nodes.count(parent) === 0) {
      this.#removePage(depth - 1);
      return;
    }
    if (index < 0) nodes.view.setUint32(parent + LEFT_CHILD, nodes.child(parent, 0), true);
    nodes.remove(parent, Math.max(index, 0));
    this.#settle(depth - 1, parent);
  }

  #join(depth: number, node: Address): void {
    const { nodes } = this.space;
    const parent = this.space.own(this.#pages[depth - 1]!);
    const index = this.#indexes[depth - 1]!;
    if (nodes.count(parent) === 0) return;
    // The neighbour to the left; of the leftmost child the one to the right.
    const other = index < 0 ? 0 : index - 1;
    const separatorIndex = index < 0 ? 0 : index;
    const page = nodes.child(parent, other);
    const neighbour = this.space.readBeside(page);
    if (nodes.used(node) + nodes.used(neighbour) > BODY_BYTES * 2) return;
    const length = nodes.copyKey(parent, separatorIndex, this.#parentKey);
    const left = index < 0 ? node : neighbour;
    const right = index < 0 ? neighbour : node;
    if (!this.space.splitter.join(node, left, right, this.#parentKey, length)) return;
    this.space.release(page, nodes.born(neighbour));
    // The joined page stands where the left one stood.
    if (index >= 0) nodes.setChild(parent, other, this.#pages[depth]!);
    nodes.remove(parent, separatorIndex);
    this.#settle(depth - 1, parent);
  }
}

export function checkEntry(key: Uint8Array, value: Uint8Array): void {
  checkKey(key);
  if (value.length > MAX_VALUE_BYTES) {
    throw new RangeError(`A value may have ${MAX_VALUE_BYTES} bytes; this one has ${value.length}`);
  }
}

export function checkKey(key: Uint8Array): void {
  if (key.length > MAX_KEY_BYTES) {
    throw new RangeError(`A key may have ${MAX_KEY_BYTES} bytes; this one has ${key.length}`);
  }
}

/** The first `length` bytes of `one` against all of `two`. */
export function compareBytes(one: Uint8Array, length: number, two: Uint8Array): number {
  const limit = Math.min(length, two.length);
  for (let k = 0; k < limit; k++) {
    const difference = one[k]! - two[k]!;
    if (difference !== 0) return difference;
  }
  return length - two.length;
}

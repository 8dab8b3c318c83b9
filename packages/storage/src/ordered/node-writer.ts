/**
 * One page of a tree, as its writer sees it: insert, remove, and rewriting it when its prefix changes or its holes
 * are needed.
 *
 * Invariants: slots are in key order; cells do not overlap; free = heapStart − (64 + 8 count); cells + garbage +
 * prefix = 4096 − heapStart. The prefix is common to all keys of the page, though it need not be the longest such:
 * it grows when the page is rewritten and shrinks when a key comes that does not share it.
 */
import { HEADER_BYTES, PAGE_BYTES, type Address } from "../pool/page-pool.ts";
import { PAGE_KIND } from "../page/header.ts";
import {
  ASCENDING,
  BODY_BYTES,
  BORN,
  BRANCH_LEAD_BYTES,
  COUNT,
  GARBAGE,
  HEAP_START,
  KIND,
  LAST_INSERT,
  LEAF_LEAD_BYTES,
  LEFT_CHILD,
  LEVEL,
  MAX_KEY_BYTES,
  OVERFLOWS,
  OVERFLOW_REFERENCE_BYTES,
  PREFIX_LENGTH,
  SLOT_BYTES,
  TABLE,
  headOf,
} from "./node-layout.ts";
import { copyBytes, NodeReader, pageCopy, type PageCopy } from "./node-reader.ts";

export class NodeWriter extends NodeReader {
  /** Made when first needed. */
  #scratch: PageCopy | undefined;
  #key: Uint8Array | undefined;

  /** An empty page of a tree; the frame is zeroed. */
  format(node: Address, level: number, table: number, born: number): void {
    this.view.setUint16(node + TABLE, table, true);
    this.view.setUint8(node + KIND, PAGE_KIND.tree);
    this.view.setUint16(node + HEAP_START, PAGE_BYTES, true);
    this.view.setUint8(node + LEVEL, level);
    this.setBorn(node, born);
  }

  setBorn(node: Address, commit: number): void {
    this.view.setUint32(node + BORN, commit % 2 ** 32, true);
    this.view.setUint32(node + BORN + 4, Math.floor(commit / 2 ** 32), true);
  }

  setChild(node: Address, index: number, page: number): void {
    const { view } = this;
    if (index < 0) view.setUint32(node + LEFT_CHILD, page, true);
    else
      view.setUint32(
        node + view.getUint16(node + HEADER_BYTES + index * SLOT_BYTES, true),
        page,
        true,
      );
  }

  /**
   * Makes room at `index` for a key and `tail` bytes after it, and writes everything but those.
   * `lead` is the value's length or mark, or the child. Answers the address of the tail, or 0 when the page is full.
   */
  insert(
    node: Address,
    index: number,
    key: Uint8Array,
    length: number,
    lead: number,
    tail: number,
  ): Address {
    const { bytes, view } = this;
    let prefix = this.prefixLength(node);
    if (prefix > 0) {
      const shared = this.#sharedPrefix(node, key, length);
      if (shared < prefix) {
        if (!this.#rewritten(node, shared, this.#cellBytes(node, length - shared, tail))) return 0;
        prefix = shared;
      }
    }
    const count = view.getUint16(node + COUNT, true);
    const slots = node + HEADER_BYTES;
    let cellBytes = this.#cellBytes(node, length - prefix, tail);
    const free = view.getUint16(node + HEAP_START, true) - HEADER_BYTES - count * SLOT_BYTES;
    if (free < cellBytes + SLOT_BYTES) {
      const shared = this.#sharedByAll(node, key, length);
      if (shared === prefix && view.getUint16(node + GARBAGE, true) === 0) return 0;
      cellBytes = this.#cellBytes(node, length - shared, tail);
      if (!this.#rewritten(node, shared, cellBytes)) return 0;
      prefix = shared;
    }
    const suffix = length - prefix;
    const cell = view.getUint16(node + HEAP_START, true) - cellBytes;
    const slot = slots + index * SLOT_BYTES;
    if (index < count) bytes.copyWithin(slot + SLOT_BYTES, slot, slots + count * SLOT_BYTES);
    view.setUint16(slot, cell, true);
    view.setUint16(slot + 2, suffix, true);
    view.setUint32(slot + 4, headOf(key, prefix, length), true);
    view.setUint16(node + COUNT, count + 1, true);
    view.setUint16(node + HEAP_START, cell, true);
    const leaf = view.getUint8(node + LEVEL) === 0;
    if (leaf) view.setUint16(node + cell, lead, true);
    else view.setUint32(node + cell, lead, true);
    const at = node + cell + (leaf ? LEAF_LEAD_BYTES : BRANCH_LEAD_BYTES);
    copyBytes(key, prefix, bytes, at, suffix);
    this.#noteInsert(node, index);
    return at + suffix;
  }

  #noteInsert(node: Address, index: number): void {
    const { view } = this;
    const follows = index === view.getUint16(node + LAST_INSERT, true) + 1;
    const run = view.getUint8(node + ASCENDING);
    view.setUint8(node + ASCENDING, follows ? (run < 255 ? run + 1 : 255) : 0);
    view.setUint16(node + LAST_INSERT, index, true);
  }

  /** Changes a leaf's value where the new one is as long as the old; answers the value's address, or 0. */
  replace(node: Address, index: number, lead: number, tail: number): Address {
    const { view } = this;
    if (this.tailBytes(node, index) !== tail) return 0;
    view.setUint16(
      node + view.getUint16(node + HEADER_BYTES + index * SLOT_BYTES, true),
      lead,
      true,
    );
    return this.value(node, index);
  }

  /** Takes entries [from, to) out. */
  remove(node: Address, from: number, to: number = from + 1): void {
    const { bytes, view } = this;
    const count = view.getUint16(node + COUNT, true);
    let garbage = view.getUint16(node + GARBAGE, true);
    for (let k = from; k < to; k++) {
      garbage += this.#cellBytes(node, this.suffixLength(node, k), this.tailBytes(node, k));
    }
    const slots = node + HEADER_BYTES;
    bytes.copyWithin(
      slots + from * SLOT_BYTES,
      slots + to * SLOT_BYTES,
      slots + count * SLOT_BYTES,
    );
    view.setUint16(node + COUNT, count - (to - from), true);
    view.setUint16(node + GARBAGE, garbage, true);
    view.setUint8(node + ASCENDING, 0);
  }

  #cellBytes(node: Address, suffix: number, tail: number): number {
    return (this.level(node) === 0 ? LEAF_LEAD_BYTES : BRANCH_LEAD_BYTES) + suffix + tail;
  }

  #sharedPrefix(node: Address, key: Uint8Array, length: number): number {
    const prefix = this.prefixLength(node);
    const at = node + PAGE_BYTES - prefix;
    const limit = Math.min(prefix, length);
    let k = 0;
    while (k < limit && this.bytes[at + k] === key[k]) k++;
    return k;
  }

  /** What the first and the last key share with `key`: all keys between them do too. */
  #sharedByAll(node: Address, key: Uint8Array, length: number): number {
    const { bytes } = this;
    const prefix = this.prefixLength(node);
    const count = this.count(node);
    if (count === 0) return prefix;
    const first = this.suffix(node, 0);
    const last = this.suffix(node, count - 1);
    const limit = Math.min(
      this.suffixLength(node, 0),
      this.suffixLength(node, count - 1),
      length - prefix,
    );
    let k = 0;
    while (
      k < limit &&
      bytes[first + k] === bytes[last + k] &&
      bytes[first + k] === key[prefix + k]
    )
      k++;
    return prefix + k;
  }

  /** Rewrites the page with another prefix and without holes, if what comes out leaves room for one more cell. */
  #rewritten(node: Address, prefix: number, cellBytes: number): boolean {
    const count = this.count(node);
    const before = this.prefixLength(node);
    const after = this.used(node) + (before - prefix) * (count - 1);
    if (after + cellBytes + SLOT_BYTES > BODY_BYTES) return false;
    this.compact(node, prefix);
    return true;
  }

  /** Rewrites the page with `prefix` bytes of common prefix, which its keys must share, and without holes. */
  compact(node: Address, prefix: number): void {
    const { view } = this;
    const from = (this.#scratch ??= pageCopy());
    const key = (this.#key ??= new Uint8Array(MAX_KEY_BYTES));
    this.copyOut(node, from);
    if (from.view.getUint16(COUNT, true) > 0) this.copyKey(node, 0, key);
    else
      copyBytes(from.bytes, PAGE_BYTES - this.prefixLength(node), key, 0, this.prefixLength(node));
    view.setUint16(node + COUNT, 0, true);
    view.setUint16(node + GARBAGE, 0, true);
    this.setPrefix(node, key, prefix);
    this.append(node, from, 0, from.view.getUint16(COUNT, true));
  }

  /** Makes a page the copy of another. */
  become(node: Address, other: Address, born: number): void {
    this.bytes.copyWithin(node, other, other + PAGE_BYTES);
    this.setBorn(node, born);
  }

  /** Gives an empty page the first `prefix` bytes of `key` as its prefix. */
  setPrefix(node: Address, key: Uint8Array, prefix: number): void {
    const at = PAGE_BYTES - prefix;
    copyBytes(key, 0, this.bytes, node + at, prefix);
    this.view.setUint16(node + PREFIX_LENGTH, prefix, true);
    this.view.setUint16(node + HEAP_START, at, true);
  }

  /** Appends entries [first, end) of `from`, whose keys all share this page's prefix. The caller knows that they fit. */
  append(node: Address, from: PageCopy, first: number, end: number): void {
    const { bytes, view } = this;
    const prefix = this.prefixLength(node);
    const known = from.view.getUint16(PREFIX_LENGTH, true);
    const leaf = from.view.getUint8(LEVEL) === 0;
    const leadBytes = leaf ? LEAF_LEAD_BYTES : BRANCH_LEAD_BYTES;
    let count = this.count(node);
    let heap = view.getUint16(node + HEAP_START, true);
    for (let k = first; k < end; k++, count++) {
      const slot = HEADER_BYTES + k * SLOT_BYTES;
      const cell = from.view.getUint16(slot, true);
      const oldSuffix = from.view.getUint16(slot + 2, true);
      const suffix = oldSuffix + known - prefix;
      const mark = leaf ? from.view.getUint16(cell, true) : 0;
      const tail = mark === OVERFLOWS ? OVERFLOW_REFERENCE_BYTES : mark;
      heap -= leadBytes + suffix + tail;
      copyBytes(from.bytes, cell, bytes, node + heap, leadBytes);
      const at = node + heap + leadBytes;
      const missing = known > prefix ? known - prefix : 0;
      const skipped = known < prefix ? prefix - known : 0;
      if (missing > 0) copyBytes(from.bytes, PAGE_BYTES - missing, bytes, at, missing);
      copyBytes(
        from.bytes,
        cell + leadBytes + skipped,
        bytes,
        at + missing,
        oldSuffix - skipped + tail,
      );
      const to = node + HEADER_BYTES + count * SLOT_BYTES;
      view.setUint16(to, heap, true);
      view.setUint16(to + 2, suffix, true);
      view.setUint32(to + 4, headOf(bytes, at, at + suffix), true);
    }
    view.setUint16(node + COUNT, count, true);
    view.setUint16(node + HEAP_START, heap, true);
  }
}

/**
 * One page of a tree, as a reader sees it: search, keys, values, children.
 * Works on addresses in the pool's memory, allocates nothing, and knows no other page.
 */
import { HEADER_BYTES, PAGE_BYTES, type Address } from "../pool/page-pool.ts";
import {
  BORN,
  BRANCH_LEAD_BYTES,
  COUNT,
  GARBAGE,
  HEAP_START,
  LEAF_LEAD_BYTES,
  LEFT_CHILD,
  LEVEL,
  OVERFLOWS,
  OVERFLOW_REFERENCE_BYTES,
  PREFIX_LENGTH,
  SLOT_BYTES,
  headOf,
} from "./node-layout.ts";

/** A copy of a page outside the pool, to rewrite it from. */
export interface PageCopy {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

export function pageCopy(): PageCopy {
  const bytes = new Uint8Array(PAGE_BYTES);
  return { bytes, view: new DataView(bytes.buffer) };
}

export class NodeReader {
  readonly bytes: Uint8Array;
  readonly view: DataView;

  /** On the pool's memory, or on a page's copy at address 0. */
  constructor(pool: { readonly bytes: Uint8Array; readonly view: DataView }) {
    this.bytes = pool.bytes;
    this.view = pool.view;
  }

  born(node: Address): number {
    return (
      this.view.getUint32(node + BORN, true) + this.view.getUint32(node + BORN + 4, true) * 2 ** 32
    );
  }

  count(node: Address): number {
    return this.view.getUint16(node + COUNT, true);
  }

  level(node: Address): number {
    return this.view.getUint8(node + LEVEL);
  }

  prefixLength(node: Address): number {
    return this.view.getUint16(node + PREFIX_LENGTH, true);
  }

  /** Bytes in use, holes not counted. */
  used(node: Address): number {
    const { view } = this;
    return (
      PAGE_BYTES -
      view.getUint16(node + HEAP_START, true) -
      view.getUint16(node + GARBAGE, true) +
      view.getUint16(node + COUNT, true) * SLOT_BYTES
    );
  }

  /** Child of a branch; index −1 is the leftmost. */
  child(node: Address, index: number): number {
    const { view } = this;
    if (index < 0) return view.getUint32(node + LEFT_CHILD, true);
    const cell = view.getUint16(node + HEADER_BYTES + index * SLOT_BYTES, true);
    return view.getUint32(node + cell, true);
  }

  /** The child under which `key` is, −1 for the leftmost. */
  childIndex(node: Address, key: Uint8Array, length: number): number {
    const found = this.find(node, key, length);
    return found >= 0 ? found : -found - 2;
  }

  /** The index of `key`, or −1 − (the index where it would stand). */
  find(node: Address, key: Uint8Array, length: number): number {
    const { bytes, view } = this;
    const count = view.getUint16(node + COUNT, true);
    const prefix = view.getUint16(node + PREFIX_LENGTH, true);
    if (prefix > 0) {
      const at = node + PAGE_BYTES - prefix;
      for (let k = 0; k < prefix; k++) {
        if (k >= length) return -1;
        const difference = key[k]! - bytes[at + k]!;
        if (difference !== 0) return difference < 0 ? -1 : -1 - count;
      }
    }
    const head = headOf(key, prefix, length);
    const slots = node + HEADER_BYTES;
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = view.getUint32(slots + middle * SLOT_BYTES + 4, true);
      if (other < head) low = middle + 1;
      else if (other > head) high = middle;
      else {
        const order = this.#compareSuffix(node, middle, key, prefix, length);
        if (order === 0) return middle;
        if (order < 0) low = middle + 1;
        else high = middle;
      }
    }
    return -1 - low;
  }

  /** Suffix of entry `index` against `key` from `at` on: negative, zero or positive. Their heads are equal. */
  #compareSuffix(
    node: Address,
    index: number,
    key: Uint8Array,
    at: number,
    length: number,
  ): number {
    const { bytes, view } = this;
    const slot = node + HEADER_BYTES + index * SLOT_BYTES;
    const mine = view.getUint16(slot + 2, true);
    const theirs = length - at;
    const shorter = mine < theirs ? mine : theirs;
    let from = this.suffix(node, index) + 4;
    for (let k = 4; k < shorter; k++, from++) {
      const difference = bytes[from]! - key[at + k]!;
      if (difference !== 0) return difference;
    }
    return mine - theirs;
  }

  /** Address of an entry's suffix. */
  suffix(node: Address, index: number): Address {
    const { view } = this;
    const cell = view.getUint16(node + HEADER_BYTES + index * SLOT_BYTES, true);
    return node + cell + (view.getUint8(node + LEVEL) === 0 ? LEAF_LEAD_BYTES : BRANCH_LEAD_BYTES);
  }

  suffixLength(node: Address, index: number): number {
    return this.view.getUint16(node + HEADER_BYTES + index * SLOT_BYTES + 2, true);
  }

  keyLength(node: Address, index: number): number {
    return this.prefixLength(node) + this.suffixLength(node, index);
  }

  /** An entry's key against another: negative, zero or positive. */
  compareKey(node: Address, index: number, key: Uint8Array, length: number): number {
    const { bytes } = this;
    const prefix = this.prefixLength(node);
    const mine = this.keyLength(node, index);
    const shorter = mine < length ? mine : length;
    let from = node + PAGE_BYTES - prefix;
    let k = 0;
    for (const end = prefix < shorter ? prefix : shorter; k < end; k++, from++) {
      const difference = bytes[from]! - key[k]!;
      if (difference !== 0) return difference;
    }
    from = this.suffix(node, index);
    for (; k < shorter; k++, from++) {
      const difference = bytes[from]! - key[k]!;
      if (difference !== 0) return difference;
    }
    return mine - length;
  }

  /** Writes an entry's key into `into` and answers its length. */
  copyKey(node: Address, index: number, into: Uint8Array): number {
    const { bytes } = this;
    const prefix = this.prefixLength(node);
    const length = this.suffixLength(node, index);
    copyBytes(bytes, node + PAGE_BYTES - prefix, into, 0, prefix);
    copyBytes(bytes, this.suffix(node, index), into, prefix, length);
    return prefix + length;
  }

  /** A leaf entry's value length in this page, or OVERFLOWS. */
  valueMark(node: Address, index: number): number {
    const { view } = this;
    return view.getUint16(
      node + view.getUint16(node + HEADER_BYTES + index * SLOT_BYTES, true),
      true,
    );
  }

  /** Address of a leaf entry's value, or of the reference to it. */
  value(node: Address, index: number): Address {
    return this.suffix(node, index) + this.suffixLength(node, index);
  }

  /** Bytes that follow the suffix. */
  tailBytes(node: Address, index: number): number {
    if (this.level(node) !== 0) return 0;
    const mark = this.valueMark(node, index);
    return mark === OVERFLOWS ? OVERFLOW_REFERENCE_BYTES : mark;
  }

  copyOut(node: Address, into: PageCopy): void {
    into.bytes.set(this.bytes.subarray(node, node + PAGE_BYTES));
  }

  /** Bytes that the page's entries would take on a page without a prefix, slots included. */
  plainBytes(node: Address): number {
    const count = this.count(node);
    return count === 0 ? 0 : this.used(node) + this.prefixLength(node) * (count - 1);
  }
}

/** `set(subarray)` makes an object and costs 35 ns; up to a few dozen bytes a loop is faster. */
export function copyBytes(
  from: Uint8Array,
  at: number,
  to: Uint8Array,
  into: number,
  length: number,
): void {
  if (length <= 48) for (let k = 0; k < length; k++) to[into + k] = from[at + k]!;
  else to.set(from.subarray(at, at + length), into);
}

/**
 * Dividing a full page in two, and joining two that are nearly empty.
 *
 * Where to divide is decided on the entries as they will be, the new one among them: for every candidate the two
 * halves' sizes follow from sums of plain sizes and the prefix that each half's first and last key share.
 * Behind a run of ascending inserts the cut is made at the run's end, so that filling a tree in order, or many
 * ranges of it each in order, leaves full pages behind.
 */
import type { Address } from "../pool/page-pool.ts";
import { copyBytes, pageCopy, type PageCopy } from "./node-reader.ts";
import type { NodeWriter } from "./node-writer.ts";
import {
  ASCENDING,
  BODY_BYTES,
  BRANCH_LEAD_BYTES,
  COUNT,
  GARBAGE,
  LAST_INSERT,
  LEAF_LEAD_BYTES,
  LEFT_CHILD,
  LEVEL,
  MAX_KEY_BYTES,
  MAX_SLOTS,
  SLOT_BYTES,
} from "./node-layout.ts";

/** This many inserts, each directly after the one before, count as a run. */
const RUN = 3;
/** Pages are joined when the result leaves at least this much room, so that the next insert does not divide it again. */
const JOINED_BYTES: number = Math.floor(BODY_BYTES * 0.85);

/** An entry on its way into a page. */
export interface Entry {
  index: number;
  key: Uint8Array;
  length: number;
  /** Value length or mark in a leaf, child in a branch. */
  lead: number;
  tail: number;
}

export class Splitter {
  /** The key that separates the halves of the last split. */
  readonly separator: Uint8Array = new Uint8Array(MAX_KEY_BYTES);
  separatorLength = 0;
  /** Address of the new entry's tail after the last split, to write its value to. */
  tailAddress: Address = 0;

  readonly #nodes: NodeWriter;
  readonly #left: PageCopy = pageCopy();
  readonly #right: PageCopy = pageCopy();
  readonly #sums: Int32Array = new Int32Array(MAX_SLOTS + 2);
  readonly #one: Uint8Array = new Uint8Array(MAX_KEY_BYTES);
  readonly #two: Uint8Array = new Uint8Array(MAX_KEY_BYTES);

  constructor(nodes: NodeWriter) {
    this.#nodes = nodes;
  }

  /** Divides `node` and the new entry between it and `right`, a formatted empty page of the same level. */
  split(node: Address, right: Address, entry: Entry): void {
    const nodes = this.#nodes;
    const level = nodes.level(node);
    const total = this.#sumUp(node, entry);
    const cut = this.#choose(node, entry, total);
    const rightFrom = level === 0 ? cut : cut + 1;
    this.#setSeparator(node, entry, cut, level);
    nodes.copyOut(node, this.#left);
    const leftPrefix = this.#sharedBytes(node, entry, 0, cut - 1);
    const rightPrefix = this.#sharedBytes(node, entry, rightFrom, total - 1);
    if (level > 0) {
      const child =
        cut === entry.index ? entry.lead : nodes.child(node, cut < entry.index ? cut : cut - 1);
      nodes.view.setUint32(right + LEFT_CHILD, child, true);
    }
    this.#keyAt(node, entry, rightFrom, this.#one);
    nodes.setPrefix(right, this.#one, rightPrefix);
    this.#keyAt(node, entry, 0, this.#one);
    this.#clear(node);
    nodes.setPrefix(node, this.#one, leftPrefix);
    this.#fill(node, entry, 0, cut);
    this.#fill(right, entry, rightFrom, total);
  }

  /** Appends virtual entries [first, end) of the copied page to a page. */
  #fill(to: Address, entry: Entry, first: number, end: number): void {
    const nodes = this.#nodes;
    const { index } = entry;
    if (index < first || index >= end) {
      const shift = index < first ? 1 : 0;
      nodes.append(to, this.#left, first - shift, end - shift);
      return;
    }
    nodes.append(to, this.#left, first, index);
    this.tailAddress = nodes.insert(
      to,
      index - first,
      entry.key,
      entry.length,
      entry.lead,
      entry.tail,
    );
    nodes.append(to, this.#left, index, end - 1);
    nodes.view.setUint16(to + LAST_INSERT, index - first, true);
    nodes.view.setUint8(to + ASCENDING, Math.min(255, this.#left.view.getUint8(ASCENDING) + 1));
  }

  #clear(node: Address): void {
    const { view } = this.#nodes;
    view.setUint16(node + COUNT, 0, true);
    view.setUint16(node + GARBAGE, 0, true);
    view.setUint8(node + ASCENDING, 0);
  }

  /** Plain sizes of the virtual entries, summed; answers how many there are. */
  #sumUp(node: Address, entry: Entry): number {
    const nodes = this.#nodes;
    const fixed = SLOT_BYTES + (nodes.level(node) === 0 ? LEAF_LEAD_BYTES : BRANCH_LEAD_BYTES);
    const total = nodes.count(node) + 1;
    let sum = 0;
    for (let k = 0; k < total; k++) {
      this.#sums[k] = sum;
      if (k === entry.index) sum += fixed + entry.length + entry.tail;
      else {
        const own = k < entry.index ? k : k - 1;
        sum += fixed + nodes.keyLength(node, own) + nodes.tailBytes(node, own);
      }
    }
    this.#sums[total] = sum;
    return total;
  }

  #choose(node: Address, entry: Entry, total: number): number {
    const last = this.#nodes.level(node) === 0 ? total - 1 : total - 2;
    const wanted = Math.min(last, Math.max(1, this.#wanted(node, entry, total)));
    for (let distance = 0; distance < total; distance++) {
      if (wanted + distance <= last && this.#fits(node, entry, wanted + distance, total))
        return wanted + distance;
      if (
        distance > 0 &&
        wanted - distance >= 1 &&
        this.#fits(node, entry, wanted - distance, total)
      ) {
        return wanted - distance;
      }
    }
    throw new Error("a page cannot be divided: its entries are longer than entries may be");
  }

  #wanted(node: Address, entry: Entry, total: number): number {
    const { view } = this.#nodes;
    const follows = entry.index === view.getUint16(node + LAST_INSERT, true) + 1;
    if (follows && view.getUint8(node + ASCENDING) >= RUN) {
      return entry.index === total - 1 ? entry.index : entry.index + 1;
    }
    const half = this.#sums[total]! / 2;
    let cut = 1;
    while (cut < total - 1 && this.#sums[cut + 1]! <= half) cut++;
    return cut;
  }

  #fits(node: Address, entry: Entry, cut: number, total: number): boolean {
    const rightFrom = this.#nodes.level(node) === 0 ? cut : cut + 1;
    return (
      this.#bytes(node, entry, 0, cut) <= BODY_BYTES &&
      this.#bytes(node, entry, rightFrom, total) <= BODY_BYTES
    );
  }

  /** What entries [first, end) take with the prefix that they share. */
  #bytes(node: Address, entry: Entry, first: number, end: number): number {
    const plain = this.#sums[end]! - this.#sums[first]!;
    if (plain <= BODY_BYTES) return plain;
    return plain - this.#sharedBytes(node, entry, first, end - 1) * (end - first - 1);
  }

  #sharedBytes(node: Address, entry: Entry, first: number, last: number): number {
    const one = this.#keyAt(node, entry, first, this.#one);
    const two = this.#keyAt(node, entry, last, this.#two);
    return sharedPrefix(this.#one, one, this.#two, two);
  }

  #keyAt(node: Address, entry: Entry, index: number, into: Uint8Array): number {
    if (index !== entry.index)
      return this.#nodes.copyKey(node, index < entry.index ? index : index - 1, into);
    copyBytes(entry.key, 0, into, 0, entry.length);
    return entry.length;
  }

  /** Of a leaf the shortest key that is above the left half and not above the right one; of a branch the middle one. */
  #setSeparator(node: Address, entry: Entry, cut: number, level: number): void {
    const length = this.#keyAt(node, entry, cut, this.separator);
    this.separatorLength = level > 0 ? length : this.#sharedWith(node, entry, cut - 1, length) + 1;
  }

  #sharedWith(node: Address, entry: Entry, index: number, length: number): number {
    return sharedPrefix(
      this.#one,
      this.#keyAt(node, entry, index, this.#one),
      this.separator,
      length,
    );
  }

  /**
   * Joins two neighbours in `into`, which may be one of them. `separator` stands between them in their parent.
   * Answers false, and changes nothing, when they would fill the page too far.
   */
  join(
    into: Address,
    left: Address,
    right: Address,
    separator: Uint8Array,
    length: number,
  ): boolean {
    const nodes = this.#nodes;
    const branch = nodes.level(left) > 0;
    const leftCount = nodes.count(left);
    const rightCount = nodes.count(right);
    const total = leftCount + rightCount + (branch ? 1 : 0);
    const plain =
      nodes.plainBytes(left) +
      nodes.plainBytes(right) +
      (branch ? SLOT_BYTES + BRANCH_LEAD_BYTES + length : 0);
    let first = length;
    if (leftCount > 0) first = nodes.copyKey(left, 0, this.#one);
    else copyBytes(separator, 0, this.#one, 0, length);
    let last = length;
    if (rightCount > 0) last = nodes.copyKey(right, rightCount - 1, this.#two);
    else copyBytes(separator, 0, this.#two, 0, length);
    const prefix = total === 0 ? 0 : sharedPrefix(this.#one, first, this.#two, last);
    if (plain - prefix * (total - 1) > JOINED_BYTES) return false;
    nodes.copyOut(left, this.#left);
    nodes.copyOut(right, this.#right);
    nodes.view.setUint32(into + LEFT_CHILD, this.#left.view.getUint32(LEFT_CHILD, true), true);
    nodes.view.setUint8(into + LEVEL, this.#left.view.getUint8(LEVEL));
    this.#clear(into);
    nodes.setPrefix(into, this.#one, prefix);
    nodes.append(into, this.#left, 0, leftCount);
    if (branch) {
      const child = this.#right.view.getUint32(LEFT_CHILD, true);
      nodes.insert(into, leftCount, separator, length, child, 0);
    }
    nodes.append(into, this.#right, 0, rightCount);
    nodes.view.setUint8(into + ASCENDING, 0);
    return true;
  }
}

function sharedPrefix(
  one: Uint8Array,
  oneLength: number,
  two: Uint8Array,
  twoLength: number,
): number {
  const limit = Math.min(oneLength, twoLength);
  let k = 0;
  while (k < limit && one[k] === two[k]) k++;
  return k;
}

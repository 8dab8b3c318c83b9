/**
 * The settled payments of one instance by time, for any summary in O(log n).
 *
 * A tree of sums: an inner node has up to FANOUT children and the totals of all below it. A summary walks
 * down along the two borders of its window and adds whole subtrees in between. Payments come nearly in the
 * order of their times, so the last leaf fills to the end and a new one is begun instead of splitting it;
 * a payment that is late goes where it belongs, however late it is.
 *
 * Invariants:
 * 1. Leaves, and so nodes, are in the order of time; equal times may stand in two neighbours.
 * 2. node.totals is the sum of its children's, its first and last times are theirs; checked by the model test.
 * 3. At most OPEN_LEAVES leaves are open; the others are packed.
 */
import { Leaf, LEAF_ENTRIES, Totals, type ProcessorIndex } from "./leaf.ts";

const FANOUT = 64;
const OPEN_LEAVES = 4;

interface Node {
  readonly totals: Totals;
  readonly children: (Node | Leaf)[];
  firstTime: number;
  lastTime: number;
}

export class SummaryIndex {
  #root: Node = nodeOf([new Leaf()]);
  #size = 0;
  readonly #openLeaves: Leaf[] = [];

  /** Payments in it. */
  get size(): number {
    return this.#size;
  }

  /** `timeMs`: requestedAt, in milliseconds since 1970. */
  add(timeMs: number, amountMinor: number, processor: ProcessorIndex): void {
    const sibling = this.#insert(this.#root, timeMs, amountMinor, processor, true);
    if (sibling !== undefined) this.#root = nodeOf([this.#root, sibling]);
    this.#size++;
  }

  /** Totals of the payments with fromMs <= time <= toMs. */
  summary(fromMs: number, toMs: number): Totals {
    const totals = new Totals();
    if (this.#size > 0 && fromMs <= toMs) collect(this.#root, fromMs, toMs, totals);
    return totals;
  }

  clear(): void {
    this.#root = nodeOf([new Leaf()]);
    this.#size = 0;
    this.#openLeaves.length = 0;
  }

  /** Bytes of entries and nodes, for metrics: an estimate of what the heap holds. */
  get sizeBytes(): number {
    return sizeOf(this.#root);
  }

  /** The new sibling when a node had to be split. */
  #insert(
    node: Node,
    timeMs: number,
    amountMinor: number,
    processor: ProcessorIndex,
    last: boolean,
  ): Node | undefined {
    node.totals.count(processor, amountMinor);
    if (timeMs < node.firstTime) node.firstTime = timeMs;
    if (timeMs > node.lastTime) node.lastTime = timeMs;
    const { children } = node;
    const at = childFor(children, timeMs);
    const child = children[at]!;
    const isLast = last && at === children.length - 1;
    let added: Node | Leaf | undefined;
    if (child instanceof Leaf)
      added = this.#insertLeaf(child, timeMs, amountMinor, processor, isLast);
    else added = this.#insert(child, timeMs, amountMinor, processor, isLast);
    if (added === undefined) return undefined;
    children.splice(at + 1, 0, added);
    if (children.length <= FANOUT) return undefined;
    return splitNode(node, isLast && at + 2 === children.length);
  }

  #insertLeaf(
    leaf: Leaf,
    timeMs: number,
    amountMinor: number,
    processor: ProcessorIndex,
    last: boolean,
  ): Leaf | undefined {
    if (leaf.size < LEAF_ENTRIES) {
      leaf.insert(timeMs, amountMinor, processor);
      this.#touch(leaf);
      return undefined;
    }
    const added = last && timeMs >= leaf.lastTime ? new Leaf() : leaf.split();
    const home = added.size === 0 || timeMs >= added.firstTime ? added : leaf;
    home.insert(timeMs, amountMinor, processor);
    this.#touch(leaf);
    this.#touch(added);
    return added;
  }

  /** Keeps the leaves that were written last open and packs the one that has rested longest. */
  #touch(leaf: Leaf): void {
    const open = this.#openLeaves;
    if (open.at(-1) === leaf) return;
    const at = open.indexOf(leaf);
    if (at >= 0) open.splice(at, 1);
    open.push(leaf);
    if (open.length > OPEN_LEAVES) open.shift()!.pack();
  }
}

/** The last child that begins at or before the time; the first when all begin later. */
function childFor(children: readonly (Node | Leaf)[], timeMs: number): number {
  let low = 1;
  let high = children.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (children[middle]!.firstTime <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function collect(node: Node | Leaf, fromMs: number, toMs: number, into: Totals): void {
  if (node.firstTime > toMs || node.lastTime < fromMs) return;
  if (node.firstTime >= fromMs && node.lastTime <= toMs) into.add(node.totals);
  else if (node instanceof Leaf) {
    node.sum(node.position(fromMs, false), node.position(toMs, true), into);
  } else {
    // The child before the first that begins in the window may reach into it, by equal times too.
    let at = Math.max(0, childFor(node.children, fromMs));
    while (at > 0 && node.children[at - 1]!.lastTime >= fromMs) at--;
    for (; at < node.children.length; at++) {
      const child = node.children[at]!;
      if (child.firstTime > toMs) break;
      collect(child, fromMs, toMs, into);
    }
  }
}

function nodeOf(children: (Node | Leaf)[]): Node {
  const totals = new Totals();
  for (const child of children) totals.add(child.totals);
  const { firstTime } = children[0]!;
  const { lastTime } = children.at(-1)!;
  return { totals, children, firstTime, lastTime };
}

/** Moves the later half to a sibling; at the end of the tree only the last child, so that nodes are full. */
function splitNode(node: Node, atEnd: boolean): Node {
  const kept = atEnd ? node.children.length - 1 : node.children.length >>> 1;
  const sibling = nodeOf(node.children.splice(kept));
  for (const processor of [0, 1] as const) {
    node.totals.counts[processor] -= sibling.totals.counts[processor];
    node.totals.amountsMinor[processor] -= sibling.totals.amountsMinor[processor];
  }
  node.lastTime = node.children.at(-1)!.lastTime;
  return sibling;
}

/** Objects of a leaf and its packed halves take about 400 bytes, a node 200 and a reference to each child. */
function sizeOf(node: Node | Leaf): number {
  if (node instanceof Leaf) return 400 + node.sizeBytes;
  let sizeBytes = 200 + node.children.length * 8;
  for (const child of node.children) sizeBytes += sizeOf(child);
  return sizeBytes;
}

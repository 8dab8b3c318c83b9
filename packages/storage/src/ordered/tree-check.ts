/**
 * Looks at every byte of a tree that can be wrong. Trusts nothing: pages are copied out and every offset is
 * checked before it is followed, so that it ends with a finding on any bytes whatever.
 */
import {
  HEADER_BYTES,
  PAGE_BYTES,
  type Hazard,
  type PageNumber,
  type PagePool,
} from "../pool/page-pool.ts";
import { StorageError } from "../errors.ts";
import { PAGE_KIND } from "../page/header.ts";
import { pageCopy, type PageCopy } from "./node-reader.ts";
import {
  BODY_BYTES,
  BRANCH_LEAD_BYTES,
  COUNT,
  EXTENT_PAGES,
  GARBAGE,
  HEAP_START,
  KIND,
  LEAF_LEAD_BYTES,
  LEFT_CHILD,
  LEVEL,
  MAX_DEPTH,
  MAX_KEY_BYTES,
  MAX_VALUE_BYTES,
  NEXT_EXTENT,
  OVERFLOWS,
  OVERFLOW_REFERENCE_BYTES,
  PREFIX_LENGTH,
  SLOT_BYTES,
  USED_BYTES,
  headOf,
} from "./node-layout.ts";
import { compareBytes } from "./tree.ts";

export interface TreeReport {
  readonly root: PageNumber;
  entries: number;
  keyValueBytes: number;
  /** Levels, leaves included; 0 for an empty tree. */
  depth: number;
  leafPages: number;
  branchPages: number;
  overflowPages: number;
  /** Bytes of leaves and branches that hold something. */
  usedBytes: number;
  /** What is wrong, in words, with the page's number. */
  readonly findings: string[];
}

/** More findings than this say nothing new. */
const MAX_FINDINGS = 100;

interface Walk {
  readonly hazard: Hazard;
  readonly pool: PagePool;
  readonly report: TreeReport;
  readonly seen: Set<PageNumber>;
  /** One copy a level. */
  readonly copies: PageCopy[];
  /** Keys in order: the last one seen. */
  readonly last: Uint8Array;
  lastLength: number;
  readonly key: Uint8Array;
}

/** Walks the tree; `seen` collects the pages that it reaches, and says when two trees share one. */
export function checkTree(
  pool: PagePool,
  root: PageNumber,
  seen: Set<PageNumber> = new Set(),
): TreeReport {
  const report: TreeReport = {
    root,
    entries: 0,
    keyValueBytes: 0,
    depth: 0,
    leafPages: 0,
    branchPages: 0,
    overflowPages: 0,
    usedBytes: 0,
    findings: [],
  };
  if (root === 0) return report;
  using hazard = pool.hazard();
  const walk: Walk = {
    hazard,
    pool,
    report,
    seen,
    copies: [],
    last: new Uint8Array(MAX_KEY_BYTES),
    lastLength: -1,
    key: new Uint8Array(MAX_KEY_BYTES),
  };
  checkPage(walk, root, undefined, 0);
  return report;
}

function find(walk: Walk, page: PageNumber, what: string): void {
  if (walk.report.findings.length < MAX_FINDINGS)
    walk.report.findings.push(`page ${page}: ${what}`);
}

/** Copies a page out; undefined, with a finding, when it is damaged or was reached before. */
function load(walk: Walk, page: PageNumber, depth: number): PageCopy | undefined {
  if (walk.seen.has(page)) {
    find(walk, page, "is reached twice");
    return undefined;
  }
  walk.seen.add(page);
  const copy = (walk.copies[depth] ??= pageCopy());
  try {
    const address = walk.hazard.fix(page);
    copy.bytes.set(walk.pool.bytes.subarray(address, address + PAGE_BYTES));
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    find(walk, page, error.message);
    return undefined;
  }
  return copy;
}

function checkPage(
  walk: Walk,
  page: PageNumber,
  level: number | undefined,
  depth: number,
  lower?: Uint8Array,
): void {
  const copy = load(walk, page, depth);
  if (copy === undefined) return;
  const { report } = walk;
  const own = copy.view.getUint8(LEVEL);
  if (copy.view.getUint8(KIND) !== PAGE_KIND.tree) {
    find(walk, page, "is not a page of a tree");
    return;
  }
  const problem =
    level !== undefined && own !== level
      ? `is of level ${own} where ${level} belongs`
      : nodeProblem(copy);
  if (problem !== undefined) {
    find(walk, page, problem);
    return;
  }
  report.depth = Math.max(report.depth, depth + 1);
  report.usedBytes += usedBytes(copy);
  const count = copy.view.getUint16(COUNT, true);
  if (own === 0) {
    report.leafPages++;
    checkLeaf(walk, page, copy, lower);
    return;
  }
  report.branchPages++;
  checkPage(walk, copy.view.getUint32(LEFT_CHILD, true), own - 1, depth + 1, lower);
  for (let k = 0; k < count; k++) {
    const length = keyIn(copy, k, walk.key);
    if (
      walk.lastLength >= 0 &&
      compareBytes(walk.last, walk.lastLength, walk.key.subarray(0, length)) >= 0
    ) {
      find(walk, page, `separator ${k} is not above what is left of it`);
    }
    const child = copy.view.getUint32(
      copy.view.getUint16(HEADER_BYTES + k * SLOT_BYTES, true),
      true,
    );
    checkPage(walk, child, own - 1, depth + 1, walk.key.slice(0, length));
  }
}

function checkLeaf(
  walk: Walk,
  page: PageNumber,
  copy: PageCopy,
  lower: Uint8Array | undefined,
): void {
  const { report } = walk;
  const count = copy.view.getUint16(COUNT, true);
  if (count === 0) find(walk, page, "is an empty leaf");
  for (let k = 0; k < count; k++) {
    const length = keyIn(copy, k, walk.key);
    if (
      walk.lastLength >= 0 &&
      compareBytes(walk.last, walk.lastLength, walk.key.subarray(0, length)) >= 0
    ) {
      find(walk, page, `key ${k} is not above the one before it`);
    }
    if (k === 0 && lower !== undefined && compareBytes(walk.key, length, lower) < 0) {
      find(walk, page, "holds a key below its separator");
    }
    walk.last.set(walk.key.subarray(0, length));
    walk.lastLength = length;
    report.entries++;
    const cell = copy.view.getUint16(HEADER_BYTES + k * SLOT_BYTES, true);
    const mark = copy.view.getUint16(cell, true);
    const suffix = copy.view.getUint16(HEADER_BYTES + k * SLOT_BYTES + 2, true);
    let value = mark;
    if (mark === OVERFLOWS) {
      const at = cell + LEAF_LEAD_BYTES + suffix;
      value = copy.view.getUint32(at + 4, true);
      checkOverflow(walk, page, copy.view.getUint32(at, true), value);
    }
    report.keyValueBytes += length + value;
  }
}

function checkOverflow(walk: Walk, leaf: PageNumber, firstPage: PageNumber, length: number): void {
  if (length > MAX_VALUE_BYTES) {
    find(walk, leaf, `has a value of ${length} bytes`);
    return;
  }
  let left = length;
  let first = firstPage;
  while (left > 0) {
    let next = 0;
    let extent = 1;
    for (let k = 0; k < extent && left > 0; k++) {
      const copy = first === 0 ? undefined : load(walk, first + k, MAX_DEPTH);
      if (copy === undefined) {
        if (first === 0) find(walk, leaf, "has a value that ends before its length");
        return;
      }
      const used = copy.view.getUint16(USED_BYTES, true);
      if (k === 0) {
        next = copy.view.getUint32(NEXT_EXTENT, true);
        extent = copy.view.getUint32(EXTENT_PAGES, true);
      }
      if (
        copy.view.getUint8(KIND) !== PAGE_KIND.overflow ||
        used !== Math.min(left, BODY_BYTES) ||
        extent === 0
      ) {
        find(walk, first + k, "is not the page of a large value that belongs here");
        return;
      }
      walk.report.overflowPages++;
      left -= used;
    }
    first = next;
  }
}

function usedBytes(copy: PageCopy): number {
  const { view } = copy;
  return (
    PAGE_BYTES -
    view.getUint16(HEAP_START, true) -
    view.getUint16(GARBAGE, true) +
    view.getUint16(COUNT, true) * SLOT_BYTES
  );
}

function keyIn(copy: PageCopy, index: number, into: Uint8Array): number {
  const { bytes, view } = copy;
  const prefix = view.getUint16(PREFIX_LENGTH, true);
  const lead = view.getUint8(LEVEL) === 0 ? LEAF_LEAD_BYTES : BRANCH_LEAD_BYTES;
  const cell = view.getUint16(HEADER_BYTES + index * SLOT_BYTES, true) + lead;
  const suffix = view.getUint16(HEADER_BYTES + index * SLOT_BYTES + 2, true);
  into.set(bytes.subarray(PAGE_BYTES - prefix, PAGE_BYTES));
  into.set(bytes.subarray(cell, cell + suffix), prefix);
  return prefix + suffix;
}

/** What is wrong with a page of a tree, seen by itself. */
export function nodeProblem(copy: PageCopy): string | undefined {
  const { bytes, view } = copy;
  const count = view.getUint16(COUNT, true);
  const heap = view.getUint16(HEAP_START, true);
  const prefix = view.getUint16(PREFIX_LENGTH, true);
  const level = view.getUint8(LEVEL);
  const slotsEnd = HEADER_BYTES + count * SLOT_BYTES;
  if (level >= MAX_DEPTH) return `is of level ${level}`;
  if (slotsEnd > heap || heap > PAGE_BYTES - prefix || prefix > MAX_KEY_BYTES)
    return "has parts that overlap";
  const taken = new Uint8Array(PAGE_BYTES);
  let cells = 0;
  for (let k = 0; k < count; k++) {
    const slot = HEADER_BYTES + k * SLOT_BYTES;
    const cell = view.getUint16(slot, true);
    const suffix = view.getUint16(slot + 2, true);
    const lead = level === 0 ? LEAF_LEAD_BYTES : BRANCH_LEAD_BYTES;
    if (cell < heap || cell + lead > PAGE_BYTES || prefix + suffix > MAX_KEY_BYTES) {
      return `has entry ${k} outside of itself`;
    }
    const mark = level === 0 ? view.getUint16(cell, true) : 0;
    const tail = mark === OVERFLOWS ? OVERFLOW_REFERENCE_BYTES : mark;
    const end = cell + lead + suffix + tail;
    if (end > PAGE_BYTES - prefix) return `has entry ${k} outside of itself`;
    for (let at = cell; at < end; at++)
      if (taken[at] === 0) taken[at] = 1;
      else return `has entry ${k} over another`;
    cells += end - cell;
    const at = cell + lead;
    if (view.getUint32(slot + 4, true) !== headOf(bytes, at, at + suffix))
      return `has a wrong head in slot ${k}`;
  }
  if (cells + view.getUint16(GARBAGE, true) !== PAGE_BYTES - prefix - heap)
    return "has lost count of its holes";
  return undefined;
}

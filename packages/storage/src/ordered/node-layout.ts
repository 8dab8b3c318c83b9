/**
 * The bytes of a tree page. Numbers are little-endian; keys compare as unsigned bytes, shorter first.
 *
 *     0        32        64            64 + 8n           heapStart              4096 − p    4096
 *     ┌────────┬─────────┬─────────────┬─────────────────┬──────────────────────┬───────────┐
 *     │ page   │ tree    │ slots →     │ free            │              ← cells │ prefix    │
 *     └────────┴─────────┴─────────────┴─────────────────┴──────────────────────┴───────────┘
 *
 *     slot   cell offset u16 · suffix length u16 · head u32
 *     leaf   value length u16 · suffix · value                                  (level 0)
 *            0xffff u16       · suffix · first overflow page u32 · length u32
 *     branch child page u32   · suffix                                          (level 1 …)
 *
 * A key is the page's prefix followed by the cell's suffix. The head is the suffix's first four bytes, as one
 * big-endian number padded with zeros, so that a search compares one word a step and reads a cell only on a tie.
 * A branch with n separators has n + 1 children: `leftChild` below separator 0, then child i from separator i on.
 */
import { layout, type OffsetsOf } from "../page/layout.ts";
import { HEADER_BYTES, PAGE_BYTES } from "../pool/page-pool.ts";

const TREE_FIELDS = [
  ["checksum", "u64"],
  ["page", "u32"],
  ["table", "u16"],
  ["kind", "u8"],
  ["version", "u8"],
  /** The epoch that made the page: page-space.ts. */
  ["born", "u64"],
  ["reserved1", "u64"],
  ["count", "u16"],
  ["heapStart", "u16"],
  /** Bytes of cells that nothing points to any more. */
  ["garbage", "u16"],
  ["prefixLength", "u16"],
  ["leftChild", "u32"],
  /** 0 for a leaf. */
  ["level", "u8"],
  /** How many inserts in a row came directly after the one before: a run splits behind itself, not in the middle. */
  ["ascending", "u8"],
  ["lastInsert", "u16"],
  ["reserved2", "u64"],
  ["reserved3", "u64"],
] as const;

const OVERFLOW_FIELDS = [
  ["checksum", "u64"],
  ["page", "u32"],
  ["table", "u16"],
  ["kind", "u8"],
  ["version", "u8"],
  ["born", "u64"],
  ["reserved1", "u64"],
  /** In the first page of an extent: the extent that follows, or 0. */
  ["nextExtent", "u32"],
  /** In the first page of an extent: how many pages it has. */
  ["extentPages", "u32"],
  /** Bytes of the value in this page. */
  ["usedBytes", "u16"],
  ["reserved2", "u16"],
  ["reserved3", "u32"],
  ["reserved4", "u64"],
  ["reserved5", "u64"],
] as const;

const TREE: OffsetsOf<typeof TREE_FIELDS> = layout(64, TREE_FIELDS);
const OVERFLOW: OffsetsOf<typeof OVERFLOW_FIELDS> = layout(64, OVERFLOW_FIELDS);

/*
 * Constants and not fields of an object: as fields, which the compiler does not fold, they made a search five times
 * slower (1.1 µs to 5.9 µs for one of 500,000 keys; Node 26). Their types say what the layout computes.
 */
export const TABLE: 12 = TREE.table;
export const KIND: 14 = TREE.kind;
export const BORN: 16 = TREE.born;
export const COUNT: 32 = TREE.count;
export const HEAP_START: 34 = TREE.heapStart;
export const GARBAGE: 36 = TREE.garbage;
export const PREFIX_LENGTH: 38 = TREE.prefixLength;
export const LEFT_CHILD: 40 = TREE.leftChild;
export const LEVEL: 44 = TREE.level;
export const ASCENDING: 45 = TREE.ascending;
export const LAST_INSERT: 46 = TREE.lastInsert;

/* Of a page of a large value; table, kind and born are where a branch has them. */
export const NEXT_EXTENT: 32 = OVERFLOW.nextExtent;
export const EXTENT_PAGES: 36 = OVERFLOW.extentPages;
export const USED_BYTES: 40 = OVERFLOW.usedBytes;

export const BODY_BYTES: number = PAGE_BYTES - HEADER_BYTES;
export const SLOT_BYTES = 8;
export const MAX_SLOTS: number = Math.floor(BODY_BYTES / SLOT_BYTES);
export const LEAF_LEAD_BYTES = 2;
export const BRANCH_LEAD_BYTES = 4;
/** In place of a value's length: the value stands in overflow pages, and the cell holds where. */
export const OVERFLOWS = 0xffff;
export const OVERFLOW_REFERENCE_BYTES = 8;

/** The longest key: two entries of this length, each with a reference to its value, fill a page. */
export const MAX_KEY_BYTES = 1978;
/** The longest value. A transaction's record holds it whole, so that it must be far below a log segment. */
export const MAX_VALUE_BYTES = 0x1fff_ffff;
/** Entries above this leave their value to overflow pages: four to a page keep the tree flat. */
export const MAX_INLINE_BYTES: number = BODY_BYTES / 4;
/** Trees deeper than this do not exist: three separators a branch at the least make 2^32 pages first. */
export const MAX_DEPTH = 32;

/** The first four bytes of `key` from `at` on, big-endian, padded with zeros. */
export function headOf(key: Uint8Array, at: number, length: number): number {
  if (length - at >= 4) {
    return ((key[at]! << 24) | (key[at + 1]! << 16) | (key[at + 2]! << 8) | key[at + 3]!) >>> 0;
  }
  let head = 0;
  for (let k = 0; k < 4; k++) head = (head << 8) | (at + k < length ? key[at + k]! : 0);
  return head >>> 0;
}

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
import { HEADER_BYTES, PAGE_BYTES } from "../pool/page-pool.ts";

/** The header's first half is every page's; this is where the tree's own half begins. */
export const TREE_HEADER = 32;
/** Low and high half of the number of the commit that made the page. */
export const BORN_LOW = 32;
export const BORN_HIGH = 36;
export const COUNT = 40;
export const HEAP_START = 42;
/** Bytes of cells that nothing points to any more. */
export const GARBAGE = 44;
export const PREFIX_LENGTH = 46;
export const LEFT_CHILD = 48;
/** 0 for a leaf; OVERFLOW_LEVEL marks a page of a large value. */
export const LEVEL = 52;
/** How many inserts in a row came directly after the one before: a run splits behind itself, not in the middle. */
export const ASCENDING = 53;
export const LAST_INSERT = 54;

/** Overflow pages: the extent that follows this one, the pages of this one, the value's bytes in this page. */
export const NEXT_EXTENT = 40;
export const EXTENT_PAGES = 44;
export const USED_BYTES = 48;
export const OVERFLOW_LEVEL = 255;

export const SLOT_BYTES = 8;
export const BODY_BYTES: number = PAGE_BYTES - HEADER_BYTES;
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

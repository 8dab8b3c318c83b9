/**
 * The shared memory of a pool, from address 0. src/pool/memory-map.ts states the same for TypeScript.
 *
 *     0        control block
 *     0x1000   hazards: 1,024 of 64 bytes, each names the frame that one cursor looks at
 *     0x20000  page directory: 2^18 words, each the address of a leaf or 0; a leaf is a frame of 1,024 entries
 *     0x120000 segments: 2^14 of 32 bytes
 *     0x1a0000 frames' state: 8 bytes a frame
 *     …        frames; from the last one downward what is needed in one piece (`reserve`)
 *
 * Only what is touched costs memory. A page entry is 0, or a frame's index with some bits.
 */
export const FRAME_COUNT: usize = 8;
export const LOCK: usize = 12;
export const FRESH: usize = 16;
export const FREE: usize = 20;
export const HAND: usize = 24;
export const HAZARDS_USED: usize = 28;
export const FRAMES_AT: usize = 32;
export const RESERVED_FROM: usize = 36;
export const PUBLISHED: usize = 40;
export const MISSES: usize = 48;
export const EVICTIONS: usize = 52;
export const POISON: usize = 56;
export const SPREAD: usize = 60;
export const RECENT_AT: usize = 64;
export const RECENT_CAP: usize = 68;
export const RECENT_NEXT: usize = 72;
export const RECENT_COUNT: usize = 76;
export const DIRTY_COUNT: usize = 80;
/** i64: commits of rows in pages with the SETTLED bit are not later. */
export const SETTLED_TO: usize = 88;
/** Frames from here on are for `reserve` alone. */
export const PAGES_END: usize = 84;

export const HAZARDS: usize = 0x1000;
export const HAZARD_BYTES: usize = 64;
export const HAZARD_LIMIT: u32 = 1024;
export const DIRECTORY: usize = 0x20000;
export const SEGMENTS: usize = 0x120000;
export const SEGMENT_BYTES: usize = 32;
export const STATES: usize = 0x1a0000;

/** Bits of a page entry besides the frame: being read; wanted since the clock's hand passed; see SETTLED_TO. */
export const LOADING: u32 = 0x80000000;
export const REFERENCED: u32 = 0x40000000;
export const SETTLED: u32 = 0x20000000;
export const FRAME: u32 = 0x00ffffff;
/** Page numbers are below this: 1 TiB of pages. */
export const PAGE_LIMIT: u32 = 1 << 28;
export const PAGE_BYTES: usize = 4096;

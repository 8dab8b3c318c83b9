/** The 64 bytes at the start of every page: FORMAT.md. Bytes 32 to 63 belong to the kind of page. */
import { layout, type OffsetsOf } from "./layout.ts";

const SERIES_FIELDS = [
  ["checksum", "u64"],
  ["page", "u32"],
  ["table", "u16"],
  ["kind", "u8"],
  ["version", "u8"],
  ["firstCommit", "i64"],
  ["lastCommit", "i64"],
  ["firstTime", "i64"],
  ["lastTime", "i64"],
  ["rows", "u32"],
  ["heapStart", "u16"],
  ["lateRows", "u16"],
  ["earliestTime", "i64"],
] as const;

/** Where the fields of a page of rows stand; the first five are those of every page. */
export const SERIES_HEADER: OffsetsOf<typeof SERIES_FIELDS> = layout(64, SERIES_FIELDS);

export const PAGE_VERSION = 1;

/** What a page holds. */
export const PAGE_KIND = {
  rows: 1,
  keys: 2,
  sums: 3,
  tree: 4,
  overflow: 5,
} as const;

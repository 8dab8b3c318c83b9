/**
 * The control block of a series, a frame of its own, and the header of its pages. src/series/table-map.ts
 * states the same for TypeScript. Addresses are u32, counts u32 unless said otherwise.
 */

/** Rows that fit into a page. */
export const CAPACITY: usize = 0;
/** Where in a page a column begins; a key of width 0 is no key. */
export const KEY_AT: usize = 4;
export const KEY_WIDTH: usize = 8;
export const COMMIT_AT: usize = 12;
export const TIME_AT: usize = 16;
/** Pages of rows in a segment. */
export const DATA_PAGES: usize = 20;
/** Number of the table + 1: what its segments carry. */
export const OWNER: usize = 24;
export const COLUMNS: usize = 28;
/** u64, of the hash. */
export const SEED: usize = 32;
/** 65,536 addresses of shards. */
export const SHARDS: usize = 40;
export const SHARD_FREE: usize = 44;
/** Frames that the index has taken. */
export const INDEX_FRAMES: usize = 48;
export const KEYS: usize = 52;
/** Runs of pages, one a segment: see RUN_BYTES. */
export const RUNS: usize = 56;
export const RUN_COUNT: usize = 60;
/** Runs before this one have been dropped. */
export const RUN_FIRST: usize = 64;
export const TAIL_PAGE: usize = 68;
export const TAIL: usize = 72;
/** Rows copied into the tail page, of which some may not be in the index yet. */
export const COPIED: usize = 76;
/** i64: the largest time so far. */
export const LAST_TIME: usize = 80;
/** f64: rows that were ever appended. */
export const ROWS: usize = 88;
/** The writer's hazard, and the page that it lacks when a call answers NEED_PAGE. */
export const WRITER: usize = 96;
/** Bytes of a page's part of the map of dead rows. */
export const DEAD_BYTES: usize = 100;
/** Hash table of rows whose end or predecessor a snapshot may ask for. */
export const VERSIONS: usize = 104;
export const VERSION_MASK: usize = 108;
export const VERSION_COUNT: usize = 112;
/** Odd while the version table is being replaced. */
export const VERSION_TURN: usize = 116;
/** Where in the batch the values of variable columns go on. */
export const VARIABLE_NEXT: usize = 120;
export const DEAD_ROWS: usize = 132;
/** Bytes of header and columns: the heap of variable values ends above. */
export const COLUMNS_END: usize = 136;
/** Runs from the first one up to this one (exclusive) are not in the key index yet. */
export const UNINDEXED: usize = 148;
/** Pages before this ordinal have been settled. */
export const SETTLED_PAGES: usize = 144;
/** Columns whose values stand in the heap. */
export const VARIABLE_COLUMNS: usize = 140;
/** 16 bytes a column: offset in the page, width, kind, offset in the batch. */
export const COLUMN_LIST: usize = 256;
export const COLUMN_BYTES: usize = 16;

/**
 * A run: first page u32, pages u32, running maximum of time i64, earliest and latest late time i64, address of
 * the newest frame of late rows u32, late rows u32.
 */
export const RUN_BYTES: usize = 48;
export const RUN_PAGES: usize = 4;
export const RUN_TIME: usize = 8;
export const RUN_LATE_FROM: usize = 16;
export const RUN_LATE_TO: usize = 24;
export const RUN_LATE: usize = 32;
export const RUN_LATE_ROWS: usize = 36;

/** Fields of a page's header, FORMAT.md. */
export const H_FIRST_COMMIT: usize = 16;
export const H_LAST_COMMIT: usize = 24;
export const H_FIRST_TIME: usize = 32;
export const H_LAST_TIME: usize = 40;
export const H_ROWS: usize = 48;
export const H_HEAP: usize = 52;
export const H_LATE: usize = 54;
export const H_EARLIEST: usize = 56;

/** In a row's commit word: its time is below one that came before it. */
export const LATE: u32 = 0x80000000;

/** Answers that are no address: those begin far above. */
export const ABSENT: u32 = 0;
/** The page named at hazard + 8 has to be made resident first; call again. */
export const NEED_PAGE: u32 = 1;
/** No frame can be had. */
export const NO_FRAME: u32 = 2;
/** The segment is full. */
export const NEED_SEGMENT: u32 = 3;
/** The index has its largest size. */
export const NO_INDEX: u32 = 4;
/** The segment of the page `needMapOf` needs a map of dead rows. */
export const NEED_MAP: u32 = 5;
/** The key may be in a run that is not in the index yet. */
export const NEED_INDEX: u32 = 7;
/** The version table is half full. */
export const NEED_VERSIONS: u32 = 6;

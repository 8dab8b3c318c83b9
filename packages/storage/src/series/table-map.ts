/** Where things stand in a series' control block and in its runs: the same as wasm/table-map.ts, which explains it. */
export const TABLE = {
  capacity: 0,
  keyAt: 4,
  keyWidth: 8,
  commitAt: 12,
  timeAt: 16,
  dataPages: 20,
  owner: 24,
  columns: 28,
  seed: 32,
  shards: 40,
  indexFrames: 48,
  keys: 52,
  runs: 56,
  runCount: 60,
  runFirst: 64,
  tailPage: 68,
  tail: 72,
  copied: 76,
  lastTime: 80,
  rows: 88,
  writer: 96,
  deadBytes: 100,
  versions: 104,
  versionMask: 108,
  versionCount: 112,
  deadRows: 132,
  unindexed: 148,
  columnsEnd: 136,
  variableColumns: 140,
  columnList: 256,
  columnBytes: 16,
} as const;

export const RUN = {
  bytes: 48,
  page: 0,
  pages: 4,
  time: 8,
  lateFrom: 16,
  lateTo: 24,
  late: 32,
  lateRows: 36,
} as const;

/** A frame of late rows: what came before, how many, from where on, bytes of one. */
export const LATE_FRAME = { before: 0, count: 4, first: 16, entryBytes: 16 } as const;

/** Words of a cursor behind its frame. */
export const CURSOR = { lacks: 8, base: 16, first: 20, end: 24, mixed: 28 } as const;

/** Answers of the kernel that are not an address. */
export const ANSWER = {
  done: 0,
  absent: 0,
  needPage: 1,
  noFrame: 2,
  needSegment: 3,
  noIndex: 4,
  needMap: 5,
  needVersions: 6,
  needIndex: 7,
} as const;

/** Addresses are above. */
export const FIRST_ADDRESS = 16;

export const VERSION_BYTES = 24;

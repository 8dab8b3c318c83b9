/** Everything that @hotpath/storage offers, in the order of its README. */
export { open } from "./database/open.ts";
export type { Durability, OpenOptions, PageIo } from "./database/options.ts";
export type { Database } from "./database/database.ts";
export { openReader, type DatabaseHandle, type Reader } from "./database/reader.ts";
export type { Snapshot } from "./database/snapshot.ts";
export type { DatabaseStats } from "./database/stats.ts";
export type { SlowEvent } from "./database/slow-event.ts";
export type { Transaction } from "./database/transaction.ts";
export { StorageError, type StorageErrorCode } from "./errors.ts";
export type { RecoveryMode } from "./log/scan.ts";
export { ordered } from "./ordered/ordered-engine.ts";
export type { KeyRange, OrderedCursor, OrderedReads } from "./ordered/ordered-reads.ts";
export type { OrderedWrites } from "./ordered/ordered-writes.ts";
export {
  series,
  type Retention,
  type SeriesDefinition,
  type SeriesOptions,
} from "./series/definition.ts";
export {
  blob,
  bytes,
  bytes16,
  f32,
  f64,
  i32,
  i64,
  key,
  text,
  time,
  typically,
  u16,
  u32,
  u64,
  u8,
  type Column,
  type Columns,
  type ColumnsOf,
  type KeyOf,
  type RowOf,
} from "./series/column.ts";
export type { SeriesCursor, TimeRange } from "./series/series-cursor.ts";
export type { Aggregate } from "./series/aggregate.ts";
export type {
  Bucket,
  BucketRange,
  NumberColumn,
  RowRange,
  SeriesReads,
} from "./series/series-reads.ts";
export type { SeriesWrites } from "./series/series-writes.ts";
// For kinds of tables.
export type {
  CommitNumber,
  Engine,
  EngineHost,
  LogRecord,
  OpenTable,
  RecordSink,
  SnapshotHorizon,
  SnapshotView,
  TableDefinition,
  TableKind,
  TableNumber,
} from "./engine/engine.ts";
export { HEADER_BYTES, PAGE_BYTES, SEGMENT_PAGES } from "./pool/page-pool.ts";
export type { Address, Hazard, PageNumber, PagePool } from "./pool/page-pool.ts";
// For other disks.
export type { Disk, DiskFile, OpenHow } from "./disk/disk.ts";
export { NodeDisk } from "./disk/node-disk.ts";
export { FaultyDisk, type FaultyDiskOptions } from "./disk/faulty-disk.ts";

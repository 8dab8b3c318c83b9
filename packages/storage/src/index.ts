/** Everything that @hotpath/storage offers, in the order of its README. */
export { open } from "./database/open.ts";
export type { Durability, OpenOptions, PageIo } from "./database/options.ts";
export type { Database } from "./database/database.ts";
export type { Snapshot } from "./database/snapshot.ts";
export type { Transaction } from "./database/transaction.ts";
export { StorageError, type StorageErrorCode } from "./errors.ts";
export type { RecoveryMode } from "./log/scan.ts";
export { ordered } from "./ordered/ordered-engine.ts";
export type { KeyRange, OrderedCursor, OrderedReads } from "./ordered/ordered-reads.ts";
export type { OrderedWrites } from "./ordered/ordered-writes.ts";
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

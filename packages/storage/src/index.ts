export type { Disk, DiskFile, OpenHow } from "./disk/disk.ts";
export type { CommitNumber, Engine, LogRecord } from "./engine/engine.ts";
export { StorageError, type StorageErrorCode } from "./errors.ts";
export { HEADER_BYTES, PAGE_BYTES, SEGMENT_PAGES } from "./pool/page-pool.ts";
export type { Address, Hazard, PageNumber, PagePool } from "./pool/page-pool.ts";

/**
 * The bytes of the log: FORMAT.md draws them. All numbers are little-endian; u64 are below 2^53 except salts.
 *
 *     segment   = header block, then groups; nothing after the last group means anything
 *     group     = 64 bytes of header, records, zeros up to a multiple of 4096
 *     record    = 16 bytes of header, payload, zeros up to a multiple of 8
 */
import { crc32InView } from "../page/checksum.ts";

export const BLOCK_BYTES = 4096;
export const LOG_VERSION = 1;

export const SEGMENT_MAGIC = 0x534c5048; // "HPLS"
export const GROUP_MAGIC = 0x474c5048; // "HPLG"

export const GROUP_HEADER_BYTES = 64;
export const RECORD_HEADER_BYTES = 16;

/** On the last record of a transaction. */
export const LAST_OF_TRANSACTION = 1;

/** Offsets in the segment's header, of which the first 64 bytes are used. */
export const SEGMENT = {
  magic: 0,
  crc: 4,
  version: 8,
  sequence: 16,
  startLsn: 24,
  sizeBytes: 32,
  salt: 40,
  end: 64,
} as const;

/** Offsets in a group's header. */
export const GROUP = {
  magic: 0,
  crc: 4,
  salt: 8,
  lsn: 16,
  firstCommit: 24,
  commits: 32,
  records: 36,
  bodyBytes: 40,
  blocks: 44,
  previousCrc: 48,
  bodyCrc: 52,
  reserved: 56,
} as const;

/** Offsets in a record's header. */
export const RECORD = {
  crc: 0,
  sizeBytes: 4,
  type: 8,
  table: 10,
  flags: 12,
  reserved: 14,
} as const;

export interface Salt {
  readonly low: number;
  readonly high: number;
}

/** Where the next group belongs, and what it must continue. */
export interface LogPosition {
  readonly lsn: number;
  /** CRC of the header of the group before; 0 when there is none. */
  readonly previousCrc: number;
  readonly nextCommit: number;
}

export function roundUp(bytes: number, to: number): number {
  return Math.ceil(bytes / to) * to;
}

/** Bytes that a record takes in a group. */
export function recordBytes(payloadBytes: number): number {
  return RECORD_HEADER_BYTES + ((payloadBytes + 7) & ~7);
}

/** Bytes that a group takes on disk. */
export function groupBytes(bodyBytes: number): number {
  return roundUp(GROUP_HEADER_BYTES + bodyBytes, BLOCK_BYTES);
}

/** The CRC that the first record of a group continues: records of another place or time do not fit. */
export function bodySeed(salt: Salt, lsn: number): number {
  return (salt.low ^ salt.high ^ Math.floor(lsn / BLOCK_BYTES)) >>> 0;
}

/** The CRC of a record, from the one before it in its group. */
export function recordCrc(view: DataView, at: number, payloadBytes: number, seed: number): number {
  return crc32InView(view, at + RECORD.sizeBytes, at + RECORD_HEADER_BYTES + payloadBytes, seed);
}

/** The CRC of a group's header, which vouches for its records by the CRC of the last one. */
export function groupCrc(view: DataView, at: number): number {
  return crc32InView(view, at + GROUP.salt, at + GROUP_HEADER_BYTES);
}

export function writeU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value >>> 0, true);
  view.setUint32(at + 4, Math.floor(value / 0x1_0000_0000), true);
}

/** NaN when it is not below 2^53. */
export function readU64(view: DataView, at: number): number {
  const high = view.getUint32(at + 4, true);
  return high < 0x20_0000 ? high * 0x1_0000_0000 + view.getUint32(at, true) : NaN;
}

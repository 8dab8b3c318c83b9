/** Decides whether there is a group at a place in a segment, and walks its records. */
import type { CommitNumber, LogRecord } from "../engine/engine.ts";
import {
  BLOCK_BYTES,
  GROUP,
  GROUP_HEADER_BYTES,
  GROUP_MAGIC,
  LAST_OF_TRANSACTION,
  type LogPosition,
  RECORD,
  RECORD_HEADER_BYTES,
  bodySeed,
  groupBytes,
  groupCrc,
  readU64,
  recordBytes,
  recordCrc,
} from "./format.ts";
import type { SegmentHeader } from "./segment.ts";

/** A group whose header is whole and belongs where it stands. */
export interface GroupHeader {
  readonly at: number;
  readonly lsn: number;
  readonly crc: number;
  readonly firstCommit: CommitNumber;
  readonly commits: number;
  readonly records: number;
  readonly bodyBytes: number;
  readonly sizeBytes: number;
  readonly previousCrc: number;
  readonly bodyCrc: number;
}

/** The header at an offset in a segment of which bytes[0, segment.sizeBytes) is memory; undefined when there is none. */
export function groupHeader(
  view: DataView,
  at: number,
  segment: SegmentHeader,
): GroupHeader | undefined {
  if (at + BLOCK_BYTES > segment.sizeBytes) return undefined;
  if (view.getUint32(at + GROUP.magic, true) !== GROUP_MAGIC) return undefined;
  if (view.getUint32(at + GROUP.salt, true) !== segment.salt.low) return undefined;
  if (view.getUint32(at + GROUP.salt + 4, true) !== segment.salt.high) return undefined;
  const crc = groupCrc(view, at);
  if (view.getUint32(at + GROUP.crc, true) !== crc) return undefined;
  const header: GroupHeader = {
    at,
    crc,
    lsn: readU64(view, at + GROUP.lsn),
    firstCommit: readU64(view, at + GROUP.firstCommit),
    commits: view.getUint32(at + GROUP.commits, true),
    records: view.getUint32(at + GROUP.records, true),
    bodyBytes: view.getUint32(at + GROUP.bodyBytes, true),
    sizeBytes: view.getUint32(at + GROUP.blocks, true) * BLOCK_BYTES,
    previousCrc: view.getUint32(at + GROUP.previousCrc, true),
    bodyCrc: view.getUint32(at + GROUP.bodyCrc, true),
  };
  const fits =
    header.lsn === segment.startLsn + at &&
    header.sizeBytes === groupBytes(header.bodyBytes) &&
    at + header.sizeBytes <= segment.sizeBytes;
  return fits ? header : undefined;
}

export function continues(header: GroupHeader, end: LogPosition): boolean {
  return (
    header.previousCrc === end.previousCrc &&
    header.firstCommit === end.nextCommit &&
    header.lsn >= end.lsn
  );
}

/** Whether the records are those that the header vouches for. */
export function bodyIsWhole(view: DataView, header: GroupHeader, segment: SegmentHeader): boolean {
  let crc = bodySeed(segment.salt, header.lsn);
  let at = header.at + GROUP_HEADER_BYTES;
  const end = at + header.bodyBytes;
  let commits = 0;
  let records = 0;
  while (at < end) {
    if (at + RECORD_HEADER_BYTES > end) return false;
    const sizeBytes = view.getUint32(at + RECORD.sizeBytes, true);
    if (sizeBytes > end - at - RECORD_HEADER_BYTES) return false;
    crc = recordCrc(view, at, sizeBytes, crc);
    if (view.getUint32(at + RECORD.crc, true) !== crc) return false;
    if (view.getUint16(at + RECORD.flags, true) === LAST_OF_TRANSACTION) commits++;
    records++;
    at += recordBytes(sizeBytes);
  }
  return (
    at === end && crc === header.bodyCrc && commits === header.commits && records === header.records
  );
}

/** The one object by which records are handed on. */
export class RecordCursor implements LogRecord {
  bytes!: Uint8Array;
  view!: DataView;
  type = 0;
  table = 0;
  at = 0;
  sizeBytes = 0;
  #header = 0;
  #next = 0;
  #end = 0;

  /** Stands before the first of the records in bytes[from, to), which have been checked. */
  over(bytes: Uint8Array, view: DataView, from: number, to: number): this {
    this.bytes = bytes;
    this.view = view;
    this.#next = from;
    this.#end = to;
    return this;
  }

  next(): boolean {
    const at = this.#next;
    if (at >= this.#end) return false;
    const { view } = this;
    this.#header = at;
    this.sizeBytes = view.getUint32(at + RECORD.sizeBytes, true);
    this.type = view.getUint16(at + RECORD.type, true);
    this.table = view.getUint16(at + RECORD.table, true);
    this.at = at + RECORD_HEADER_BYTES;
    this.#next = at + recordBytes(this.sizeBytes);
    return true;
  }

  get endsTransaction(): boolean {
    return this.view.getUint16(this.#header + RECORD.flags, true) === LAST_OF_TRANSACTION;
  }
}

/**
 * One file of the log. Its blocks exist before the first group is written, so that writing a group changes
 * nothing but data: no size, no extent, no ENOSPC. When a checkpoint has made its groups superfluous it is
 * taken again under a new sequence number and a new salt, by which the groups of its former life are known.
 */
import { randomBytes } from "node:crypto";
import { AlignedMemory } from "../disk/aligned-memory.ts";
import type { Disk, DiskFile } from "../disk/disk.ts";
import { crc32 } from "../page/checksum.ts";
import {
  BLOCK_BYTES,
  LOG_VERSION,
  SEGMENT,
  SEGMENT_MAGIC,
  type Salt,
  readU64,
  writeU64,
} from "./format.ts";

const NAME = /^log-(\d{6,})$/;

export interface SegmentHeader {
  /** 1, 2, 3, …: the order of the log. */
  readonly sequence: number;
  /** The position in the log of the segment's first byte, its header. */
  readonly startLsn: number;
  readonly sizeBytes: number;
  readonly salt: Salt;
}

export interface Segment extends SegmentHeader {
  readonly file: DiskFile;
}

export function segmentName(fileNumber: number): string {
  return `log-${String(fileNumber).padStart(6, "0")}`;
}

/** Of a file of the log; undefined for another. */
export function segmentFileNumber(name: string): number | undefined {
  const match = NAME.exec(name);
  return match === null ? undefined : Number(match[1]);
}

export function openSegmentFile(disk: Disk, name: string, create: boolean): Promise<DiskFile> {
  return disk.open(name, { create, direct: true, durableWrites: true });
}

export function newSalt(): Salt {
  const bytes = randomBytes(8);
  return { low: bytes.readUInt32LE(0), high: bytes.readUInt32LE(4) };
}

/** Makes a reserved file a segment of the log. Durable when it resolves. */
export async function writeSegmentHeader(file: DiskFile, header: SegmentHeader): Promise<Segment> {
  const { bytes, view } = new AlignedMemory(BLOCK_BYTES);
  const block = bytes.subarray(0, BLOCK_BYTES);
  view.setUint32(SEGMENT.magic, SEGMENT_MAGIC, true);
  view.setUint32(SEGMENT.version, LOG_VERSION, true);
  writeU64(view, SEGMENT.sequence, header.sequence);
  writeU64(view, SEGMENT.startLsn, header.startLsn);
  writeU64(view, SEGMENT.sizeBytes, header.sizeBytes);
  view.setUint32(SEGMENT.salt, header.salt.low, true);
  view.setUint32(SEGMENT.salt + 4, header.salt.high, true);
  view.setUint32(SEGMENT.crc, crc32(block, SEGMENT.version, SEGMENT.end), true);
  await file.write(block, 0);
  await file.sync();
  return { file, ...header };
}

/** What a file's first block says: "blank" when it was never written, "damaged" when it is no header. */
export function parseSegmentHeader(
  block: Uint8Array,
  fileBytes: number,
): SegmentHeader | "blank" | "damaged" {
  const view = new DataView(block.buffer, block.byteOffset, BLOCK_BYTES);
  if (view.getUint32(SEGMENT.magic, true) !== SEGMENT_MAGIC) {
    return block.subarray(0, SEGMENT.end).every((byte) => byte === 0) ? "blank" : "damaged";
  }
  if (view.getUint32(SEGMENT.crc, true) !== crc32(block, SEGMENT.version, SEGMENT.end)) {
    return "damaged";
  }
  const header = {
    sequence: readU64(view, SEGMENT.sequence),
    startLsn: readU64(view, SEGMENT.startLsn),
    sizeBytes: readU64(view, SEGMENT.sizeBytes),
    salt: {
      low: view.getUint32(SEGMENT.salt, true),
      high: view.getUint32(SEGMENT.salt + 4, true),
    },
  };
  return header.sizeBytes <= fileBytes ? header : "damaged";
}

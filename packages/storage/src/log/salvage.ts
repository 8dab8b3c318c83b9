/** What can be saved of a group that is not whole. */
import {
  GROUP_HEADER_BYTES,
  LAST_OF_TRANSACTION,
  RECORD,
  RECORD_HEADER_BYTES,
  bodySeed,
  recordBytes,
  recordCrc,
} from "./format.ts";
import type { GroupHeader } from "./group-reader.ts";
import type { SegmentHeader } from "./segment.ts";

/**
 * Visits bytes[from, to) of each transaction of which every record is whole, with its index in the group.
 * A record's checksum continues the stored one of the record before it, so one that is damaged in its payload
 * takes nobody with it; one whose length is damaged hides all that follow.
 */
export function eachWholeTransaction(
  view: DataView,
  header: GroupHeader,
  segment: SegmentHeader,
  visit: (from: number, to: number, index: number) => void,
): void {
  const end = header.at + GROUP_HEADER_BYTES + header.bodyBytes;
  let seed = bodySeed(segment.salt, header.lsn);
  let first = header.at + GROUP_HEADER_BYTES;
  let whole = true;
  let index = 0;
  for (let at = first; at + RECORD_HEADER_BYTES <= end;) {
    const sizeBytes = view.getUint32(at + RECORD.sizeBytes, true);
    const next = at + recordBytes(sizeBytes);
    if (next > end) return;
    const stored = view.getUint32(at + RECORD.crc, true);
    whole &&= recordCrc(view, at, sizeBytes, seed) === stored;
    seed = stored;
    if (view.getUint16(at + RECORD.flags, true) === LAST_OF_TRANSACTION) {
      if (whole) visit(first, next, index);
      index++;
      first = next;
      whole = true;
    }
    at = next;
  }
}

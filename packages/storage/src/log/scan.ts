/**
 * Reads the log after a crash, from where the manifest says, group by group, until there is no next one.
 *
 * A crash leaves at most the last group torn, because a group is written after the one before is durable. So
 * when the chain of groups ends, and a valid group of the same life of a segment stands anywhere after its end,
 * the bytes in between were durable and have been damaged since. Three answers:
 *
 *     strict          refuses, and says where; nothing is changed
 *     point-in-time   keeps all transactions before the damage
 *     salvage         keeps every transaction that is whole, also after the damage
 */
import { StorageError } from "../errors.ts";
import type { Disk, DiskFile } from "../disk/disk.ts";
import type { CommitNumber, LogRecord } from "../engine/engine.ts";
import { BLOCK_BYTES, GROUP_HEADER_BYTES, type LogPosition } from "./format.ts";
import {
  type GroupHeader,
  RecordCursor,
  bodyIsWhole,
  continues,
  groupHeader,
} from "./group-reader.ts";
import { eachWholeTransaction } from "./salvage.ts";
import { openSegmentFile, parseSegmentHeader, segmentFileNumber, type Segment } from "./segment.ts";
import { type GroupBytes, SegmentImage } from "./segment-image.ts";

export type RecoveryMode = "strict" | "point-in-time" | "salvage";

/** From where the log is needed, as the manifest has it. */
export interface LogStart extends LogPosition {
  /** Whether nothing was written after it: then only the headers of segments are read. */
  readonly closed?: boolean;
  /** The segment with which the log begins; those before it are spare. */
  readonly sequence: number;
  /** Whether it was there: a log begins without any. */
  readonly required: boolean;
}

export interface Damage {
  readonly file: string;
  readonly position: number;
  readonly what: string;
}

export interface ScanResult {
  readonly end: LogPosition;
  /** In the order of the log. */
  readonly live: Segment[];
  readonly spare: DiskFile[];
  readonly lastFileNumber: number;
  /** What was passed over, in the modes that do. Then the log must not be continued in these segments. */
  readonly damage: readonly Damage[];
  /** What the first segment is when there is no live one. */
  readonly nextSequence: number;
  readonly groups: number;
  readonly bytes: number;
}

export type ApplyRecord = (record: LogRecord, commit: CommitNumber) => void;

export async function scanLog(
  disk: Disk,
  start: LogStart,
  mode: RecoveryMode,
  apply: ApplyRecord,
): Promise<ScanResult> {
  const scan = new Scan(start, mode, apply);
  const found = await openSegments(disk, scan);
  try {
    await scan.run(found.live);
  } catch (error) {
    for (const { file } of found.live) await file.close();
    for (const file of found.spare) await file.close();
    throw error;
  }
  const { result } = scan;
  if (result.damage.length > 0) return leftBehind(found, result);
  return { ...found, ...result, nextSequence: start.sequence };
}

/** A log with damage is not continued: another one begins behind it, whose segments are none of these. */
function leftBehind(found: FoundSegments, result: Outcome): ScanResult {
  const { live, spare, lastFileNumber } = found;
  const ends = live.map(({ startLsn, sizeBytes }) => startLsn + sizeBytes);
  const sequences = live.map(({ sequence }) => sequence);
  return {
    ...result,
    live: [],
    spare: [...spare, ...live.map(({ file }) => file)],
    lastFileNumber,
    end: { ...result.end, lsn: Math.max(result.end.lsn, ...ends) },
    nextSequence: Math.max(0, ...sequences) + 1,
  };
}

type Outcome = Pick<ScanResult, "end" | "damage" | "groups" | "bytes">;

interface FoundSegments {
  readonly live: Segment[];
  readonly spare: DiskFile[];
  readonly lastFileNumber: number;
}

async function openSegments(disk: Disk, scan: Scan): Promise<FoundSegments> {
  const live: Segment[] = [];
  const spare: DiskFile[] = [];
  let lastFileNumber = 0;
  using image = new SegmentImage();
  for (const name of await disk.list()) {
    const fileNumber = segmentFileNumber(name);
    if (fileNumber === undefined) continue;
    lastFileNumber = Math.max(lastFileNumber, fileNumber);
    const file = await openSegmentFile(disk, name, false);
    const block = await image.firstBlock(file);
    const header = block === undefined ? "blank" : parseSegmentHeader(block, file.sizeBytes);
    if (header === "damaged") {
      spare.push(file);
      scan.damaged({ file: name, position: 0, what: "the header of the segment is damaged" });
    } else if (header === "blank" || header.sequence < scan.start.sequence) spare.push(file);
    else live.push({ file, ...header });
  }
  live.sort((a, b) => a.sequence - b.sequence);
  return { live, spare, lastFileNumber };
}

interface Tear {
  readonly position: number;
  readonly header: GroupHeader;
  readonly segment: Segment;
  readonly image: GroupBytes;
}

class Scan {
  readonly start: LogStart;
  readonly #mode: RecoveryMode;
  readonly #apply: ApplyRecord;
  readonly #cursor = new RecordCursor();
  #end: LogPosition;
  #damage: Damage[] = [];
  /** The group with which the chain has ended, if it is one that is not whole. */
  #tear: Tear | undefined = undefined;
  #stopped = false;
  #groups = 0;
  #bytes = 0;

  constructor(start: LogStart, mode: RecoveryMode, apply: ApplyRecord) {
    this.start = start;
    this.#end = start;
    this.#mode = mode;
    this.#apply = apply;
  }

  get result(): Outcome {
    const { lsn, previousCrc, nextCommit } = this.#end;
    return {
      end: { lsn, previousCrc, nextCommit },
      damage: this.#damage,
      groups: this.#groups,
      bytes: this.#bytes,
    };
  }

  damaged(damage: Damage): void {
    if (this.#mode === "strict") {
      throw new StorageError(
        "CORRUPT",
        `The log is damaged: ${damage.file} at byte ${damage.position}: ${damage.what}`,
        { file: damage.file, position: damage.position },
      );
    }
    this.#damage.push(damage);
  }

  async run(live: readonly Segment[]): Promise<void> {
    if (this.start.required && live[0]?.sequence !== this.start.sequence) {
      const what = `segment ${this.start.sequence}, which the manifest names, is missing`;
      this.damaged({ file: "the log", position: this.start.lsn, what });
    }
    if (this.start.closed === true) return;
    using image = new SegmentImage();
    try {
      for (const segment of live) {
        const from = Math.max(this.start.lsn - segment.startLsn, BLOCK_BYTES);
        if (from >= segment.sizeBytes) continue;
        await image.load(segment, from);
        await this.#segment(image, segment, from);
        if (this.#stopped) return;
      }
    } finally {
      await image.settled();
    }
  }

  /** Looks at every block for groups: those of the chain, then, if need be, those after its end. */
  async #segment(image: SegmentImage, segment: Segment, from: number): Promise<void> {
    for (let at = from; at < segment.sizeBytes && !this.#stopped;) {
      if (!image.has(at + BLOCK_BYTES)) await image.need(at + BLOCK_BYTES);
      const header = groupHeader(image.view, at, segment);
      if (header === undefined) {
        at += BLOCK_BYTES;
        continue;
      }
      if (!image.has(at + header.sizeBytes)) await image.need(at + header.sizeBytes);
      this.#group(image, header, segment);
      at += header.sizeBytes;
    }
  }

  #group(image: SegmentImage, header: GroupHeader, segment: Segment): void {
    const whole = bodyIsWhole(image.view, header, segment);
    const placed = header.lsn === this.#end.lsn || header.at === BLOCK_BYTES;
    const follows = placed && continues(header, this.#end);
    if (follows && whole) {
      // A torn group before it was left by an earlier crash, and what came then went to another segment.
      this.#tear = undefined;
      return this.#take(image, header);
    }
    if (follows) {
      // What a crash leaves, if nothing comes after it. One before it, with the same end to follow, was left by an
      // earlier crash: had it ever been whole, this group would follow that one.
      this.#tear = { position: header.at, header, segment, image: image.copy(header) };
      return;
    }
    const tear = this.#tear;
    const what = tear === undefined ? "a group before it is missing" : "a group is damaged";
    const where = tear ?? { segment, position: header.at };
    this.damaged({ file: where.segment.file.name, position: where.position, what });
    if (this.#mode !== "salvage") {
      this.#stopped = true;
      return;
    }
    if (tear !== undefined) this.#salvage(tear.image, tear.header, tear.segment);
    this.#tear = undefined;
    this.#salvage(image, header, segment);
  }

  #take(image: GroupBytes, header: GroupHeader): void {
    const from = header.at + GROUP_HEADER_BYTES;
    const cursor = this.#cursor.over(image.bytes, image.view, from, from + header.bodyBytes);
    let commit = header.firstCommit;
    while (cursor.next()) {
      this.#apply(cursor, commit);
      if (cursor.endsTransaction) commit++;
    }
    this.#end = {
      lsn: header.lsn + header.sizeBytes,
      previousCrc: header.crc,
      nextCommit: commit,
    };
    this.#groups++;
    this.#bytes += header.sizeBytes;
  }

  /** Takes the transactions of a group that are whole, whatever came before them. */
  #salvage(image: GroupBytes, header: GroupHeader, segment: Segment): void {
    const { bytes, view } = image;
    if (header.firstCommit < this.#end.nextCommit) return;
    const cursor = this.#cursor;
    eachWholeTransaction(view, header, segment, (from, to, index) => {
      cursor.over(bytes, view, from, to);
      while (cursor.next()) this.#apply(cursor, header.firstCommit + index);
    });
    this.#end = {
      lsn: header.lsn + header.sizeBytes,
      previousCrc: header.crc,
      nextCommit: header.firstCommit + header.commits,
    };
    this.#groups++;
    this.#bytes += header.sizeBytes;
  }
}

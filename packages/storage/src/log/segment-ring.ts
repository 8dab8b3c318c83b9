/**
 * The files of the log: one that is written, one that is ready to be next, those that recovery still needs,
 * and spare ones.
 *
 *     needed … needed │ current │ next      spare, spare
 *     recycled by a checkpoint ─────────────────^
 *
 * Invariants:
 * 1. A group is only placed in blocks that are reserved on disk, so writing it cannot fail for want of space.
 * 2. `next` has its header on disk before it becomes current.
 * 3. A segment begins where the one before it ends (in the log's numbering), however much of that was used.
 */
import type { Disk, DiskFile } from "../disk/disk.ts";
import { StorageError } from "../errors.ts";
import { BLOCK_BYTES, type LogPosition } from "./format.ts";
import {
  newSalt,
  openSegmentFile,
  segmentName,
  type Segment,
  writeSegmentHeader,
} from "./segment.ts";

export interface SegmentSizes {
  readonly firstBytes: number;
  readonly largestBytes: number;
}

/** Files kept for reuse beyond the one that is ready. */
const SPARE_LIMIT = 2;

/** What there is when the log is opened. */
export interface FoundSegments {
  readonly live: Segment[];
  readonly spare: DiskFile[];
  readonly lastFileNumber: number;
  /** Sequence and position of the first segment when none is live. */
  readonly nextSequence: number;
  readonly end: LogPosition;
}

export class SegmentRing {
  readonly #disk: Disk;
  readonly #sizes: SegmentSizes;
  readonly #live: Segment[];
  readonly #spare: DiskFile[];
  #next: Segment | undefined = undefined;
  #preparing: Promise<void> | undefined = undefined;
  #lastFileNumber: number;
  readonly #first: { readonly sequence: number; readonly startLsn: number };

  constructor(disk: Disk, sizes: SegmentSizes, found: FoundSegments) {
    this.#disk = disk;
    this.#sizes = sizes;
    this.#live = found.live;
    this.#spare = found.spare;
    this.#lastFileNumber = found.lastFileNumber;
    this.#first = { sequence: found.nextSequence, startLsn: found.end.lsn };
  }

  get current(): Segment | undefined {
    return this.#live.at(-1);
  }

  get next(): Segment | undefined {
    return this.#next;
  }

  /** Bytes of all files. */
  get sizeBytes(): number {
    let bytes = this.#next?.sizeBytes ?? 0;
    for (const segment of this.#live) bytes += segment.sizeBytes;
    for (const file of this.#spare) bytes += file.sizeBytes;
    return bytes;
  }

  get fileCount(): number {
    return this.#live.length + this.#spare.length + (this.#next === undefined ? 0 : 1);
  }

  /** Where a group of so many bytes goes when the log ends at `lsn`: in the current segment or in the next. */
  place(
    lsn: number,
    groupBytes: number,
  ): { readonly segment: Segment; readonly lsn: number } | undefined {
    for (const segment of [this.current, this.#next]) {
      if (segment === undefined) continue;
      const at = Math.max(lsn, segment.startLsn + BLOCK_BYTES);
      if (at + groupBytes <= segment.startLsn + segment.sizeBytes) return { segment, lsn: at };
    }
    return undefined;
  }

  /** Makes `next` the current one. */
  advance(): void {
    this.#live.push(this.#next!);
    this.#next = undefined;
  }

  /** Makes a next segment that has room for a group of so many bytes. Several calls at once are one. */
  async prepare(groupBytes: number): Promise<void> {
    while (this.#preparing !== undefined) await this.#preparing;
    if (this.#next !== undefined && BLOCK_BYTES + groupBytes <= this.#next.sizeBytes) return;
    const preparing = this.#prepare(groupBytes).finally(() => {
      this.#preparing = undefined;
    });
    this.#preparing = preparing.catch(() => {});
    await preparing;
  }

  get isPreparing(): boolean {
    return this.#preparing !== undefined;
  }

  async #prepare(groupBytes: number): Promise<void> {
    const before = this.#next ?? this.current;
    const wanted = Math.min(
      this.#sizes.largestBytes,
      before === undefined ? this.#sizes.firstBytes : 2 * before.sizeBytes,
    );
    const sizeBytes = Math.max(wanted, BLOCK_BYTES + groupBytes);
    const file = await this.#reserved(sizeBytes);
    const prepared = await writeSegmentHeader(file, {
      sequence: before === undefined ? this.#first.sequence : before.sequence + 1,
      startLsn: before === undefined ? this.#first.startLsn : before.startLsn + before.sizeBytes,
      sizeBytes,
      salt: newSalt(),
    });
    // One that is too small for a large group is left empty in the sequence.
    if (this.#next !== undefined) this.#live.push(this.#next);
    this.#next = prepared;
  }

  /** A file of so many bytes: a spare one, lengthened if need be, or a new one. */
  async #reserved(sizeBytes: number): Promise<DiskFile> {
    // Taken out at once, because `recycle` may go on meanwhile.
    const spare = this.#spare.pop();
    const file =
      spare ?? (await openSegmentFile(this.#disk, segmentName(++this.#lastFileNumber), true));
    try {
      await file.reserve(sizeBytes);
      if (spare === undefined) await this.#disk.syncFolder();
      return file;
    } catch (error) {
      // What it took of a full disk is given back.
      await file.close();
      await this.#disk.remove(file.name);
      throw error;
    }
  }

  /** With which segment recovery begins when it needs what comes after now. */
  startAt(): { readonly sequence: number; readonly required: boolean } {
    const { current } = this;
    const { sequence } = current ?? this.#next ?? this.#first;
    return { sequence, required: current !== undefined };
  }

  /** Makes the segments before one spare; few of them stay, the rest of the files is removed. */
  async recycle(sequence: number): Promise<void> {
    while (this.#live.length > 1 && this.#live[0]!.sequence < sequence) {
      this.#spare.push(this.#live.shift()!.file);
    }
    while (this.#spare.length > SPARE_LIMIT) {
      const file = this.#spare.shift()!;
      await file.close();
      await this.#disk.remove(file.name);
    }
  }

  async close(): Promise<void> {
    await this.#preparing;
    const files = [...this.#live, ...(this.#next === undefined ? [] : [this.#next])].map(
      (segment) => segment.file,
    );
    for (const file of [...files, ...this.#spare]) await file.close();
  }
}

export function noSpace(error: unknown): error is StorageError {
  return error instanceof StorageError && error.code === "NO_SPACE";
}

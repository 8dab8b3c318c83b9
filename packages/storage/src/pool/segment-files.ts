/** The files of segments: `000012.pages` holds the pages from 12 × 16,384 on. Opened when first needed. */
import type { DiskFile, OpenHow } from "../disk/disk.ts";
import { PAGE_BYTES, SEGMENT_PAGES, type PageNumber } from "./page-pool.ts";

/** What segments need of a disk. */
export interface SegmentDisk {
  open(name: string, how: OpenHow): Promise<DiskFile>;
  /** For reading, on whatever thread. */
  openSync(name: string, direct?: boolean, create?: boolean): DiskFile;
  remove(name: string): Promise<void>;
  syncFolder(): Promise<void>;
}

export function segmentName(segment: number): string {
  return `${String(segment).padStart(6, "0")}.pages`;
}

export function segmentOf(page: PageNumber): number {
  return Math.floor(page / SEGMENT_PAGES);
}

/** The segment that a file of this name holds. */
export function segmentNamed(name: string): number | undefined {
  const digits = /^(\d{6})\.pages$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Where a page lies in the file of its segment. */
export function positionOf(page: PageNumber): number {
  return (page % SEGMENT_PAGES) * PAGE_BYTES;
}

export class SegmentFiles {
  readonly #disk: SegmentDisk;
  readonly #direct: boolean;
  readonly #reading = new Map<number, DiskFile>();
  readonly #writing = new Map<number, Promise<DiskFile>>();
  /** For `writeSync`, which cannot wait for a file to be opened. */
  readonly #spilling = new Map<number, DiskFile>();
  readonly #unsynced = new Set<number>();
  #created = false;

  constructor(disk: SegmentDisk, direct: boolean) {
    this.#disk = disk;
    this.#direct = direct;
  }

  /** Reads pages that follow each other; whether all of them were there. */
  readSync(page: PageNumber, into: Uint8Array): boolean {
    const segment = segmentOf(page);
    let file = this.#reading.get(segment);
    if (file === undefined) {
      file = this.#disk.openSync(segmentName(segment), this.#direct);
      this.#reading.set(segment, file);
    }
    return file.readSync(into, positionOf(page)) === into.length;
  }

  async write(page: PageNumber, from: Uint8Array): Promise<void> {
    const segment = segmentOf(page);
    const file = await this.#openForWriting(segment);
    this.#unsynced.add(segment);
    await file.write(from, positionOf(page));
  }

  writeSync(page: PageNumber, from: Uint8Array): void {
    const segment = segmentOf(page);
    let file = this.#spilling.get(segment);
    if (file === undefined) {
      file = this.#disk.openSync(segmentName(segment), this.#direct, true);
      this.#spilling.set(segment, file);
      this.#created = true;
    }
    this.#unsynced.add(segment);
    file.writeSync!(from, positionOf(page));
  }

  #openForWriting(segment: number): Promise<DiskFile> {
    let file = this.#writing.get(segment);
    if (file === undefined) {
      file = this.#disk.open(segmentName(segment), { create: true, direct: this.#direct });
      this.#writing.set(segment, file);
      this.#created = true;
    }
    return file;
  }

  async sync(): Promise<void> {
    const segments = [...this.#unsynced];
    this.#unsynced.clear();
    await Promise.all(
      segments.map(async (segment) => (await this.#openForWriting(segment)).sync()),
    );
    if (!this.#created) return;
    this.#created = false;
    await this.#disk.syncFolder();
  }

  async remove(segment: number): Promise<void> {
    const written = await this.#writing.get(segment);
    this.#writing.delete(segment);
    this.#unsynced.delete(segment);
    await written?.close();
    const read = this.#reading.get(segment);
    this.#reading.delete(segment);
    await read?.close();
    const spilled = this.#spilling.get(segment);
    this.#spilling.delete(segment);
    await spilled?.close();
    if (written !== undefined || read !== undefined || spilled !== undefined)
      await this.#disk.remove(segmentName(segment));
  }

  async close(): Promise<void> {
    const written = await Promise.all(this.#writing.values());
    const files = [...this.#reading.values(), ...this.#spilling.values(), ...written];
    this.#reading.clear();
    this.#spilling.clear();
    this.#writing.clear();
    await Promise.all(files.map((file) => file.close()));
  }
}

/**
 * A segment in memory while it is scanned. It is read in slices, several at a time, ahead of who looks at it.
 * The memory is kept for the next scan: opening a small database many times costs no new one.
 */
import { AlignedMemory } from "../disk/aligned-memory.ts";
import type { DiskFile } from "../disk/disk.ts";
import { StorageError } from "../errors.ts";
import { BLOCK_BYTES } from "./format.ts";
import type { Segment } from "./segment.ts";

const SLICE_BYTES = 1 << 20;
const AHEAD = 4;
const LIMIT_BYTES = 1 << 30;

let idle: AlignedMemory | undefined;
const IDLE_LIMIT_BYTES = 2 << 20;

/** Memory in which a group stands at its offset in the segment. */
export interface GroupBytes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

export class SegmentImage implements Disposable, GroupBytes {
  bytes!: Uint8Array;
  view!: DataView;
  readonly #memory: AlignedMemory;
  #segment: Segment | undefined = undefined;
  #slices: Promise<void>[] = [];
  #readBytes = 0;

  constructor() {
    this.#memory = idle ?? new AlignedMemory(SLICE_BYTES, LIMIT_BYTES);
    idle = undefined;
  }

  /** The first block of a file; undefined when it is shorter. */
  async firstBlock(file: DiskFile): Promise<Uint8Array | undefined> {
    await this.settled();
    if (file.sizeBytes < BLOCK_BYTES) return undefined;
    const block = this.#memory.bytes.subarray(0, BLOCK_BYTES);
    await readSlice(file, block, 0);
    return block;
  }

  /** Begins with a segment, at an offset before which nothing will be needed. */
  async load(segment: Segment, fromBytes: number): Promise<void> {
    await this.settled();
    this.#memory.grow(segment.sizeBytes);
    this.bytes = this.#memory.bytes;
    this.view = this.#memory.view;
    this.#segment = segment;
    this.#slices = [];
    this.#readBytes = fromBytes;
    for (let k = 0; k < AHEAD; k++) this.#readAhead();
  }

  /** Waits until bytes[…, toBytes) are there. */
  async need(toBytes: number): Promise<void> {
    while (this.#readBytes - this.#pendingBytes < toBytes && this.#slices.length > 0) {
      await this.#slices.shift();
      this.#readAhead();
    }
  }

  /** Keeps a group beyond the next `load`. */
  copy({ at, sizeBytes }: { readonly at: number; readonly sizeBytes: number }): GroupBytes {
    const bytes = new Uint8Array(at + sizeBytes);
    bytes.set(this.bytes.subarray(at, at + sizeBytes), at);
    return { bytes, view: new DataView(bytes.buffer) };
  }

  /** Whether `need` would wait. */
  has(toBytes: number): boolean {
    return this.#readBytes - this.#pendingBytes >= toBytes || this.#slices.length === 0;
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.#slices);
  }

  get #pendingBytes(): number {
    return this.#slices.length === 0
      ? 0
      : (this.#slices.length - 1) * SLICE_BYTES + this.#lastBytes;
  }

  #lastBytes = 0;

  #readAhead(): void {
    const segment = this.#segment!;
    const from = this.#readBytes;
    const count = Math.min(SLICE_BYTES, segment.sizeBytes - from);
    if (count <= 0) return;
    const slice = readSlice(segment.file, this.bytes.subarray(from, from + count), from);
    slice.catch(() => {});
    this.#slices.push(slice);
    this.#readBytes += count;
    this.#lastBytes = count;
  }

  [Symbol.dispose](): void {
    if (this.#memory.sizeBytes <= IDLE_LIMIT_BYTES) idle = this.#memory;
  }
}

async function readSlice(file: DiskFile, into: Uint8Array, positionBytes: number): Promise<void> {
  const count = await file.read(into, positionBytes);
  if (count === into.length) return;
  throw new StorageError(
    "IO",
    `Cannot read ${file.name}: it answered ${count} bytes of ${into.length}`,
    {
      file: file.name,
      position: positionBytes,
    },
  );
}

/**
 * The pool: frames in one shared WebAssembly memory, of which every thread has its own view.
 *
 * The thread that opens the database creates the memory, others attach to its handle. Hits are found in
 * WebAssembly without a lock (wasm/frames.ts); a miss takes the lock for a frame and reads into it on the
 * thread that missed, while others that want the same page wait for it.
 */
import { Mutex } from "@hotpath/runtime";
import { threadId } from "node:worker_threads";
import { StorageError } from "../errors.ts";
import { PAGE_VERSION, SERIES_HEADER } from "../page/header.ts";
import { kernelOn, type Kernel } from "./kernel.ts";
import { BUSY, FULL, MEMORY_MAP, RESIDENT, framesIn } from "./memory-map.ts";
import {
  PAGE_BYTES,
  PAGE_LIMIT,
  SEGMENT_PAGES,
  type Address,
  type Hazard,
  type PageNumber,
  type PagePool,
  type WriteOptions,
} from "./page-pool.ts";
import {
  SegmentFiles,
  positionOf,
  segmentName,
  segmentOf,
  type SegmentDisk,
} from "./segment-files.ts";
import { WASM_PAGE_BYTES, wasm, type SharedMemory } from "./webassembly.ts";

export interface PoolOptions {
  /** All of the memory: frames, index, directory. Only what is used is taken from the host. Default: 256 MiB. */
  readonly memoryBytes?: number;
  /** At most this part of the frames is kept for the pages written last. Default: 0.25. */
  readonly recentShare?: number;
  /** Fills frames that are given up with 0xdb, so that late use shows. Default: false. */
  readonly poison?: boolean;
  /** Reads and writes segments past the host's page cache. Default: false. */
  readonly direct?: boolean;
}

/** What another thread needs to use the same pool. */
export interface PoolHandle {
  readonly memory: SharedMemory;
  readonly direct: boolean;
}

export interface PoolStats {
  readonly frames: number;
  /** Frames that have ever been used. */
  readonly touched: number;
  readonly dirty: number;
  readonly misses: number;
  readonly evictions: number;
}

/** Pages of one write: the run is copied together first, unless the frames lie side by side already. */
const RUN_PAGES = 64;
const SPILL_PAGES = 16;
/** Pages that `readRun` reads at once. */
export const READ_PAGES = 64;
const WAIT_MS = 5;
/** After so many waits the thread that reads the page is taken for dead. */
const MAX_WAITS = 1000;
const MIN_FRAMES = 256;

export class SharedPool implements PagePool {
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly view: DataView<SharedArrayBuffer>;
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly kernel: Kernel;
  readonly handle: PoolHandle;
  readonly #files: SegmentFiles;
  readonly #writing = new Mutex();
  readonly #segments = new Set<number>();
  /** Where pages that do not lie side by side are put together for one write. */
  #bounce: Address = 0;
  #readBounce: Address = 0;
  /** The same for `writeSync`, which may come while another write is under way. */
  #spillBounce: Address = 0;

  private constructor(handle: PoolHandle, disk: SegmentDisk) {
    this.handle = handle;
    const buffer = handle.memory.buffer;
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    this.words = new Int32Array(buffer);
    this.kernel = kernelOn(handle.memory);
    this.#files = new SegmentFiles(disk, handle.direct);
  }

  static create(disk: SegmentDisk, options: PoolOptions = {}): SharedPool {
    const { memoryBytes = 256 << 20, recentShare = 0.25, poison = false, direct = false } = options;
    const pages = Math.floor(memoryBytes / WASM_PAGE_BYTES);
    const frames = framesIn(pages * WASM_PAGE_BYTES);
    if (frames < MIN_FRAMES || pages > 65_536) {
      throw new RangeError(`memoryBytes must be between 4 MiB and 4 GiB, not ${memoryBytes}`);
    }
    const memory = new wasm.Memory({ initial: pages, maximum: pages, shared: true });
    const pool = new SharedPool({ memory, direct }, disk);
    pool.kernel.format(frames, Math.floor(frames * recentShare), poison ? 1 : 0);
    pool.#bounce = pool.reserve(RUN_PAGES);
    pool.#spillBounce = pool.reserve(SPILL_PAGES);
    return pool;
  }

  static attach(handle: PoolHandle, disk: SegmentDisk): SharedPool {
    const pool = new SharedPool(handle, disk);
    pool.kernel.attach();
    return pool;
  }

  hazard(): PoolHazard {
    const address = this.kernel.takeHazard(threadId + 1) >>> 0;
    if (address === 0) {
      throw new StorageError(
        "LIMIT",
        "Cannot open a cursor: 1,024 are open on all threads together",
      );
    }
    return new PoolHazard(this, address);
  }

  claimSegment(): PageNumber {
    let segment = 1;
    while (this.#segments.has(segment)) segment++;
    if (segment * SEGMENT_PAGES >= PAGE_LIMIT) {
      throw new StorageError(
        "LIMIT",
        "Cannot add a segment: the database has its largest size, 1 TiB",
      );
    }
    this.#segments.add(segment);
    return segment * SEGMENT_PAGES;
  }

  adoptSegment(first: PageNumber): void {
    this.#segments.add(segmentOf(first));
  }

  async releaseSegment(first: PageNumber): Promise<void> {
    for (let page = first; page < first + SEGMENT_PAGES; page++) this.kernel.drop(page);
    await this.#files.remove(segmentOf(first));
    this.#segments.delete(segmentOf(first));
  }

  create(page: PageNumber): Address {
    const address = this.kernel.create(page) >>> 0;
    if (address === 0) throw this.#full();
    return address;
  }

  resident(page: PageNumber): Address | undefined {
    const address = this.kernel.resident(page) >>> 0;
    return address === 0 ? undefined : address;
  }

  /** Frames in one piece that are no pages and stay for good. */
  reserve(frames: number): Address {
    const address = this.kernel.reserve(frames) >>> 0;
    if (address === 0) throw this.#full();
    return address;
  }

  async write(pages: Iterable<PageNumber>, options: WriteOptions = {}): Promise<void> {
    const sorted = [...new Set(pages)].sort((a, b) => a - b);
    const addresses = this.#sealed(sorted);
    using _ = await this.#writing.lock();
    for (let from = 0; from < sorted.length;) {
      const count = runLength(sorted, from, RUN_PAGES);
      await this.#files.write(sorted[from]!, this.#gather(addresses, from, count, this.#bounce));
      from += count;
    }
    if (options.unsynced !== true) await this.#files.sync();
    for (const page of sorted) this.kernel.written(page, options.recent === true ? 1 : 0);
  }

  writeSync(pages: readonly PageNumber[]): void {
    const sorted = [...new Set(pages)].sort((a, b) => a - b);
    const addresses = this.#sealed(sorted);
    for (let from = 0; from < sorted.length;) {
      const count = runLength(sorted, from, SPILL_PAGES);
      this.#files.writeSync(sorted[from]!, this.#gather(addresses, from, count, this.#spillBounce));
      from += count;
    }
    for (const page of sorted) this.kernel.written(page, 0);
  }

  /** Enters number and checksum into pages; answers where they lie. */
  #sealed(pages: readonly PageNumber[]): Address[] {
    return pages.map((page) => {
      const address = this.resident(page);
      if (address === undefined) throw new RangeError(`Page ${page} is not resident`);
      this.view.setUint8(address + SERIES_HEADER.version, PAGE_VERSION);
      this.kernel.seal(address, page);
      return address;
    });
  }

  async sync(): Promise<void> {
    await this.#files.sync();
  }

  /** The bytes of pages that follow each other, in one piece. */
  #gather(addresses: readonly Address[], from: number, count: number, bounce: Address): Uint8Array {
    const first = addresses[from]!;
    let together = true;
    for (let k = 1; k < count; k++) together &&= addresses[from + k] === first + k * PAGE_BYTES;
    if (together) return this.bytes.subarray(first, first + count * PAGE_BYTES);
    for (let k = 0; k < count; k++) {
      const address = addresses[from + k]!;
      this.bytes.copyWithin(bounce + k * PAGE_BYTES, address, address + PAGE_BYTES);
    }
    return this.bytes.subarray(bounce, bounce + count * PAGE_BYTES);
  }

  drop(page: PageNumber): void {
    this.kernel.drop(page);
  }

  /** After a hazard found its page not resident: makes it so, or waits for the thread that does. */
  load(page: PageNumber, keep: boolean): void {
    if (page < SEGMENT_PAGES || page >= PAGE_LIMIT) {
      throw new StorageError("CORRUPT", `There is no page ${page}`);
    }
    const frame = this.kernel.beginLoad(page);
    if (frame === RESIDENT) return;
    if (frame === FULL) throw this.#full();
    if (frame === BUSY) return this.#awaitLoad(page);
    const address = this.view.getUint32(MEMORY_MAP.framesAt, true) + frame * PAGE_BYTES;
    let wrong: string | undefined = "its file ends before it";
    let good = false;
    try {
      if (this.#files.readSync(page, this.bytes.subarray(address, address + PAGE_BYTES))) {
        wrong = WRONG[this.kernel.verify(address, page)];
        good = wrong === undefined;
      }
    } finally {
      this.kernel.endLoad(frame, good ? 1 : 0, keep ? 1 : 0);
    }
    if (wrong !== undefined) throw corrupt(page, wrong);
  }

  /**
   * Reads pages that follow each other in a segment, READ_PAGES at most, past the frames, and checks them. They lie at
   * the answered address until this is called again. For the thread that writes.
   */
  readRun(first: PageNumber, count: number): Address {
    const bounce = (this.#readBounce ||= this.reserve(READ_PAGES));
    const whole = this.#files.readSync(
      first,
      this.bytes.subarray(bounce, bounce + count * PAGE_BYTES),
    );
    if (!whole) throw corrupt(first, "its file ends too early");
    for (let k = 0; k < count; k++) {
      const wrong = WRONG[this.kernel.verify(bounce + k * PAGE_BYTES, first + k)];
      if (wrong !== undefined) throw corrupt(first + k, wrong);
    }
    return bounce;
  }

  #awaitLoad(page: PageNumber): void {
    const entry = (this.kernel.entryAddress(page) >>> 0) >>> 2;
    for (let waits = 0; waits < MAX_WAITS; waits++) {
      const value = Atomics.load(this.words, entry);
      if (value >= 0) return;
      Atomics.wait(this.words, entry, value, WAIT_MS);
    }
    throw new StorageError("IO", "Cannot read a page: the thread that was reading it has ended");
  }

  /** Which part of the frames holds pages that have to be written. */
  get dirtyShare(): number {
    const { dirtyCount, frameCount } = MEMORY_MAP;
    return this.words[dirtyCount / 4]! / this.words[frameCount / 4]!;
  }

  stats(): PoolStats {
    const word = (at: number): number => this.view.getUint32(at, true);
    const { frameCount, fresh, reservedFrom, dirtyCount, misses, evictions } = MEMORY_MAP;
    return {
      frames: word(frameCount),
      touched: word(fresh) + word(frameCount) - word(reservedFrom),
      dirty: word(dirtyCount),
      misses: word(misses),
      evictions: word(evictions),
    };
  }

  /** Closes this thread's files and gives back its hazards. */
  async close(): Promise<void> {
    this.kernel.releaseHazardsOf(threadId + 1);
    await this.#files.close();
  }

  #full(): StorageError {
    return new StorageError(
      "LIMIT",
      "Cannot make room for a page: every frame holds one that is unwritten or in use; raise memoryBytes",
    );
  }
}

function corrupt(page: PageNumber, why: string): StorageError {
  const file = segmentName(segmentOf(page));
  const position = positionOf(page);
  return new StorageError(
    "CORRUPT",
    `Cannot read the page at byte ${position} of ${file}: ${why}`,
    { file, position },
  );
}

const WRONG: readonly (string | undefined)[] = [
  undefined,
  "its checksum is wrong",
  "it is another page, written to the wrong place",
];

function runLength(sorted: readonly PageNumber[], from: number, most: number): number {
  let count = 1;
  while (
    count < most &&
    sorted[from + count] === sorted[from]! + count &&
    segmentOf(sorted[from + count]!) === segmentOf(sorted[from]!)
  ) {
    count++;
  }
  return count;
}

export class PoolHazard implements Hazard {
  readonly address: Address;
  readonly #pool: SharedPool;
  #open = true;

  constructor(pool: SharedPool, address: Address) {
    this.#pool = pool;
    this.address = address;
  }

  fix(page: PageNumber): Address {
    for (;;) {
      const address = this.#pool.kernel.fixPage(this.address, page, 1) >>> 0;
      if (address !== 0) return address;
      this.#pool.load(page, true);
    }
  }

  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#open = false;
    this.#pool.kernel.releaseHazard(this.address);
  }
}

/** Pages in memory, as the layers above see them. Addresses are byte offsets in one shared WebAssembly memory. */
export const PAGE_BYTES = 4096;
export const HEADER_BYTES = 64;
export const SEGMENT_PAGES = 16_384;
/** Page numbers are below this: 1 TiB. Segment 0 is never used, so that 0 is no page. */
export const PAGE_LIMIT: number = 2 ** 28;

export type PageNumber = number;
export type Address = number;

/** Names the frame that somebody looks at, so that it is not evicted. One per cursor; 1,024 in all. */
export interface Hazard extends Disposable {
  /**
   * The address of a page, which stays there until this hazard is used for another page or disposed.
   * Reads it from its segment, synchronously, and checks its checksum, when it is not resident.
   * Throws CORRUPT with file and position when the check fails, LIMIT when no frame can be freed.
   */
  fix(page: PageNumber): Address;
}

export interface WriteOptions {
  /** Keep them in memory until as many younger ones have been written as the pool's cap for recent pages. */
  readonly recent?: boolean;
  /** Skips the sync of the segments; `sync` does it later for all. Default: false. */
  readonly unsynced?: boolean;
}

export interface PagePool {
  /** All of the memory, of a length that never changes; page-aligned. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly view: DataView<SharedArrayBuffer>;
  hazard(): Hazard;
  /** The first page number of a segment that nobody has: its pages are the caller's, its file is made by `write`. */
  claimSegment(): PageNumber;
  /** Says, when a database is opened, that the segment that begins at this page is in use. */
  adoptSegment(first: PageNumber): void;
  /** Drops all pages of a segment and removes its file. */
  releaseSegment(first: PageNumber): Promise<void>;
  /**
   * A zeroed frame for a page that has never been written, or whose content nobody can reach any more.
   * It stays resident until `write`. LIMIT when all frames hold pages that must stay.
   */
  create(page: PageNumber): Address;
  /** Address of a resident page without a hazard: for the writer, on pages it has created and not written. */
  resident(page: PageNumber): Address | undefined;
  /**
   * Enters page number and checksum into the headers, writes the pages to their segments and makes them
   * durable; they may then be evicted. The pages must not change meanwhile.
   */
  write(pages: Iterable<PageNumber>, options?: WriteOptions): Promise<void>;
  /** Writes pages as `write` does, blocking the thread, and leaves making them durable to `sync` or a later `write`. */
  writeSync(pages: readonly PageNumber[]): void;
  /** Makes all that was written so far durable. */
  sync(): Promise<void>;
  /** Forgets a page that nobody can reach any more; a hazard that names it keeps its bytes in place. */
  drop(page: PageNumber): void;
}

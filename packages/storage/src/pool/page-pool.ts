/** Pages in memory, as the layers above see them. Addresses are byte offsets in one shared WebAssembly memory. */
export const PAGE_BYTES = 4096;
export const HEADER_BYTES = 64;
export const SEGMENT_PAGES = 16_384;

export type PageNumber = number;
export type Address = number;

/** Names the frame that somebody looks at, so that it is not evicted. One per cursor. */
export interface Hazard extends Disposable {
  /**
   * The address of a page, which stays there until this hazard is used for another page or disposed.
   * Reads it from its segment, synchronously, and checks its checksum, when it is not resident.
   * Throws CORRUPT with segment and page when the check fails.
   */
  fix(page: PageNumber): Address;
}

export interface PagePool {
  /** All of the memory; page-aligned. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly view: DataView<SharedArrayBuffer>;
  hazard(): Hazard;
  /** A zeroed frame for a page that has never been written. It stays resident until `written`. */
  create(page: PageNumber): Address;
  /** Address of a resident page without a hazard: for the writer, on pages it has created and not written. */
  resident(page: PageNumber): Address | undefined;
  /** Seals header and checksum, writes the pages to their segments and makes them durable; they may then be evicted. */
  write(pages: Iterable<PageNumber>): Promise<void>;
  /** Forgets a page that nobody can reach any more. */
  drop(page: PageNumber): void;
}

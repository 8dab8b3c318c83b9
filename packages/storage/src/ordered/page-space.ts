/**
 * Which pages the trees of one engine own, which of them may be changed, and when one may be used again.
 *
 * Time is divided into epochs: a new one begins when commits are published, when a checkpoint begins, and when pages
 * are written early to make room in the pool. Every page carries the epoch that made it. A page of the present epoch
 * is nobody's but the writer's: it is changed in place. Any other is copied, and the old one is released. A released
 * page is used again when
 *
 * 1. no snapshot older than the commit that released it is open, and that commit is published, so that none can be
 *    opened any more;
 * 2. neither the manifest on disk nor one that may have come there holds it: with e the epoch before which its
 *    checkpoint began, not (born ≤ e < released).
 *
 * A checkpoint writes the pages that are in use and were not written yet. All calls come from the writer's thread.
 */
import {
  PAGE_BYTES,
  SEGMENT_PAGES,
  type Address,
  type Hazard,
  type PageNumber,
  type PagePool,
} from "../pool/page-pool.ts";
import { TreeCursor } from "./cursor.ts";
import { NodeWriter } from "./node-writer.ts";
import { Splitter } from "./split.ts";

/** The oldest commit that an open snapshot shows; Infinity when none is open. */
export type OldestSnapshot = () => number;

interface Released {
  readonly page: PageNumber;
  readonly born: number;
  readonly epoch: number;
  readonly commit: number;
}

export interface SpaceStats {
  readonly segments: number;
  readonly pages: number;
  readonly freePages: number;
  /** Released, but still reached by a snapshot or a manifest. */
  readonly heldPages: number;
  /** Made since the last checkpoint: they stay in memory until the next. */
  readonly dirtyPages: number;
}

/** What a checkpoint leaves in the manifest. */
export interface SpaceState {
  readonly commit: number;
  readonly epoch: number;
  readonly segments: readonly PageNumber[];
  readonly used: number;
  readonly free: readonly PageNumber[];
}

export class PageSpace {
  readonly pool: PagePool;
  readonly nodes: NodeWriter;
  /** Looks at what was applied last, for the trees' own questions. */
  readonly cursor: TreeCursor;
  /** The commit that is being applied. */
  commit = 0;

  #splitter: Splitter | undefined;
  readonly #oldest: OldestSnapshot;
  readonly #hazard: Hazard;
  readonly #second: Hazard;
  #published = 0;
  #epoch = 1;
  /** Pages that are not written may take so many frames of the pool. */
  readonly #dirtyLimit: number;
  /** Last epochs of the manifest on disk and of those that may have come there since: begun, not known to have failed. */
  #manifests: number[] = [];
  #segments: PageNumber[] = [];
  /** Pages handed out of the last segment, ever. */
  #used = SEGMENT_PAGES;
  #free: PageNumber[] = [];
  #released: Released[] = [];
  #releasedFrom = 0;
  #held: Released[] = [];
  readonly #dirty = new Set<PageNumber>();

  constructor(pool: PagePool, oldest: OldestSnapshot = () => Infinity) {
    this.pool = pool;
    this.nodes = new NodeWriter(pool);
    this.#oldest = oldest;
    this.#dirtyLimit = Math.floor(pool.bytes.length / PAGE_BYTES / 3);
    this.cursor = new TreeCursor(pool);
    this.#hazard = pool.hazard();
    this.#second = pool.hazard();
  }

  /** Divides and joins pages for all trees of the space. */
  get splitter(): Splitter {
    return (this.#splitter ??= new Splitter(this.nodes));
  }

  /** The address of a page, until the next call. */
  read(page: PageNumber): Address {
    return this.#hazard.fix(page);
  }

  /** The same for a second page at the same time. */
  readBeside(page: PageNumber): Address {
    return this.#second.fix(page);
  }

  /** Whether the writer alone can see the page. */
  isOwn(node: Address): boolean {
    return this.nodes.born(node) === this.#epoch;
  }

  allocate(): PageNumber {
    return this.#free.pop() ?? this.#fresh();
  }

  /** Up to `wanted` pages with numbers in a row; answers the first and puts the count into `run`. */
  allocateRun(wanted: number, run: { pages: number }): PageNumber {
    const room = SEGMENT_PAGES - this.#used;
    // Below eight pages the free list is better than a gap-free run: it keeps the file from growing.
    if (room === 0 || wanted < 8) {
      run.pages = 1;
      return this.allocate();
    }
    run.pages = Math.min(wanted, room);
    const first = this.#segments.at(-1)! + this.#used;
    this.#used += run.pages;
    return first;
  }

  #fresh(): PageNumber {
    if (this.#used === SEGMENT_PAGES) {
      const first = this.pool.claimSegment();
      this.#segments.push(first);
      this.#used = 0;
    }
    return this.#segments.at(-1)! + this.#used++;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** A new page in memory, formatted. */
  create(level: number, table: number): PageNumber {
    const page = this.allocate();
    this.nodes.format(this.frame(page), level, table, this.#epoch);
    return page;
  }

  /** The zeroed frame of a page that was allocated. */
  frame(page: PageNumber): Address {
    const address = this.pool.create(page);
    this.#dirty.add(page);
    return address;
  }

  /** The address of a page that `create` answered and no checkpoint has written. */
  own(page: PageNumber): Address {
    const address = this.pool.resident(page);
    if (address === undefined)
      throw new Error(`page ${page} was made by this writer and is not in memory`);
    return address;
  }

  /** The tree no longer needs the page. */
  release(page: PageNumber, born: number): void {
    if (born === this.#epoch) this.#reuse(page);
    else this.#released.push({ page, born, epoch: this.#epoch, commit: this.commit });
  }

  #reuse(page: PageNumber): void {
    this.#dirty.delete(page);
    this.pool.drop(page);
    this.#free.push(page);
  }

  /** Everything applied is visible to snapshots opened from now on. */
  publish(): void {
    if (this.#published === this.commit) return;
    this.#published = this.commit;
    this.#epoch++;
    if (this.#releasedFrom < this.#released.length) this.#reclaim();
  }

  #reclaim(): void {
    const oldest = Math.min(this.#oldest(), this.#published);
    let from = this.#releasedFrom;
    for (; from < this.#released.length; from++) {
      const entry = this.#released[from]!;
      if (entry.commit > oldest) break;
      if (this.#inManifest(entry)) this.#held.push(entry);
      else this.#reuse(entry.page);
    }
    this.#releasedFrom = from;
    if (from > 1024 && from * 2 > this.#released.length) {
      this.#released = this.#released.slice(from);
      this.#releasedFrom = 0;
    }
  }

  #inManifest({ born, epoch }: Released): boolean {
    return this.#manifests.some((last) => born <= last && last < epoch);
  }

  /**
   * Between two changes of a tree: when pages that are not written fill the pool, writes them, so that it can evict
   * them. They are not made durable: the checkpoint that needs them does that.
   */
  relieve(limit: number = this.#dirtyLimit): void {
    if (this.#dirty.size <= limit) return;
    this.pool.writeSync([...this.#dirty].sort((a, b) => a - b));
    this.#dirty.clear();
    this.#epoch++;
  }

  /** Pages that may be made at once without filling the pool. */
  get burst(): number {
    return Math.max(1, this.#dirtyLimit >> 2);
  }

  /** Freezes all pages for a checkpoint; answers the state for the manifest and the pages to write for it. */
  beginCheckpoint(): { readonly state: SpaceState; readonly pages: readonly PageNumber[] } {
    const epoch = this.#epoch++;
    this.#manifests.push(epoch);
    const waiting = [...this.#released.slice(this.#releasedFrom), ...this.#held].map(
      ({ page }) => page,
    );
    // What was released before it was ever written is not needed on disk.
    const gone = new Set(waiting);
    const pages = [...this.#dirty].filter((page) => !gone.has(page)).sort((a, b) => a - b);
    for (const page of pages) this.#dirty.delete(page);
    return {
      state: {
        commit: this.commit,
        epoch,
        segments: [...this.#segments],
        used: this.#used,
        free: [...this.#free, ...waiting].sort((a, b) => a - b),
      },
      pages,
    };
  }

  /** The pages could not be written: the next checkpoint tries again. */
  failCheckpoint(pages: readonly PageNumber[]): void {
    const gone = new Set(this.freePages());
    for (const page of pages) if (!gone.has(page)) this.#dirty.add(page);
  }

  /** The manifest that holds the state of the last checkpoint is on disk. */
  endCheckpoint(): void {
    this.#manifests = this.#manifests.slice(-1);
    const held = this.#held;
    this.#held = [];
    for (const entry of held) {
      if (this.#inManifest(entry)) this.#held.push(entry);
      else this.#reuse(entry.page);
    }
  }

  restore(state: SpaceState): void {
    this.commit = this.#published = state.commit;
    this.#epoch = state.epoch + 1;
    this.#manifests = [state.epoch];
    this.#segments = [...state.segments];
    for (const first of this.#segments) this.pool.adoptSegment(first);
    this.#used = state.used;
    this.#free = [...state.free].reverse();
  }

  get stats(): SpaceStats {
    const claimed = this.#segments.length * SEGMENT_PAGES - (SEGMENT_PAGES - this.#used);
    return {
      segments: this.#segments.length,
      pages: this.#segments.length === 0 ? 0 : claimed,
      freePages: this.#free.length,
      heldPages: this.#held.length + this.#released.length - this.#releasedFrom,
      dirtyPages: this.#dirty.size,
    };
  }

  /** Pages that a tree, a snapshot or a manifest may reach; for checks. */
  *freePages(): Generator<PageNumber> {
    yield* this.#free;
    yield* this.heldPages();
  }

  *heldPages(): Generator<PageNumber> {
    for (let k = this.#releasedFrom; k < this.#released.length; k++) yield this.#released[k]!.page;
    for (const { page } of this.#held) yield page;
  }

  [Symbol.dispose](): void {
    this.cursor[Symbol.dispose]();
    this.#hazard[Symbol.dispose]();
    this.#second[Symbol.dispose]();
  }
}

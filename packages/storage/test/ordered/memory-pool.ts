/** A PagePool without files, for tests of trees: every page stays in memory, and a dropped one is poisoned. */
import {
  PAGE_BYTES,
  type Address,
  type Hazard,
  type PageNumber,
  type PagePool,
} from "../../src/pool/page-pool.ts";
import { SEGMENT_PAGES } from "../../src/pool/page-pool.ts";

export class MemoryPool implements PagePool {
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly view: DataView<SharedArrayBuffer>;
  readonly frames = new Map<PageNumber, Address>();
  readonly written: PageNumber[] = [];
  readonly #free: Address[] = [];
  #next = PAGE_BYTES;
  #segments = 1;

  constructor(pages = 4096) {
    const buffer = new SharedArrayBuffer((pages + 1) * PAGE_BYTES);
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
  }

  claimSegment(): PageNumber {
    return this.#segments++ * SEGMENT_PAGES;
  }

  hazard(): Hazard {
    return {
      fix: (page) => {
        const address = this.frames.get(page);
        if (address === undefined) throw new Error(`page ${page} is gone`);
        return address;
      },
      [Symbol.dispose]: () => {},
    };
  }

  create(page: PageNumber): Address {
    if (this.frames.has(page)) throw new Error(`page ${page} is there already`);
    const address = this.#free.pop() ?? this.#next;
    if (address === this.#next) this.#next += PAGE_BYTES;
    if (address + PAGE_BYTES > this.bytes.length) throw new Error("the test's pool is full");
    this.bytes.fill(0, address, address + PAGE_BYTES);
    this.frames.set(page, address);
    return address;
  }

  resident(page: PageNumber): Address | undefined {
    return this.frames.get(page);
  }

  async write(pages: Iterable<PageNumber>): Promise<void> {
    for (const page of pages) {
      if (!this.frames.has(page)) throw new Error(`page ${page} is gone and cannot be written`);
      this.written.push(page);
    }
  }

  adoptSegment(): void {}

  async releaseSegment(): Promise<void> {}

  writeSync(pages: readonly PageNumber[]): void {
    for (const page of pages) assertThere(this.frames, page);
    this.written.push(...pages);
  }

  async sync(): Promise<void> {}

  drop(page: PageNumber): void {
    const address = this.frames.get(page);
    if (address === undefined) throw new Error(`page ${page} was dropped twice`);
    this.bytes.fill(0xa5, address, address + PAGE_BYTES);
    this.frames.delete(page);
    this.#free.push(address);
  }
}

function assertThere(frames: ReadonlyMap<PageNumber, Address>, page: PageNumber): void {
  if (!frames.has(page)) throw new Error(`page ${page} is gone and cannot be written`);
}

/**
 * A scrubber: reads every page of a database again and again, slowly, while it is in use, and compares it with its
 * checksum. What nobody reads rots unseen otherwise: a page in the pool is checked only when it is read from disk.
 *
 * A page that the manifest reaches is not written again before there is another manifest. So a page that is wrong,
 * under a manifest that is the same before and after it was read, is damaged and not just being written.
 */
import { channel } from "node:diagnostics_channel";
import { sleep } from "@hotpath/runtime";
import { NodeDisk } from "../disk/node-disk.ts";
import type { Disk } from "../disk/disk.ts";
import { PAGE_BYTES, SEGMENT_PAGES, type Address, type PageNumber } from "../pool/page-pool.ts";
import { positionOf, segmentName, segmentNamed, segmentOf } from "../pool/segment-files.ts";
import { SharedPool } from "../pool/shared-pool.ts";
import { manifestIn, type Finding } from "./stored-database.ts";
import { isBlank, pageFinding, pagesInUse, WRONG } from "./verify.ts";

/** Each finding is published here too. */
export const SCRUB_CHANNEL = "hotpath:storage:damage";

export interface ScrubOptions {
  /** Default: 1000, which is 4 MB/s: 10 GB in three quarters of an hour. */
  readonly pagesPerSecond?: number;
  /** Ends after so many passes over everything. Default: never, until its task is cancelled. */
  readonly passes?: number;
  readonly onFinding?: (finding: Finding) => void;
  readonly disk?: Disk;
}

export interface ScrubReport {
  readonly passes: number;
  readonly pages: number;
  readonly findings: number;
}

const RUN_PAGES = 16;

/** Run it as a task beside the database: `spawn(() => scrub(folder))`. */
export async function scrub(folder: string, options: ScrubOptions = {}): Promise<ScrubReport> {
  const { pagesPerSecond = 1000, passes = Infinity } = options;
  if (!(pagesPerSecond > 0)) throw new RangeError("pagesPerSecond must be above 0");
  const scrubber = new Scrubber(options.disk ?? new NodeDisk(folder), options);
  let done = 0;
  for (; done < passes; done++) {
    await scrubber.pass((RUN_PAGES / pagesPerSecond) * 1000);
    // An empty database would be looked at without a pause.
    await sleep(1);
  }
  return { passes: done, pages: scrubber.pages, findings: scrubber.findings };
}

class Scrubber {
  pages = 0;
  findings = 0;
  readonly #disk: Disk;
  readonly #options: ScrubOptions;
  /** Memory in which the checksum's code runs: none of the database's. */
  readonly #memory: SharedPool;
  readonly #buffer: Address;

  constructor(disk: Disk, options: ScrubOptions) {
    this.#disk = disk;
    this.#options = options;
    this.#memory = SharedPool.create(disk, { memoryBytes: 4 << 20 });
    this.#buffer = this.#memory.reserve(RUN_PAGES);
  }

  async pass(pauseMs: number): Promise<void> {
    for (const name of await this.#disk.list()) {
      const segment = segmentNamed(name);
      if (segment === undefined) continue;
      const first = segment * SEGMENT_PAGES;
      for (let page = first; page < first + SEGMENT_PAGES; page += RUN_PAGES) {
        if (!(await this.#run(page))) break;
        await sleep(pauseMs);
      }
    }
  }

  /** Looks at some pages; false behind the end of their file. */
  async #run(first: PageNumber): Promise<boolean> {
    const before = await manifestIn(this.#disk);
    const bytes = this.#read(first, RUN_PAGES);
    const suspects: PageNumber[] = [];
    for (let k = 0; k < Math.floor(bytes / PAGE_BYTES); k++) {
      this.pages++;
      if (this.#wrong(k, first + k) !== 0) suspects.push(first + k);
    }
    if (suspects.length > 0) {
      const inUse = pagesInUse(before);
      for (const page of suspects.filter((each) => inUse(each) !== false)) {
        this.#read(page, 1);
        const wrong = this.#wrong(0, page);
        const after = await manifestIn(this.#disk);
        // Under another manifest the page may have been written meanwhile: the next pass comes by again.
        if (wrong !== 0 && after.generation === before.generation)
          this.#report(pageFinding(page, WRONG[wrong]!, inUse));
      }
    }
    return bytes === RUN_PAGES * PAGE_BYTES;
  }

  #read(page: PageNumber, count: number): number {
    const file = this.#disk.openSync(segmentName(segmentOf(page)));
    try {
      const into = this.#memory.bytes.subarray(this.#buffer, this.#buffer + count * PAGE_BYTES);
      return file.readSync(into, positionOf(page));
    } finally {
      void file.close();
    }
  }

  #wrong(index: number, page: PageNumber): number {
    const at = this.#buffer + index * PAGE_BYTES;
    return isBlank(this.#memory.bytes, at) ? 0 : this.#memory.kernel.verify(at, page);
  }

  #report(finding: Finding): void {
    this.findings++;
    this.#options.onFinding?.(finding);
    channel(SCRUB_CHANNEL).publish(finding);
  }
}

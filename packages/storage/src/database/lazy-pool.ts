/** The page pool of a database, made when an engine first asks for it: not every kind of table has pages. */
import type { Disk } from "../disk/disk.ts";
import { SharedPool } from "../pool/shared-pool.ts";
import type { Settings } from "./options.ts";

export class LazyPool {
  readonly #disk: Disk;
  readonly #settings: Pick<Settings, "poolBytes" | "io">;
  #pages: SharedPool | undefined = undefined;

  constructor(disk: Disk, settings: Pick<Settings, "poolBytes" | "io">) {
    this.#disk = disk;
    this.#settings = settings;
  }

  get pages(): SharedPool {
    const { poolBytes, io } = this.#settings;
    this.#pages ??= SharedPool.create(this.#disk, {
      memoryBytes: poolBytes,
      direct: io !== "buffered",
    });
    return this.#pages;
  }

  get made(): SharedPool | undefined {
    return this.#pages;
  }

  async close(): Promise<void> {
    await this.#pages?.close();
  }
}

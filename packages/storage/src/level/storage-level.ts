/**
 * An abstract-level database (version 3) on one ordered table, for programs that are written against level.
 *
 * A write resolves when it is durable; `durability: "relaxed"` is what `sync: false` is elsewhere, for the whole
 * database. Iterators and snapshots are the engine's: they cost a number, not a copy.
 */
import {
  AbstractLevel,
  type AbstractDatabaseOptions,
  type AbstractOpenOptions,
} from "abstract-level";
import { statFile } from "@hotpath/runtime";
import { join } from "node:path";
import type { Database } from "../database/database.ts";
import { MANIFEST_FILE } from "../database/manifest.ts";
import { open } from "../database/open.ts";
import type { OpenOptions } from "../database/options.ts";
import type { Snapshot } from "../database/snapshot.ts";
import { ordered } from "../ordered/ordered-engine.ts";
import type { OrderedReads } from "../ordered/ordered-reads.ts";
import type { OrderedWrites } from "../ordered/ordered-writes.ts";
import { below, decode, encode, levelError, type Format, type FormatName } from "./formats.ts";
import {
  EntryIterator,
  KeyIterator,
  ValueIterator,
  type IteratorOptions,
  type Range,
} from "./iterators.ts";
import { LevelSnapshot } from "./level-snapshot.ts";

/** The one table of the database. */
const entries = ordered("level");

/** What `db.supports` says. The declaration of manifests does not know getSync yet. */
const MANIFEST: object = {
  encodings: { buffer: true, utf8: true, view: true },
  seek: true,
  has: true,
  getSync: true,
  permanence: true,
  implicitSnapshots: true,
  explicitSnapshots: true,
  createIfMissing: true,
  errorIfExists: true,
  signals: { iterators: true },
};

/** Memory for pages when the options say nothing: level databases are many and small. */
const POOL_BYTES = 64 << 20;

type StorageOptions = Partial<Omit<OpenOptions, "tables">>;

export interface StorageLevelOptions<K, V> extends AbstractDatabaseOptions<K, V>, StorageOptions {}

interface ReadOptions {
  readonly keyEncoding: FormatName;
  readonly valueEncoding: FormatName;
  readonly snapshot?: LevelSnapshot | undefined;
}

interface RangeOptions extends ReadOptions, IteratorOptions {}

type BatchOperation =
  | { type: "put"; key: Format; value: Format; keyEncoding: FormatName; valueEncoding: FormatName }
  | { type: "del"; key: Format; keyEncoding: FormatName };

export class StorageLevel<K = string, V = string> extends AbstractLevel<Format, K, V> {
  readonly location: string;
  #database: Database | undefined;
  #latest: OrderedReads | undefined;

  /** Takes the options of abstract-level and those of `open`. */
  constructor(location: string, options: StorageLevelOptions<K, V> = {}) {
    if (typeof location !== "string" || location === "") {
      throw new TypeError("The location of the database must be the path of a folder");
    }
    super(MANIFEST, options);
    this.location = location;
  }

  /** The database below, while it is open: for checkpoints, statistics, backups. */
  get database(): Database {
    if (this.#database !== undefined) return this.#database;
    throw Object.assign(new Error("Database is not open"), { code: "LEVEL_DATABASE_NOT_OPEN" });
  }

  get #reads(): OrderedReads {
    return (this.#latest ??= this.database.table(entries));
  }

  #readsOf(options: ReadOptions): OrderedReads {
    return options.snapshot === undefined ? this.#reads : options.snapshot.reads;
  }

  async _open(options: AbstractOpenOptions & StorageOptions): Promise<void> {
    const { createIfMissing, errorIfExists, ...rest } = options as StorageOptions &
      AbstractOpenOptions & { passive?: boolean };
    const exists =
      rest.disk === undefined && (await statFile(join(this.location, MANIFEST_FILE))) !== undefined;
    if (!exists && createIfMissing === false) {
      throw new Error(`${this.location} does not exist (createIfMissing is false)`);
    }
    if (exists && errorIfExists === true)
      throw new Error(`${this.location} exists (errorIfExists is true)`);
    const { passive: _passive, ...storage } = rest;
    try {
      this.#database = await open(this.location, {
        poolBytes: POOL_BYTES,
        ...storage,
        tables: [entries],
      });
    } catch (error) {
      throw levelError(error);
    }
  }

  async _close(): Promise<void> {
    const database = this.#database;
    this.#database = this.#latest = undefined;
    await database?.close();
  }

  _getSync(key: Format, options: ReadOptions): Format | undefined {
    return decode(this.#readsOf(options).get(encode(key)), options.valueEncoding);
  }

  async _get(key: Format, options: ReadOptions): Promise<Format | undefined> {
    return this._getSync(key, options);
  }

  async _getMany(keys: readonly Format[], options: ReadOptions): Promise<(Format | undefined)[]> {
    const reads = this.#readsOf(options);
    return keys.map((key) => decode(reads.get(encode(key)), options.valueEncoding));
  }

  async _has(key: Format, options: ReadOptions): Promise<boolean> {
    return this.#readsOf(options).has(encode(key));
  }

  async _hasMany(keys: readonly Format[], options: ReadOptions): Promise<boolean[]> {
    const reads = this.#readsOf(options);
    return keys.map((key) => reads.has(encode(key)));
  }

  async _put(key: Format, value: Format): Promise<void> {
    await this.#write((table) => table.put(encode(key), encode(value)));
  }

  async _del(key: Format): Promise<void> {
    await this.#write((table) => table.delete(encode(key)));
  }

  async _batch(operations: readonly BatchOperation[]): Promise<void> {
    await this.#write((table) => {
      for (const operation of operations) {
        if (operation.type === "put") table.put(encode(operation.key), encode(operation.value));
        else table.delete(encode(operation.key));
      }
    });
  }

  async _clear(options: RangeOptions): Promise<void> {
    const range = rangeOf(options);
    const { limit = -1 } = options;
    if (limit < 0 && options.snapshot === undefined) {
      const { gt, gte, lt, lte } = range;
      const from = gte ?? (gt === undefined ? undefined : below(gt));
      await this.#write((table) =>
        table.clear(from, lt ?? (lte === undefined ? undefined : below(lte))),
      );
      return;
    }
    // What a snapshot showed, or a part of the range: key by key.
    const keys = [
      ...this.#readsOf(options).keys({ ...range, limit: limit < 0 ? undefined : limit }),
    ];
    if (keys.length === 0) return;
    await this.#write((table) => {
      for (const key of keys) table.delete(key);
    });
  }

  async #write(change: (table: OrderedWrites) => void): Promise<void> {
    try {
      await this.database.transaction((transaction) => change(transaction.table(entries)));
    } catch (error) {
      throw levelError(error);
    }
  }

  _iterator(options: RangeOptions): EntryIterator<K, V> {
    return new EntryIterator(this, options, rangeOf(options), ...this.#source(options));
  }

  _keys(options: RangeOptions): KeyIterator<K> {
    return new KeyIterator(this, options, rangeOf(options), ...this.#source(options));
  }

  _values(options: RangeOptions): ValueIterator<K, V> {
    return new ValueIterator(this, options, rangeOf(options), ...this.#source(options));
  }

  /** What an iterator reads, and the snapshot that it closes at its end when it has one of its own. */
  #source(options: ReadOptions): [OrderedReads, Snapshot | undefined] {
    if (options.snapshot !== undefined) return [options.snapshot.reads, undefined];
    const snapshot = this.database.snapshot();
    return [snapshot.table(entries), snapshot];
  }

  _snapshot(options: { owner: StorageLevel }): LevelSnapshot {
    const snapshot = this.database.snapshot();
    return new LevelSnapshot(options, snapshot, snapshot.table(entries));
  }
}

function rangeOf(options: RangeOptions): Range {
  const { gt, gte, lt, lte, reverse } = options;
  return {
    ...(gte === undefined ? (gt === undefined ? {} : { gt: encode(gt) }) : { gte: encode(gte) }),
    ...(lte === undefined ? (lt === undefined ? {} : { lt: encode(lt) }) : { lte: encode(lte) }),
    reverse: reverse === true,
  };
}

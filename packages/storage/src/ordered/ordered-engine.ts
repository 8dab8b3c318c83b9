/** Ordered tables in a database: one tree a table, all in one space of pages. */
import { StorageError } from "../errors.ts";
import type {
  CommitNumber,
  Engine,
  EngineHost,
  LogRecord,
  SnapshotView,
  TableDefinition,
  TableKind,
  TableNumber,
} from "../engine/engine.ts";
import { CursorStock, OrderedReads } from "./ordered-reads.ts";
import { applyRecord } from "./ordered-records.ts";
import { decodeOrderedState, encodeOrderedState } from "./ordered-state.ts";
import { OrderedWrites } from "./ordered-writes.ts";
import { PageSpace, type SpaceStats } from "./page-space.ts";
import { Tree } from "./tree.ts";

export class OrderedEngine implements Engine {
  readonly #host: EngineHost;
  readonly #space: PageSpace;
  readonly #trees = new Map<TableNumber, Tree>();
  readonly #writes = new Map<TableNumber, OrderedWrites>();
  readonly #stock: CursorStock;

  constructor(host: EngineHost) {
    this.#host = host;
    this.#space = new PageSpace(host.pool, () => host.snapshots.horizon());
    this.#stock = new CursorStock(host.pool);
    for (const { number } of host.tables) this.#add(number, new Tree(this.#space, number));
  }

  #add(table: TableNumber, tree: Tree): void {
    this.#trees.set(table, tree);
    this.#writes.set(table, new OrderedWrites(table, tree, this.#host.records));
  }

  #tree(table: TableNumber): Tree {
    const tree = this.#trees.get(table);
    if (tree === undefined)
      throw new StorageError("CORRUPT", `Table ${table} is not an ordered one`);
    return tree;
  }

  apply(record: LogRecord, commit: CommitNumber): void {
    this.#space.commit = commit;
    applyRecord(this.#tree(record.table), record);
  }

  /** The tree's root, and how many keys it has. */
  rootCount(): number {
    return 2;
  }

  root(table: TableNumber, index: number): number {
    this.#space.publish();
    const tree = this.#tree(table);
    return index === 0 ? tree.root : tree.entries;
  }

  async checkpoint(): Promise<Uint8Array> {
    const { state, pages } = this.#space.beginCheckpoint();
    const trees = new Map([...this.#trees].map(([table, tree]) => [table, tree.state]));
    const encoded = encodeOrderedState({ space: state, trees });
    try {
      await this.#host.pool.write(pages);
    } catch (error) {
      this.#space.failCheckpoint(pages);
      throw error;
    }
    return encoded;
  }

  checkpointed(): void {
    this.#space.endCheckpoint();
  }

  restore(state: Uint8Array): void {
    const { space, trees } = decodeOrderedState(state);
    this.#space.restore(space);
    for (const { number } of this.#host.tables) {
      this.#add(number, new Tree(this.#space, number, trees.get(number)));
    }
  }

  reads(table: TableNumber, view: () => SnapshotView): OrderedReads {
    return new OrderedReads(table, view, this.#stock);
  }

  writes(table: TableNumber): OrderedWrites {
    return this.#writes.get(table)!;
  }

  get stats(): SpaceStats {
    return this.#space.stats;
  }

  async close(): Promise<void> {
    this.#stock.close();
    this.#space[Symbol.dispose]();
    return Promise.resolve();
  }
}

/** Tables of keys and values, both of them bytes. */
export const orderedKind: TableKind = {
  name: "ordered",
  createEngine: (host) => new OrderedEngine(host),
  attach: ({ pool }) => {
    const stock = new CursorStock(pool);
    return {
      reads: (table, view) => new OrderedReads(table, view, stock),
      close: () => Promise.resolve(stock.close()),
    };
  },
};

/**
 * Declares an ordered table: keys and values are bytes of any length, empty ones too, and keys stand in lexicographic
 * order.
 */
export function ordered(name: string): TableDefinition<OrderedReads, OrderedWrites> {
  return { name, kind: orderedKind, schema: { version: 1 } };
}

/**
 * The database as another thread reads it: the same pages, the same snapshots, no messages between the threads.
 *
 *     main:   worker.postMessage(db.handle)          worker:   await using reader = openReader(handle, [bid])
 *
 * The thread that opened the database must keep it open for as long as there are readers.
 */
import { NodeDisk } from "../disk/node-disk.ts";
import type { ReadEngine, SnapshotView, TableDefinition, TableKind } from "../engine/engine.ts";
import { StorageError } from "../errors.ts";
import { SharedPool, type PoolHandle } from "../pool/shared-pool.ts";
import { SharedState, type SharedStateHandle } from "./shared-state.ts";
import { Snapshot, type TableEntry, Tables } from "./snapshot.ts";

interface TableHandle {
  readonly number: number;
  readonly name: string;
  readonly kind: string;
  readonly schema: string;
  readonly firstRoot: number;
  readonly rootCount: number;
  readonly handle: unknown;
}

/** Can be sent to a thread. */
export interface DatabaseHandle {
  readonly folder: string;
  readonly state: SharedStateHandle;
  readonly pool: PoolHandle | undefined;
  readonly tables: readonly TableHandle[];
}

export function databaseHandle(
  folder: string,
  state: SharedState,
  pool: SharedPool | undefined,
  tables: Tables,
): DatabaseHandle {
  return {
    folder,
    state: state.handle,
    pool: pool?.handle,
    tables: tables.all.map(({ number, definition, engine, firstRoot, rootCount }) => ({
      number,
      name: definition.name,
      kind: definition.kind.name,
      schema: JSON.stringify(definition.schema),
      firstRoot,
      rootCount,
      handle: engine.handle?.(number),
    })),
  };
}

/** Attaches this thread to a database that is open on another one. */
export function openReader(handle: DatabaseHandle, tables: readonly TableDefinition[]): Reader {
  if (handle.pool === undefined) throw new TypeError("The database has no tables with pages");
  const pool = SharedPool.attach(handle.pool, new NodeDisk(handle.folder));
  return new Reader(handle, pool, tables);
}

export class Reader implements AsyncDisposable {
  readonly #state: SharedState;
  readonly #pool: SharedPool;
  readonly #tables: Tables<ReadEngine>;
  readonly #engines: readonly ReadEngine[];
  readonly #latest: SnapshotView;
  #open = true;

  /** Made by `openReader`. */
  constructor(handle: DatabaseHandle, pool: SharedPool, definitions: readonly TableDefinition[]) {
    const state = SharedState.attach(handle.state);
    this.#state = state;
    this.#pool = pool;
    const found = definitions.map((definition) => ({ ...tableOf(handle, definition), definition }));
    const engines = new Map<TableKind, ReadEngine>();
    for (const kind of new Set(definitions.map((definition) => definition.kind))) {
      if (kind.attach === undefined) {
        throw new StorageError(
          "UNSUPPORTED",
          `Tables of kind ${kind.name} are read where they are written`,
        );
      }
      const own = found.filter(({ definition }) => definition.kind === kind);
      engines.set(kind, kind.attach({ pool, tables: own }));
    }
    const entries: TableEntry<ReadEngine>[] = found.map((table) => ({
      ...table,
      engine: engines.get(table.definition.kind)!,
    }));
    this.#engines = [...engines.values()];
    this.#tables = new Tables(entries);
    const roots = new Float64Array(state.rootCount);
    const places = this.#tables;
    this.#latest = {
      get commit() {
        return state.published;
      },
      root(table, index) {
        state.readPublished(roots);
        return roots[places.rootAt(table, index)]!;
      },
    };
  }

  /** A view that stays as it is until it is closed. */
  snapshot(): Snapshot {
    this.#checkOpen();
    return new Snapshot(this.#state, this.#tables);
  }

  /** The table as it is at the time of each read. */
  table<Reads, Writes>(definition: TableDefinition<Reads, Writes>): Reads {
    this.#checkOpen();
    const { engine, number, rootCount } = this.#tables.entry(definition);
    if (rootCount > 0) {
      // Its pages may be used again as soon as the writer has published another root.
      throw new TypeError(`On this thread, read ${definition.name} in a snapshot`);
    }
    return engine.reads(number, () => this.#latest) as Reads;
  }

  #checkOpen(): void {
    if (!this.#open) throw new StorageError("CLOSED", "The reader is closed");
  }

  /** Gives back this thread's cursors and closes its files. */
  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    for (const engine of this.#engines) await engine.close?.();
    await this.#pool.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function tableOf(handle: DatabaseHandle, { name, kind, schema }: TableDefinition): TableHandle {
  const table = handle.tables.find((candidate) => candidate.name === name);
  if (table === undefined)
    throw new StorageError("SCHEMA", `There is no table ${name}`, { table: name });
  if (table.kind !== kind.name || table.schema !== JSON.stringify(schema)) {
    throw new StorageError("SCHEMA", `Table ${name} is declared differently where it is written`, {
      table: name,
    });
  }
  return table;
}

/**
 * Opening: lock, manifest, engines with what the last checkpoint left, then the log since.
 *
 * Nothing on disk is changed before recovery has succeeded, so opening may be tried again in another mode.
 */
import { NodeDisk } from "../disk/node-disk.ts";
import type { Disk } from "../disk/disk.ts";
import type { Engine, EngineHost, TableKind } from "../engine/engine.ts";
import { StorageError } from "../errors.ts";
import { scanLog } from "../log/scan.ts";
import { segmentFileNumber } from "../log/segment.ts";
import { type Catalogue, reconcile } from "./catalogue.ts";
import { Database } from "./database.ts";
import { LazyPool } from "./lazy-pool.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { type OpenOptions, type Settings, settings } from "./options.ts";
import { SharedState } from "./shared-state.ts";
import { type TableEntry, Tables } from "./snapshot.ts";
import { TransactionRecords } from "./transaction.ts";

/** Opens the database in a folder, which is created when it is not there. */
export async function open(folder: string, options: OpenOptions): Promise<Database> {
  const chosen = settings(options);
  const disk = options.disk ?? new NodeDisk(folder);
  const lock = await disk.lock();
  try {
    return await openLocked(disk, lock, options, chosen);
  } catch (error) {
    await lock[Symbol.asyncDispose]();
    throw error;
  }
}

async function openLocked(
  disk: Disk,
  lock: AsyncDisposable,
  options: OpenOptions,
  chosen: Settings,
): Promise<Database> {
  const stored = (await readManifest(disk)) ?? (await newManifest(disk));
  const catalogue = reconcile(stored.tables, options.tables);
  const manifest = { ...stored, tables: catalogue.stored };
  const pool = new LazyPool(disk, chosen);
  try {
    const engines = new Engines(disk, pool, catalogue);
    engines.restore(manifest);
    const scan = await scanLog(
      disk,
      { ...manifest.log, closed: manifest.closed },
      chosen.recovery,
      (record, commit) => {
        engines.tables.at(record.table).engine.apply(record, commit);
      },
    );
    const { records, state, tables } = engines;
    const parts = { disk, lock, settings: chosen, pool, manifest, scan };
    const database = new Database({ ...parts, records, state, tables, engines: engines.byKind });
    // A new table must have its number, and a damaged log must be left behind, before anything is written.
    if (catalogue.changed || scan.damage.length > 0) await database.checkpoint();
    return database;
  } catch (error) {
    await pool.close();
    throw error;
  }
}

async function newManifest(disk: Disk): Promise<Manifest> {
  const left = (await disk.list()).find((name) => segmentFileNumber(name) !== undefined);
  if (left !== undefined) {
    throw new StorageError("CORRUPT", `${disk.folder} has a log (${left}) but no manifest`, {
      file: left,
    });
  }
  return {
    generation: 0,
    commit: 0,
    log: { sequence: 1, required: false, lsn: 0, previousCrc: 0, nextCommit: 1 },
    closed: true,
    tables: [],
    sections: new Map(),
  };
}

/** The engines of the kinds that occur, and which table is whose. */
class Engines {
  readonly records: TransactionRecords = new TransactionRecords();
  readonly state: SharedState;
  readonly byKind: ReadonlyMap<string, Engine>;
  readonly tables: Tables;

  constructor(disk: Disk, pool: LazyPool, catalogue: Catalogue) {
    const byKind = new Map<string, Engine>();
    const entries: TableEntry[] = [];
    let state: SharedState | undefined;
    const snapshots = {
      get published() {
        return state!.published;
      },
      horizon: () => state!.horizon(),
    };
    let firstRoot = 0;
    for (const kind of catalogue.kinds) {
      const tables = catalogue.open.filter((table) => table.definition.kind === kind);
      const engine = createEngine(kind, disk, pool, { tables, records: this.records, snapshots });
      byKind.set(kind.name, engine);
      for (const { number, definition } of tables) {
        const rootCount = engine.rootCount(number);
        entries.push({ number, definition, engine, firstRoot, rootCount });
        firstRoot += rootCount;
      }
    }
    this.state = state = SharedState.create(firstRoot);
    this.byKind = byKind;
    this.tables = new Tables(entries);
  }

  restore({ sections }: Manifest): void {
    for (const [name, engine] of this.byKind) {
      const section = sections.get(name);
      if (section !== undefined) engine.restore(section);
    }
  }
}

function createEngine(
  kind: TableKind,
  disk: Disk,
  pool: LazyPool,
  rest: Pick<EngineHost, "tables" | "records" | "snapshots">,
): Engine {
  return kind.createEngine({
    disk,
    get pool() {
      return pool.pages;
    },
    ...rest,
  });
}

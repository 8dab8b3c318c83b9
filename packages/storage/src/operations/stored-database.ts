/** A database as it lies in its folder, looked at without opening it: nothing is changed. */
import { NodeDisk } from "../disk/node-disk.ts";
import type { Disk } from "../disk/disk.ts";
import { MANIFEST_FILE, readManifest, type Manifest } from "../database/manifest.ts";
import type { TableDefinition } from "../engine/engine.ts";
import { StorageError } from "../errors.ts";
import { series } from "../series/definition.ts";
import type { Column, Columns } from "../series/column.ts";
import { ordered } from "../ordered/ordered-engine.ts";
import { decodeOrderedState, type OrderedState } from "../ordered/ordered-state.ts";
import { SEGMENT_PAGES, type PageNumber } from "../pool/page-pool.ts";
import { SharedPool } from "../pool/shared-pool.ts";
import { segmentNamed } from "../pool/segment-files.ts";

/** What is wrong, and where. */
export interface Finding {
  /** A file, a table, or a page. */
  readonly where: string;
  readonly what: string;
  /** note: unusual, but nothing that the database needs is affected as far as can be told. */
  readonly kind: "damage" | "note";
}

/** Tells a person how far a long operation is. */
export type Progress = (done: number, total: number, note: string) => void;

export interface StoredOptions {
  /** Default: the folder in the host's file system. */
  readonly disk?: Disk | undefined;
}

const POOL_BYTES = 64 << 20;

export class StoredDatabase implements AsyncDisposable {
  readonly disk: Disk;
  readonly manifest: Manifest;
  readonly pool: SharedPool;
  readonly #lock: AsyncDisposable;

  private constructor(disk: Disk, manifest: Manifest, lock: AsyncDisposable) {
    this.disk = disk;
    this.manifest = manifest;
    this.#lock = lock;
    this.pool = SharedPool.create(disk, { memoryBytes: POOL_BYTES });
  }

  /** Keeps others from opening it meanwhile; LOCKED when it is open. */
  static async open(folder: string, options: StoredOptions = {}): Promise<StoredDatabase> {
    const disk = options.disk ?? new NodeDisk(folder);
    const manifest = await manifestIn(disk);
    return new StoredDatabase(disk, manifest, await disk.lock());
  }

  /** The first pages of the segments that there are. */
  async segments(): Promise<PageNumber[]> {
    const numbers = (await this.disk.list())
      .map(segmentNamed)
      .filter((segment) => segment !== undefined);
    return numbers.sort((a, b) => a - b).map((segment) => segment * SEGMENT_PAGES);
  }

  /** What the last checkpoint left of the ordered tables. */
  orderedState(): OrderedState | undefined {
    return orderedStateOf(this.manifest);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool.close();
    await this.#lock[Symbol.asyncDispose]();
  }
}

export function orderedStateOf({ sections }: Manifest): OrderedState | undefined {
  const section = sections.get("ordered");
  return section === undefined ? undefined : decodeOrderedState(section);
}

/** The manifest of the database in a folder; FORMAT when there is none. */
export async function manifestIn(disk: Disk): Promise<Manifest> {
  let manifest: Manifest | undefined;
  try {
    manifest = await readManifest(disk);
  } catch (error) {
    if (error instanceof StorageError) throw error;
    throw new StorageError("CORRUPT", "The manifest is damaged", {
      cause: error,
      file: MANIFEST_FILE,
    });
  }
  if (manifest !== undefined) return manifest;
  throw new StorageError(
    "FORMAT",
    `There is no database in ${disk.folder}: it has no ${MANIFEST_FILE}`,
    {
      file: MANIFEST_FILE,
    },
  );
}

/** The tables as a program would declare them, as far as their kinds can be told from what is stored. */
export function storedDefinitions(manifest: Manifest): {
  readonly definitions: readonly TableDefinition[];
  readonly unknown: readonly string[];
} {
  const definitions: TableDefinition[] = [];
  const unknown: string[] = [];
  for (const { name, kind, schema } of manifest.tables) {
    if (kind === "ordered") definitions.push(ordered(name));
    else if (kind === "series") definitions.push(series(name, storedColumns(name, schema)));
    else unknown.push(name);
  }
  return { definitions, unknown };
}

function storedColumns(table: string, schema: unknown): Columns {
  const stored = (schema as { readonly columns?: unknown } | null)?.columns;
  if (!Array.isArray(stored)) {
    throw new StorageError("FORMAT", `The columns of table ${table} are not in the manifest`, {
      table,
    });
  }
  return Object.fromEntries(
    (stored as readonly (Column & { readonly column: string })[]).map(({ column, ...rest }) => [
      column,
      rest,
    ]),
  );
}

/** What a database consists of, from its manifest and the sizes of its files; also while it is open. */
import { NodeDisk } from "../disk/node-disk.ts";
import { PAGE_BYTES, SEGMENT_PAGES } from "../pool/page-pool.ts";
import { segmentNamed } from "../pool/segment-files.ts";
import { segmentFileNumber } from "../log/segment.ts";
import { manifestIn, orderedStateOf, type StoredOptions } from "./stored-database.ts";

export interface DatabaseStat {
  readonly generation: number;
  /** The last commit that the checkpoint contains; the log may have more. */
  readonly commit: number;
  readonly closed: boolean;
  readonly tables: readonly TableStat[];
  readonly pageFiles: number;
  readonly pageBytes: number;
  readonly logFiles: number;
  readonly logBytes: number;
  readonly ordered: OrderedStat | undefined;
}

export interface TableStat {
  readonly number: number;
  readonly name: string;
  readonly kind: string;
  readonly entries?: number;
  readonly keyValueBytes?: number;
}

export interface OrderedStat {
  readonly pages: number;
  readonly freePages: number;
  /** Bytes of pages in use for each byte of keys and values. */
  readonly amplification: number;
}

export async function statDatabase(
  folder: string,
  options: StoredOptions = {},
): Promise<DatabaseStat> {
  const disk = options.disk ?? new NodeDisk(folder);
  const manifest = await manifestIn(disk);
  const { closed, commit, generation, tables } = manifest;
  const state = orderedStateOf(manifest);
  const sizes = { pageFiles: 0, pageBytes: 0, logFiles: 0, logBytes: 0 };
  for (const name of await disk.list()) {
    const isPages = segmentNamed(name) !== undefined;
    if (!isPages && segmentFileNumber(name) === undefined) continue;
    const file = disk.openSync(name);
    sizes[isPages ? "pageFiles" : "logFiles"]++;
    sizes[isPages ? "pageBytes" : "logBytes"] += file.sizeBytes;
    await file.close();
  }
  let bytes = 0;
  const stats = tables.map(({ number, name, kind }): TableStat => {
    const tree = state?.trees.get(number);
    bytes += tree?.keyValueBytes ?? 0;
    if (kind !== "ordered") return { number, name, kind };
    return {
      number,
      name,
      kind,
      entries: tree?.entries ?? 0,
      keyValueBytes: tree?.keyValueBytes ?? 0,
    };
  });
  let ordered: OrderedStat | undefined;
  if (state !== undefined) {
    const { free, segments, used } = state.space;
    const pages = segments.length === 0 ? 0 : (segments.length - 1) * SEGMENT_PAGES + used;
    const inUse = (pages - free.length) * PAGE_BYTES;
    ordered = { pages, freePages: free.length, amplification: bytes === 0 ? 0 : inUse / bytes };
  }
  return { generation, commit, closed, tables: stats, ...sizes, ordered };
}

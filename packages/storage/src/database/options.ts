/** What `open` takes, and what it makes of it. */
import type { Disk } from "../disk/disk.ts";
import type { TableDefinition } from "../engine/engine.ts";
import type { RecoveryMode } from "../log/scan.ts";
import type { PagePool } from "../pool/page-pool.ts";

/**
 * commit: a transaction resolves, and becomes visible, when the disk has said that it has it.
 * relaxed: it resolves and becomes visible at once; `database.flushed` resolves when the disk has it.
 */
export type Durability = "commit" | "relaxed";

export interface OpenOptions {
  readonly tables: readonly TableDefinition[];
  /** Default: "commit". */
  readonly durability?: Durability;
  /** What to do when the log is damaged. Default: "strict". */
  readonly recovery?: RecoveryMode;
  /** How long a group of commits waits for company while nothing is being written. Default: 0. */
  readonly groupDelayMs?: number;
  /** A group that has so many bytes waits no longer. Default: 65536. */
  readonly groupBytes?: number;
  /** A checkpoint begins when the log has grown by so much. Default: 256 MiB. */
  readonly checkpointBytes?: number;
  /** The first segment of the log; each is twice the one before. Default: 1 MiB. */
  readonly firstSegmentBytes?: number;
  /** Default: 64 MiB. */
  readonly segmentBytes?: number;
  /** Memory for pages. Default: 64 MiB. */
  readonly poolBytes?: number;
  /** Default: the folder in the host's file system. */
  readonly disk?: Disk;
  /** Makes the page pool. Default: none, for engines that need none. */
  readonly pool?: (disk: Disk, poolBytes: number) => Promise<DatabasePool>;
}

/** The page pool, as the database keeps it: its segments and free pages are a section of the manifest. */
export interface DatabasePool {
  readonly pages: PagePool;
  /** After the engines' checkpoints: what it answers goes into the manifest. */
  checkpoint(): Promise<Uint8Array>;
  checkpointed?(): void;
  restore(state: Uint8Array): Promise<void> | void;
  close(): Promise<void>;
}

/** The pool's name in the manifest. */
export const POOL_SECTION = "pool";

export type Settings = Required<Omit<OpenOptions, "tables" | "disk" | "pool">>;

const MIB = 1 << 20;

export function settings(options: OpenOptions): Settings {
  const { tables: _tables, disk: _disk, pool: _pool, ...given } = options;
  const chosen: Settings = {
    durability: "commit",
    recovery: "strict",
    groupDelayMs: 0,
    groupBytes: 65_536,
    checkpointBytes: 256 * MIB,
    firstSegmentBytes: MIB,
    segmentBytes: 64 * MIB,
    poolBytes: 64 * MIB,
    ...given,
  };
  within("groupDelayMs", chosen.groupDelayMs, 0, 1000, 0);
  within("groupBytes", chosen.groupBytes, 0, 16 * MIB);
  within("checkpointBytes", chosen.checkpointBytes, 4096, 2 ** 40);
  within("firstSegmentBytes", chosen.firstSegmentBytes, 8192, 1024 * MIB, 4096);
  within("segmentBytes", chosen.segmentBytes, chosen.firstSegmentBytes, 1024 * MIB, 4096);
  within("poolBytes", chosen.poolBytes, MIB, 4096 * MIB);
  return chosen;
}

/** `multiple`: 0 allows fractions. */
function within(name: string, value: number, least: number, most: number, multiple = 1): void {
  const whole = multiple === 0 || value % multiple === 0;
  if (value >= least && value <= most && whole) return;
  const kind = multiple > 1 ? `a multiple of ${multiple}` : multiple === 1 ? "whole" : "a number";
  throw new RangeError(`${name} must be ${kind} from ${least} to ${most}: ${value} is not`);
}

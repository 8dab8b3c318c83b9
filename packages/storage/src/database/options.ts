/** What `open` takes, and what it makes of it. */
import type { Disk } from "../disk/disk.ts";
import type { TableDefinition } from "../engine/engine.ts";
import type { RecoveryMode } from "../log/scan.ts";

/**
 * commit: a transaction resolves, and becomes visible, when the disk has said that it has it.
 * relaxed: it resolves and becomes visible at once; `database.flushed` resolves when the disk has it.
 */
export type Durability = "commit" | "relaxed";

/** direct: UNSUPPORTED where the file system cannot; auto: direct where it can. */
export type PageIo = "direct" | "buffered" | "auto";

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
  /**
   * Who waits for the disk. "background": a thread of the host's pool, this one goes on. "inline": this thread, which
   * spares a lone transaction two thread switches (a third of its time) and blocks everything else meanwhile.
   * Default: "background".
   */
  readonly flush?: "background" | "inline";
  /** A checkpoint begins when the log has grown by so much; at four times it, transactions wait. Default: 256 MiB. */
  readonly checkpointBytes?: number;
  /** What takes longer is told on the diagnostics channel "hotpath.storage.slow". Default: 100. */
  readonly slowMs?: number;
  /** The first segment of the log; each is twice the one before. Default: 1 MiB. */
  readonly firstSegmentBytes?: number;
  /** Default: 64 MiB. */
  readonly segmentBytes?: number;
  /** Memory for pages; taken from the host as it is used. Default: 256 MiB. */
  readonly poolBytes?: number;
  /** Whether pages are read and written past the host's page cache. Default: "buffered". */
  readonly io?: PageIo;
  /** Default: the folder in the host's file system. */
  readonly disk?: Disk;
}

export type Settings = Required<Omit<OpenOptions, "tables" | "disk">>;

const MIB = 1 << 20;

export function settings(options: OpenOptions): Settings {
  const { tables: _tables, disk: _disk, ...given } = options;
  const chosen: Settings = {
    durability: "commit",
    recovery: "strict",
    groupDelayMs: 0,
    groupBytes: 65_536,
    flush: "background",
    checkpointBytes: 256 * MIB,
    slowMs: 100,
    firstSegmentBytes: MIB,
    segmentBytes: 64 * MIB,
    poolBytes: 256 * MIB,
    io: "buffered",
    ...given,
  };
  within("groupDelayMs", chosen.groupDelayMs, 0, 1000, 0);
  within("groupBytes", chosen.groupBytes, 0, 16 * MIB);
  within("slowMs", chosen.slowMs, 0, Infinity, 0);
  within("checkpointBytes", chosen.checkpointBytes, 4096, 2 ** 40);
  within("firstSegmentBytes", chosen.firstSegmentBytes, 8192, 1024 * MIB, 4096);
  within("segmentBytes", chosen.segmentBytes, chosen.firstSegmentBytes, 1024 * MIB, 4096);
  within("poolBytes", chosen.poolBytes, 4 * MIB, 4096 * MIB);
  return chosen;
}

/** `multiple`: 0 allows fractions. */
function within(name: string, value: number, least: number, most: number, multiple = 1): void {
  const whole = multiple === 0 || value % multiple === 0;
  if (value >= least && value <= most && whole) return;
  const kind = multiple > 1 ? `a multiple of ${multiple}` : multiple === 1 ? "whole" : "a number";
  throw new RangeError(`${name} must be ${kind} from ${least} to ${most}: ${value} is not`);
}

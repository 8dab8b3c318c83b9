/** What `database.stats()` answers. */
import type { CommitNumber } from "../engine/engine.ts";
import type { PoolStats } from "../pool/shared-pool.ts";

export interface DatabaseStats {
  /** The newest commit that snapshots see. */
  readonly published: CommitNumber;
  readonly durable: CommitNumber;
  /** The oldest commit that an open snapshot may need. */
  readonly horizon: CommitNumber;
  /** Open now, on all threads. */
  readonly snapshots: number;
  readonly poisoned: boolean;
  readonly checkpoints: number;
  readonly log: {
    readonly files: number;
    readonly fileBytes: number;
    /** What opening would have to read if the process were killed now. */
    readonly recoveryBytes: number;
    /** Groups written: commits divided by them is how many shared a sync. */
    readonly groups: number;
    readonly writtenBytes: number;
    readonly slowestWriteMs: number;
  };
  /** Undefined when no table has pages. */
  readonly pool: PoolStats | undefined;
}

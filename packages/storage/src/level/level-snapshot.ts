/** A snapshot that the caller of `db.snapshot()` holds. */
import { AbstractSnapshot } from "abstract-level";
import type { Snapshot } from "../database/snapshot.ts";
import type { OrderedReads } from "../ordered/ordered-reads.ts";

/** Its declaration leaves out the option that its constructor requires. */
const OwnedSnapshot = AbstractSnapshot as unknown as new (options: {
  readonly owner: object;
}) => AbstractSnapshot;

export class LevelSnapshot extends OwnedSnapshot {
  readonly reads: OrderedReads;
  readonly #snapshot: Snapshot;

  constructor(options: { readonly owner: object }, snapshot: Snapshot, reads: OrderedReads) {
    super(options);
    this.#snapshot = snapshot;
    this.reads = reads;
  }

  async _close(): Promise<void> {
    this.#snapshot.close();
    return Promise.resolve();
  }
}

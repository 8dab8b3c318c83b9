/** When commits become visible, and with which roots. */
import type { CommitNumber } from "../engine/engine.ts";
import type { SharedState } from "./shared-state.ts";
import type { TableEntry } from "./snapshot.ts";

/** The tables at a commit. */
export interface Roots {
  readonly commit: CommitNumber;
  readonly values: Float64Array;
}

export class Publication {
  readonly #state: SharedState;
  readonly #tables: readonly TableEntry[];
  /** Groups that are complete and not durable yet. */
  readonly #sealed: Roots[] = [];
  #durable: Roots;
  #latest: Roots;

  constructor(state: SharedState, tables: readonly TableEntry[], recovered: CommitNumber) {
    this.#state = state;
    this.#tables = tables;
    this.#durable = this.#latest = this.#take(recovered);
    state.durable = recovered;
    this.#publish(this.#durable);
  }

  /** What is visible. */
  get latest(): Roots {
    return this.#latest;
  }

  /** A group is complete with this commit, the last one that has been applied. */
  seal(commit: CommitNumber): void {
    this.#sealed.push(this.#take(commit));
  }

  /** The group that ended with this commit is on disk. `visible`: whether that is what makes it visible. */
  durable(commit: CommitNumber, visible: boolean): void {
    this.#durable = this.#sealed.shift()!;
    this.#state.durable = commit;
    if (visible) this.#publish(this.#durable);
  }

  /** Everything that has been applied becomes visible, durable or not. */
  publishApplied(commit: CommitNumber): void {
    this.#publish(this.#take(commit));
  }

  /** Nothing will be durable any more: what is visible goes back to what is. */
  poison(): void {
    this.#publish(this.#durable);
    this.#state.poison();
  }

  #publish(roots: Roots): void {
    this.#latest = roots;
    this.#state.publish(roots.commit, roots.values);
  }

  #take(commit: CommitNumber): Roots {
    const values = new Float64Array(this.#state.rootCount);
    for (const { engine, number, firstRoot, rootCount } of this.#tables) {
      for (let k = 0; k < rootCount; k++) values[firstRoot + k] = engine.root(number, k);
    }
    return { commit, values };
  }
}

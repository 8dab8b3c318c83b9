/**
 * What the threads of a database agree on: the newest commit that may be seen, the roots of the tables at that
 * commit, and who still looks at an older one. 32-bit words in a SharedArrayBuffer:
 *
 *     0 version │ 1 poisoned │ 2,3 published │ 4,5 durable │ roots: 2 words each │ slots: 4 words each
 *     slot = state (0 free, 1 being taken, else taken: another number each time) │ turns │ commit low, high
 *
 * Publishing is a seqlock: version is odd while the writer writes. A reader that takes a slot marks it before it
 * reads what is published. So either the writer, looking for the horizon, sees the mark and does not move it,
 * or the reader sees what the writer had published before it looked.
 */
import { StorageError } from "../errors.ts";
import type { CommitNumber } from "../engine/engine.ts";

const VERSION = 0;
const POISONED = 1;
const PUBLISHED = 2;
const DURABLE = 4;
const ROOTS = 6;

const SLOT_WORDS = 4;
const SLOT_TURN = 1;
const SLOT_COMMIT = 2;
const FREE = 0;
const TAKING = 1;
const FIRST_TAKEN = 2;
const TURNS = 1 << 30;

/** Snapshots that may be open at once, on all threads together. */
export const SNAPSHOT_LIMIT = 1024;

/** What another thread needs to attach. */
export interface SharedStateHandle {
  readonly buffer: SharedArrayBuffer;
  readonly rootCount: number;
}

export class SharedState {
  readonly handle: SharedStateHandle;
  readonly rootCount: number;
  readonly #words: Int32Array;
  readonly #slots: number;
  /** Where the search for a free slot goes on. */
  #hint = 0;
  #horizon = 0;

  private constructor(handle: SharedStateHandle) {
    this.handle = handle;
    this.rootCount = handle.rootCount;
    this.#words = new Int32Array(handle.buffer);
    this.#slots = ROOTS + 2 * handle.rootCount;
  }

  static create(rootCount: number): SharedState {
    const words = ROOTS + 2 * rootCount + SLOT_WORDS * SNAPSHOT_LIMIT;
    return new SharedState({ buffer: new SharedArrayBuffer(4 * words), rootCount });
  }

  static attach(handle: SharedStateHandle): SharedState {
    return new SharedState(handle);
  }

  get published(): CommitNumber {
    for (;;) {
      const version = Atomics.load(this.#words, VERSION);
      const commit = this.#read(PUBLISHED);
      if ((version & 1) === 0 && Atomics.load(this.#words, VERSION) === version) return commit;
    }
  }

  /** The writer's: from now on snapshots see this commit, with these roots. */
  publish(commit: CommitNumber, roots: ArrayLike<number>): void {
    const words = this.#words;
    Atomics.add(words, VERSION, 1);
    this.#write(PUBLISHED, commit);
    for (let k = 0; k < this.rootCount; k++) this.#write(ROOTS + 2 * k, roots[k]!);
    Atomics.add(words, VERSION, 1);
  }

  get poisoned(): boolean {
    return Atomics.load(this.#words, POISONED) !== 0;
  }

  poison(): void {
    Atomics.store(this.#words, POISONED, 1);
  }

  get durable(): CommitNumber {
    return this.#read(DURABLE);
  }

  set durable(commit: CommitNumber) {
    this.#write(DURABLE, commit);
  }

  /** Copies the published roots and answers their commit. */
  readPublished(roots: Float64Array): CommitNumber {
    const words = this.#words;
    for (;;) {
      const version = Atomics.load(words, VERSION);
      if (version & 1) continue;
      const commit = this.#read(PUBLISHED);
      for (let k = 0; k < this.rootCount; k++) roots[k] = this.#read(ROOTS + 2 * k);
      if (Atomics.load(words, VERSION) === version) return commit;
    }
  }

  /** Takes a slot for what is published, of which the roots are copied. Answers the slot. */
  pin(roots: Float64Array): number {
    const slot = this.#takeSlot();
    const at = this.#slots + slot * SLOT_WORDS;
    this.#write(at + SLOT_COMMIT, this.readPublished(roots));
    // Another number than at the last time, so that `horizon` notices when it reads across both.
    const turn = Atomics.add(this.#words, at + SLOT_TURN, 1);
    Atomics.store(this.#words, at, FIRST_TAKEN + ((turn >>> 0) % TURNS));
    return slot;
  }

  pinnedCommit(slot: number): CommitNumber {
    return this.#read(this.#slots + slot * SLOT_WORDS + SLOT_COMMIT);
  }

  unpin(slot: number): void {
    Atomics.store(this.#words, this.#slots + slot * SLOT_WORDS, FREE);
  }

  #takeSlot(): number {
    for (let k = 0; k < SNAPSHOT_LIMIT; k++) {
      const slot = (this.#hint + k) % SNAPSHOT_LIMIT;
      const at = this.#slots + slot * SLOT_WORDS;
      if (Atomics.compareExchange(this.#words, at, FREE, TAKING) === FREE) {
        this.#hint = slot;
        return slot;
      }
    }
    throw new StorageError("LIMIT", `At most ${SNAPSHOT_LIMIT} snapshots can be open at once`);
  }

  /** The writer's: no snapshot that is open, or will be, is older. Never goes back. */
  horizon(): CommitNumber {
    const words = this.#words;
    let oldest = Math.min(this.published, this.durable);
    for (let slot = 0; slot < SNAPSHOT_LIMIT; slot++) {
      const at = this.#slots + slot * SLOT_WORDS;
      const state = Atomics.load(words, at);
      if (state === FREE) continue;
      if (state === TAKING) return this.#horizon;
      const commit = this.#read(at + SLOT_COMMIT);
      // Given up and taken again while we looked: the two halves may belong to different commits.
      if (Atomics.load(words, at) !== state) return this.#horizon;
      oldest = Math.min(oldest, commit);
    }
    return (this.#horizon = Math.max(this.#horizon, oldest));
  }

  get openSnapshots(): number {
    let open = 0;
    for (let slot = 0; slot < SNAPSHOT_LIMIT; slot++) {
      if (Atomics.load(this.#words, this.#slots + slot * SLOT_WORDS) !== FREE) open++;
    }
    return open;
  }

  #read(at: number): number {
    return (
      Atomics.load(this.#words, at + 1) * 0x1_0000_0000 + (Atomics.load(this.#words, at) >>> 0)
    );
  }

  #write(at: number, value: number): void {
    Atomics.store(this.#words, at, value | 0);
    Atomics.store(this.#words, at + 1, Math.floor(value / 0x1_0000_0000));
  }
}

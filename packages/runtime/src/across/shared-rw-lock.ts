/**
 * Many readers or one writer, between threads.
 *
 *     4 writer's tag   5 poisoned   6… two lines (readers, writers)
 *     then, a seat on its own cache line: readers, epoch
 *
 * Each thread counts its readers in its own place, so readers of different threads do not disturb each
 * other: entering is one add to a word that nobody else writes, and a look at the writer's word. A writer
 * first puts its tag there, which keeps new readers out, and then waits until every place is empty. Each
 * side writes its own word before it reads the other's, so one of them sees the other.
 *
 * A thread that dies while it reads is no longer counted. One that dies while it writes leaves the lock
 * poisoned, like SharedMutex, until somebody takes it with `recover`.
 */
import { RuntimeError } from "../errors.ts";
import { currentScope } from "../runtime/runtime.ts";
import { NOT_READY, type Got, type Selectable } from "../select/selectable.ts";
import { notLocked, ownerOf } from "../sync/mutex.ts";
import type { Scope } from "../task/scope.ts";
import type { WaitOptions } from "../wait/park.ts";
import type { Waiter } from "../wait/waiter.ts";
import type { SyncWaitOptions } from "./doorbell.ts";
import { LINE_WORDS, Line } from "./line.ts";
import {
  HEADER_WORDS,
  SharedPrimitive,
  adoptAs,
  registerKind,
  type SharedHandle,
  type SharedOptions,
} from "./primitive.ts";
import { MAX_SEATS } from "./roster.ts";
import { SeatCounts } from "./seat-counts.ts";

const WRITER = HEADER_WORDS;
const POISONED = HEADER_WORDS + 1;
const READER_LINE = HEADER_WORDS + 2;
const WRITER_LINE = READER_LINE + LINE_WORDS;
const COUNTS = 160;
const STRIDE_WORDS = 16;
const BYTES = (COUNTS + MAX_SEATS * STRIDE_WORDS) * Int32Array.BYTES_PER_ELEMENT;

type Mode = "read" | "write" | "recover";

/** A shared or exclusive lock that a task of this thread holds. Disposing of it releases it, once. */
export class SharedRwHeld implements Disposable {
  readonly mode: "read" | "write";
  owner: Scope | undefined;
  readonly #lock: SharedRwLock;

  constructor(lock: SharedRwLock, mode: "read" | "write", owner: Scope) {
    this.#lock = lock;
    this.mode = mode;
    this.owner = owner;
  }

  /** Releases the lock; NOT_LOCKED when this guard has released it before. */
  unlock(): void {
    if (this.owner === undefined) throw notLocked(this.#lock.describe());
    this.#lock.release(this);
  }

  [Symbol.dispose](): void {
    if (this.owner !== undefined) this.#lock.release(this);
  }
}

export class SharedRwLock extends SharedPrimitive {
  readonly #readers: Line;
  readonly #writers: Line;
  readonly #counts: SeatCounts;
  /** Who has put this thread's tag into the writer's word: a waiter, or a call that is blocked. */
  #claimant: object | undefined;
  #held = new Set<SharedRwHeld>();

  constructor(options: SharedOptions = {}, handle?: SharedHandle) {
    super("shared rwlock", handle ?? BYTES, options.name);
    this.#readers = new Line(this, this.roster, this.words, READER_LINE);
    this.#writers = new Line(this, this.roster, this.words, WRITER_LINE);
    this.#counts = new SeatCounts(this.roster, this.words, COUNTS, STRIDE_WORDS);
  }

  /** The lock of another thread. */
  static adopt(handle: SharedHandle): SharedRwLock {
    return adoptAs(SharedRwLock, handle);
  }

  /** How many hold it for reading. */
  get readers(): number {
    return this.#counts.total();
  }

  get writing(): boolean {
    return Atomics.load(this.words, WRITER) !== 0 && this.readers === 0;
  }

  get poisoned(): boolean {
    this.#mournWriter();
    return Atomics.load(this.words, POISONED) === 1;
  }

  /** Holders in this thread; those of others are not known here. */
  *holders(): Iterable<Scope> {
    for (const held of this.#held) if (held.owner !== undefined) yield held.owner;
  }

  read(options?: WaitOptions): Promise<SharedRwHeld> {
    return this.#enter("read", options);
  }

  write(options?: WaitOptions): Promise<SharedRwHeld> {
    return this.#enter("write", options);
  }

  /** As `write`, also when the lock is poisoned, which is over then. */
  recover(options?: WaitOptions): Promise<SharedRwHeld> {
    return this.#enter("recover", options);
  }

  tryRead(): SharedRwHeld | undefined {
    return this.#tryRead(currentScope());
  }

  tryWrite(): SharedRwHeld | undefined {
    return this.tryEnter("write");
  }

  readSync(options: SyncWaitOptions = {}): SharedRwHeld {
    const scope = currentScope();
    return this.doorbell.block(
      this.#readers,
      () => `read on ${this.describe()}`,
      () => this.#tryRead(scope) ?? NOT_READY,
      options,
    );
  }

  writeSync(options: SyncWaitOptions = {}): SharedRwHeld {
    const scope = currentScope();
    const claim = {};
    try {
      return this.doorbell.block(
        this.#writers,
        () => `write on ${this.describe()}`,
        () => this.#tryWrite(scope, claim, "write") ?? NOT_READY,
        options,
      );
    } catch (error) {
      this.#giveUp(claim);
      throw error;
    }
  }

  /** A case of select that takes the lock for reading. */
  sharing(): Selectable<Got<SharedRwHeld>> {
    return new SharedRwCase(this, "read");
  }

  /** A case of select that takes the lock for writing. */
  excluding(): Selectable<Got<SharedRwHeld>> {
    return new SharedRwCase(this, "write");
  }

  tryEnter(mode: Mode): SharedRwHeld | undefined {
    if (mode === "read") return this.tryRead();
    const claim = {};
    const held = this.#tryWrite(currentScope(), claim, mode);
    if (held === undefined) this.#giveUp(claim);
    return held;
  }

  enlistAs(mode: Mode, waiter: Waiter): void {
    waiter.item = mode;
    this.#lineOf(mode).enlist(waiter);
  }

  abandonAs(mode: Mode, waiter: Waiter): void {
    this.#lineOf(mode).abandon(waiter);
  }

  /** For guards. */
  release(held: SharedRwHeld): void {
    held.owner!.runtime.ledger?.released(held);
    held.owner = undefined;
    this.#held.delete(held);
    if (held.mode === "write") this.#freeWriter();
    else this.#leave();
  }

  attempt(waiter: Waiter, line: Line): boolean {
    const mode = waiter.item as Mode;
    const { scope } = waiter.park;
    let held: SharedRwHeld | undefined;
    try {
      held = mode === "read" ? this.#tryRead(scope) : this.#tryWrite(scope, waiter, mode);
    } catch (error) {
      line.waiters.remove(waiter);
      waiter.park.fail(waiter, error);
      return true;
    }
    if (held === undefined) return false;
    line.waiters.remove(waiter);
    waiter.park.wake(waiter, held);
    return true;
  }

  leftOver(): boolean {
    return Atomics.load(this.words, WRITER) === 0;
  }

  gaveUp(waiter: Waiter): void {
    this.#giveUp(waiter);
  }

  mourn(): void {
    this.#mournWriter();
  }

  #lineOf(mode: Mode): Line {
    return mode === "read" ? this.#readers : this.#writers;
  }

  #enter(mode: Mode, options: WaitOptions | undefined): Promise<SharedRwHeld> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    try {
      const held = this.tryEnter(mode);
      if (held !== undefined) return scope.runtime.ready(held);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.park(this.#lineOf(mode), mode, mode, options);
  }

  #tryRead(scope: Scope): SharedRwHeld | undefined {
    this.#counts.add(1);
    if (Atomics.load(this.words, WRITER) === 0 || this.#mournWriter()) {
      if (Atomics.load(this.words, POISONED) === 0) return this.#grant("read", scope);
      this.#leave();
      throw this.#poisonedError();
    }
    this.#leave();
    return undefined;
  }

  #tryWrite(scope: Scope, claim: object, mode: Mode): SharedRwHeld | undefined {
    if (this.#claimant !== claim) {
      if (!this.#claimWriter() && !(this.#mournWriter() && this.#claimWriter())) return undefined;
      this.#claimant = claim;
    }
    if (this.#counts.total() > 0) return undefined;
    this.#claimant = undefined;
    if (Atomics.load(this.words, POISONED) === 1) {
      if (mode !== "recover") {
        this.#freeWriter();
        throw this.#poisonedError();
      }
      Atomics.store(this.words, POISONED, 0);
    }
    return this.#grant("write", scope);
  }

  #claimWriter(): boolean {
    return Atomics.compareExchange(this.words, WRITER, 0, this.roster.tag) === 0;
  }

  #giveUp(claim: object): void {
    if (this.#claimant !== claim) return;
    this.#claimant = undefined;
    this.#freeWriter();
  }

  /** One reader of this thread less: a writer may be waiting for that. */
  #leave(): void {
    this.#counts.subtract(1);
    if (Atomics.load(this.words, WRITER) !== 0) this.#writers.wakeAll();
  }

  #freeWriter(): void {
    Atomics.store(this.words, WRITER, 0);
    this.#writers.wakeOne();
    this.#readers.wakeAll();
  }

  /** Removes a writer that is dead; whether there was one. */
  #mournWriter(): boolean {
    const writer = Atomics.load(this.words, WRITER);
    if (writer === 0 || writer === this.roster.tag || this.roster.isAlive(writer)) return false;
    const { tag } = this.roster;
    if (Atomics.compareExchange(this.words, WRITER, writer, tag) !== writer) return false;
    Atomics.store(this.words, POISONED, 1);
    this.#freeWriter();
    return true;
  }

  #grant(mode: "read" | "write", scope: Scope): SharedRwHeld {
    const held = new SharedRwHeld(this, mode, ownerOf(scope));
    this.#held.add(held);
    scope.runtime.ledger?.acquired(held, held.owner!, this);
    return held;
  }

  #poisonedError(): RuntimeError {
    return new RuntimeError(
      "POISONED",
      `Cannot enter ${this.describe()}: a thread died while it wrote`,
    );
  }
}

class SharedRwCase implements Selectable<Got<SharedRwHeld>> {
  declare readonly outcome?: Got<SharedRwHeld>;
  readonly #lock: SharedRwLock;
  readonly #mode: Mode;

  constructor(lock: SharedRwLock, mode: Mode) {
    this.#lock = lock;
    this.#mode = mode;
  }

  describe(): string {
    return this.#lock.describe();
  }

  holders(): Iterable<Scope> {
    return this.#lock.holders();
  }

  poll(): unknown {
    return this.#lock.tryEnter(this.#mode) ?? NOT_READY;
  }

  enlist(waiter: Waiter): void {
    this.#lock.enlistAs(this.#mode, waiter);
  }

  abandon(waiter: Waiter): void {
    this.#lock.abandonAs(this.#mode, waiter);
  }
}

registerKind("shared rwlock", (handle) => new SharedRwLock({}, handle));

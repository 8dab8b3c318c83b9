/**
 * A mutex between threads.
 *
 *     4 holder's tag, 0 when free   5 poisoned   6… line
 *
 * Taking a free lock is one compare-and-exchange (about 30 ns with its guard, whatever the threads).
 * Unlike the local Mutex it is not handed over: whoever comes while it is free takes it, and those in
 * line try again in turn. Handing it over would let every other thread wait for the wake-up of one.
 *
 * A thread that dies holding the lock leaves what it guards in an unknown state. The lock is then
 * poisoned: every `lock` fails with POISONED, until somebody takes it with `recover` and has put things
 * in order.
 */
import { RuntimeError } from "../errors.ts";
import { currentScope } from "../runtime/runtime.ts";
import { NOT_READY, type Got, type Selectable } from "../select/selectable.ts";
import { foreignUnlock, notLocked, ownerOf } from "../sync/mutex.ts";
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

const HOLDER = HEADER_WORDS;
const POISONED = HEADER_WORDS + 1;
const LINE = HEADER_WORDS + 2;
const BYTES = (LINE + LINE_WORDS) * Int32Array.BYTES_PER_ELEMENT;

/** What a waiter of the line may want besides the lock itself. */
const RECOVER = Symbol("recover");

/** A shared lock that a task of this thread holds. Disposing of it releases it, once. */
export class SharedHeld implements Disposable {
  /** The task that holds it; undefined when released. */
  owner: Scope | undefined;
  readonly #mutex: SharedMutex;

  constructor(mutex: SharedMutex, owner: Scope) {
    this.#mutex = mutex;
    this.owner = owner;
  }

  get mutex(): SharedMutex {
    return this.#mutex;
  }

  /** Releases the lock; NOT_LOCKED when this guard has released it before. */
  unlock(): void {
    if (this.owner === undefined) throw notLocked(this.#mutex.describe());
    this.#mutex.release(this);
  }

  [Symbol.dispose](): void {
    if (this.owner !== undefined) this.#mutex.release(this);
  }
}

export class SharedMutex extends SharedPrimitive implements Selectable<Got<SharedHeld>> {
  declare readonly outcome?: Got<SharedHeld>;
  readonly #line: Line;
  #held: SharedHeld | undefined;

  constructor(options: SharedOptions = {}, handle?: SharedHandle) {
    super("shared mutex", handle ?? BYTES, options.name);
    this.#line = new Line(this, this.roster, this.words, LINE);
  }

  /** The mutex of another thread. */
  static adopt(handle: SharedHandle): SharedMutex {
    return adoptAs(SharedMutex, handle);
  }

  get locked(): boolean {
    return Atomics.load(this.words, HOLDER) !== 0;
  }

  get poisoned(): boolean {
    this.#mourn();
    return Atomics.load(this.words, POISONED) === 1;
  }

  /** Holders in this thread; those of others are not known here. */
  *holders(): Iterable<Scope> {
    if (this.#held?.owner !== undefined) yield this.#held.owner;
  }

  /** Waits for the lock. POISONED when a thread has died holding it. */
  lock(options?: WaitOptions): Promise<SharedHeld> {
    return this.#enter(undefined, options);
  }

  /** As `lock`, also when it is poisoned, which is over then: for whoever repairs what it guards. */
  recover(options?: WaitOptions): Promise<SharedHeld> {
    return this.#enter(RECOVER, options);
  }

  #enter(mode: typeof RECOVER | undefined, options?: WaitOptions): Promise<SharedHeld> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    try {
      const held = this.#take(scope, mode);
      if (held !== undefined) return scope.runtime.ready(held);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.park(this.#line, "lock", mode, options);
  }

  /** Takes the lock if it is free; undefined when it is not. */
  tryLock(): SharedHeld | undefined {
    return this.#take(currentScope(), undefined);
  }

  /** Blocks the thread until it has the lock. */
  lockSync(options: SyncWaitOptions = {}): SharedHeld {
    const scope = currentScope();
    return this.doorbell.block(
      this.#line,
      () => `lock on ${this.describe()}`,
      () => this.#take(scope, undefined) ?? NOT_READY,
      options,
    );
  }

  /** Releases what this task holds; NOT_LOCKED or FOREIGN_LOCK when it does not hold it. */
  unlock(): void {
    const holder = Atomics.load(this.words, HOLDER);
    if (holder === 0) throw notLocked(this.describe());
    if (holder !== this.roster.tag) {
      throw new RuntimeError(
        "FOREIGN_LOCK",
        `Cannot release ${this.describe()} in ${currentScope().describe()}: another thread holds it`,
      );
    }
    const owner = this.#held!.owner!;
    if (owner !== ownerOf(currentScope())) throw foreignUnlock(this.describe(), owner);
    this.release(this.#held!);
  }

  /** Runs `body` under the lock. */
  async with<T>(body: () => T | PromiseLike<T>, options?: WaitOptions): Promise<T> {
    using _ = await this.lock(options);
    return await body();
  }

  poll(): unknown {
    return this.tryLock() ?? NOT_READY;
  }

  enlist(waiter: Waiter): void {
    this.#line.enlist(waiter);
  }

  abandon(waiter: Waiter): void {
    this.#line.abandon(waiter);
  }

  /** For guards. */
  release(held: SharedHeld): void {
    held.owner!.runtime.ledger?.released(held);
    held.owner = undefined;
    this.#held = undefined;
    this.#free();
  }

  attempt(waiter: Waiter, line: Line): boolean {
    let held: SharedHeld | undefined;
    try {
      held = this.#take(waiter.park.scope, waiter.item as typeof RECOVER | undefined);
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
    return !this.locked;
  }

  #take(scope: Scope, mode: typeof RECOVER | undefined): SharedHeld | undefined {
    const { words, roster } = this;
    if (Atomics.compareExchange(words, HOLDER, 0, roster.tag) !== 0) {
      if (!this.#mourn()) return undefined;
      if (Atomics.compareExchange(words, HOLDER, 0, roster.tag) !== 0) return undefined;
    }
    if (Atomics.load(words, POISONED) === 1) {
      if (mode !== RECOVER) {
        this.#free();
        throw new RuntimeError(
          "POISONED",
          `Cannot lock ${this.describe()}: a thread died while it held it`,
        );
      }
      Atomics.store(words, POISONED, 0);
    }
    const held = new SharedHeld(this, ownerOf(scope));
    this.#held = held;
    scope.runtime.ledger?.acquired(held, held.owner!, this);
    return held;
  }

  /** Takes the lock from a holder that is dead; whether there was one. */
  #mourn(): boolean {
    const { words, roster } = this;
    const holder = Atomics.load(words, HOLDER);
    if (holder === 0 || holder === roster.tag || roster.isAlive(holder)) return false;
    if (Atomics.compareExchange(words, HOLDER, holder, roster.tag) !== holder) return false;
    Atomics.store(words, POISONED, 1);
    this.#free();
    return true;
  }

  #free(): void {
    Atomics.store(this.words, HOLDER, 0);
    this.#line.wakeOne();
  }
}

registerKind("shared mutex", (handle) => new SharedMutex({}, handle));

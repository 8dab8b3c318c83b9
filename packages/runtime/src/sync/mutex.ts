/**
 * Mutual exclusion between tasks, for state that must not be seen between two awaits.
 *
 *     using _ = await mutex.lock();
 *
 * The lock is handed to the first in line when it is released, so nobody overtakes and nobody starves.
 * A waiter that is cancelled in the same turn in which it was handed the lock has the lock; it finds
 * out at its next suspension point, and `using` gives the lock back.
 */
import { RuntimeError } from "../errors.ts";
import { currentScope } from "../runtime/runtime.ts";
import { NOT_READY, type Got, type Selectable } from "../select/selectable.ts";
import type { Scope } from "../task/scope.ts";
import { Park, type WaitOptions } from "../wait/park.ts";
import { WaitQueue, type Waiter } from "../wait/waiter.ts";

let unnamed = 0;

/** A lock that somebody holds. Disposing of it releases it, once. */
export class Held implements Disposable {
  /** The scope in which it was taken; undefined when released. The lock belongs to that scope's task. */
  owner: Scope | undefined;
  readonly #mutex: Mutex;

  constructor(mutex: Mutex, owner: Scope) {
    this.#mutex = mutex;
    this.owner = owner;
  }

  get mutex(): Mutex {
    return this.#mutex;
  }

  /** Releases the lock; NOT_LOCKED when this guard has released it before. */
  unlock(): void {
    if (this.owner === undefined) throw notLocked(this.#mutex.describe());
    this.#mutex.pass(this);
  }

  [Symbol.dispose](): void {
    if (this.owner !== undefined) this.#mutex.pass(this);
  }
}

export class Mutex implements Selectable<Got<Held>> {
  declare readonly outcome?: Got<Held>;
  readonly name: string;
  #held: Held | undefined;
  readonly #waiters = new WaitQueue();

  constructor(options: { readonly name?: string } = {}) {
    this.name = options.name ?? `#${++unnamed}`;
  }

  get locked(): boolean {
    return this.#held !== undefined;
  }

  describe(): string {
    return `mutex ${this.name}`;
  }

  *holders(): Iterable<Scope> {
    if (this.#held?.owner !== undefined) yield ownerOf(this.#held.owner);
  }

  /** Waits for the lock. Not re-entrant: a task that locks twice waits for itself. */
  lock(options?: WaitOptions): Promise<Held> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    if (this.#held === undefined) return scope.runtime.ready(this.#grant(scope));
    const park = new Park<Held>(scope, this, "lock");
    this.#waiters.push(park);
    return park.wait(options);
  }

  /** Takes the lock if it is free; undefined when it is not. */
  tryLock(): Held | undefined {
    return this.#held === undefined ? this.#grant(currentScope()) : undefined;
  }

  /** Releases what this task holds; NOT_LOCKED or FOREIGN_LOCK when it does not hold it. */
  unlock(): void {
    if (this.#held === undefined) throw notLocked(this.describe());
    const owner = ownerOf(this.#held.owner!);
    if (owner !== ownerOf(currentScope())) throw foreignUnlock(this.describe(), owner);
    this.pass(this.#held);
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
    this.#waiters.push(waiter);
  }

  /** Takes the lock from `held` and hands it to the first in line. For guards and conditions. */
  pass(held: Held): void {
    const { ledger } = held.owner!.runtime;
    if (ledger !== undefined) ledger.released(held);
    held.owner = undefined;
    this.#held = undefined;
    if (this.#waiters.first === undefined) return;
    const next = this.#waiters.shift()!;
    next.park.wake(next, this.#grant(next.park.scope));
  }

  /** Waits for the lock even when the scope is cancelled, and puts it back into `held`. */
  async relock(held: Held): Promise<void> {
    const scope = currentScope();
    if (this.#held !== undefined) {
      const park = new Park<Held>(scope, this, "lock", undefined, false);
      this.#waiters.push(park);
      const fresh = await park.wait();
      scope.runtime.ledger?.released(fresh);
    }
    this.#held = held;
    held.owner = scope;
    scope.runtime.ledger?.acquired(held, ownerOf(scope), this);
  }

  #grant(scope: Scope): Held {
    const held = new Held(this, scope);
    this.#held = held;
    const { ledger } = scope.runtime;
    if (ledger !== undefined) ledger.acquired(held, ownerOf(scope), this);
    return held;
  }
}

/** Locks belong to tasks, not to the blocks inside them. */
export function ownerOf(scope: Scope): Scope {
  return scope.task ?? scope.runtime.root;
}

export function notLocked(what: string): RuntimeError {
  const by = currentScope().describe();
  return new RuntimeError("NOT_LOCKED", `Cannot release ${what} in ${by}: it is not locked`);
}

export function foreignUnlock(what: string, owner: Scope): RuntimeError {
  const by = currentScope().describe();
  return new RuntimeError(
    "FOREIGN_LOCK",
    `Cannot release ${what} in ${by}: ${owner.describe()} holds it`,
  );
}

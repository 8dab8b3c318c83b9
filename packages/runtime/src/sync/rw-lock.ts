/**
 * Many readers or one writer.
 *
 * First come, first served: a reader that arrives after a waiting writer waits behind it, so writers do
 * not starve; readers that stand next to each other in the line enter together. A waiter that gives up
 * lets those behind it through.
 */
import { RuntimeError } from "../errors.ts";
import { currentScope } from "../runtime/runtime.ts";
import { NOT_READY, type Got, type Selectable } from "../select/selectable.ts";
import type { Scope } from "../task/scope.ts";
import { Park, type WaitOptions } from "../wait/park.ts";
import { WaitQueue, type Waitable, type Waiter } from "../wait/waiter.ts";
import { notLocked, ownerOf } from "./mutex.ts";

type Mode = "read" | "write";

let unnamed = 0;

/** A shared or exclusive lock that somebody holds. Disposing of it releases it, once. */
export class RwHeld implements Disposable {
  readonly mode: Mode;
  owner: Scope | undefined;
  readonly #lock: RwLock;

  constructor(lock: RwLock, mode: Mode, owner: Scope) {
    this.#lock = lock;
    this.mode = mode;
    this.owner = owner;
  }

  /** Releases the lock; NOT_LOCKED when this guard has released it before. */
  unlock(): void {
    if (this.owner === undefined) throw notLocked(this.#lock.describe());
    this.#lock.pass(this);
  }

  [Symbol.dispose](): void {
    if (this.owner !== undefined) this.#lock.pass(this);
  }
}

export class RwLock implements Waitable {
  readonly name: string;
  readonly #held = new Set<RwHeld>();
  #writing = false;
  readonly #waiters = new WaitQueue();

  constructor(options: { readonly name?: string } = {}) {
    this.name = options.name ?? `#${++unnamed}`;
  }

  /** How many hold it for reading. */
  get readers(): number {
    return this.#writing ? 0 : this.#held.size;
  }

  get writing(): boolean {
    return this.#writing;
  }

  describe(): string {
    return `rwlock ${this.name}`;
  }

  *holders(): Iterable<Scope> {
    for (const held of this.#held) if (held.owner !== undefined) yield held.owner;
  }

  read(options?: WaitOptions): Promise<RwHeld> {
    return this.#lock("read", options);
  }

  write(options?: WaitOptions): Promise<RwHeld> {
    return this.#lock("write", options);
  }

  tryRead(): RwHeld | undefined {
    return this.tryEnter("read");
  }

  tryWrite(): RwHeld | undefined {
    return this.tryEnter("write");
  }

  /** A case of select that takes the lock for reading. */
  sharing(): Selectable<Got<RwHeld>> {
    return new RwCase(this, "read");
  }

  /** A case of select that takes the lock for writing. */
  excluding(): Selectable<Got<RwHeld>> {
    return new RwCase(this, "write");
  }

  tryEnter(mode: Mode): RwHeld | undefined {
    // Somebody in line goes first, even if this one could enter.
    if (this.#waiters.size > 0 || !this.#free(mode)) return undefined;
    return this.#grant(mode, currentScope());
  }

  enlistAs(mode: Mode, waiter: Waiter): void {
    waiter.item = mode;
    this.#waiters.push(waiter);
  }

  abandon(_waiter: Waiter): void {
    this.#admit();
  }

  pass(held: RwHeld): void {
    held.owner!.runtime.ledger?.released(held);
    held.owner = undefined;
    if (!this.#held.delete(held)) {
      throw new RuntimeError("NOT_LOCKED", `Cannot release ${this.describe()}: not held`);
    }
    if (held.mode === "write") this.#writing = false;
    this.#admit();
  }

  #lock(mode: Mode, options: WaitOptions | undefined): Promise<RwHeld> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    const held = this.tryEnter(mode);
    if (held !== undefined) return scope.runtime.ready(held);
    const park = new Park<RwHeld>(scope, this, mode, mode);
    this.#waiters.push(park);
    return park.wait(options);
  }

  #free(mode: Mode): boolean {
    return mode === "read" ? !this.#writing : this.#held.size === 0;
  }

  #grant(mode: Mode, scope: Scope): RwHeld {
    const held = new RwHeld(this, mode, ownerOf(scope));
    this.#held.add(held);
    if (mode === "write") this.#writing = true;
    scope.runtime.ledger?.acquired(held, held.owner!, this);
    return held;
  }

  /** Lets in from the front of the line as many as may enter together. */
  #admit(): void {
    for (let first = this.#waiters.first; first !== undefined; first = this.#waiters.first) {
      const mode = first.item as Mode;
      if (!this.#free(mode)) return;
      this.#waiters.remove(first);
      first.park.wake(first, this.#grant(mode, first.park.scope));
    }
  }
}

class RwCase implements Selectable<Got<RwHeld>> {
  declare readonly outcome?: Got<RwHeld>;
  readonly #lock: RwLock;
  readonly #mode: Mode;

  constructor(lock: RwLock, mode: Mode) {
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
    this.#lock.abandon(waiter);
  }
}

/**
 * A number of permits. First come, first served: a task that wants many is not passed by tasks that
 * want few, and one that gives up lets those behind it through.
 */
import { currentScope } from "../runtime/runtime.ts";
import { NOT_READY, type Got, type Selectable } from "../select/selectable.ts";
import { Park, type WaitOptions } from "../wait/park.ts";
import { WaitQueue, type Waiter } from "../wait/waiter.ts";
import { notLocked } from "./mutex.ts";

export interface AcquireOptions extends WaitOptions {
  /** How many permits, all or none. Default: 1. */
  readonly permits?: number;
}

let unnamed = 0;

/** Permits that somebody holds. Disposing of it gives them back, once. */
export class Permit implements Disposable {
  readonly count: number;
  readonly #semaphore: Semaphore;
  #released = false;

  constructor(semaphore: Semaphore, count: number) {
    this.#semaphore = semaphore;
    this.count = count;
  }

  /** Gives the permits back; NOT_LOCKED when that has been done. */
  release(): void {
    if (this.#released) throw notLocked(`a permit of ${this.#semaphore.describe()}`);
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    if (this.#released) return;
    this.#released = true;
    this.#semaphore.release(this.count);
  }
}

export class Semaphore implements Selectable<Got<Permit>> {
  declare readonly outcome?: Got<Permit>;
  readonly name: string;
  #available: number;
  readonly #waiters = new WaitQueue();

  constructor(permits: number, options: { readonly name?: string } = {}) {
    checkCount(permits, 0);
    this.#available = permits;
    this.name = options.name ?? `#${++unnamed}`;
  }

  get available(): number {
    return this.#available;
  }

  describe(): string {
    return `semaphore ${this.name}`;
  }

  acquire(options: AcquireOptions = {}): Promise<Permit> {
    const { permits = 1 } = options;
    checkCount(permits, 1);
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    const permit = this.tryAcquire(permits);
    if (permit !== undefined) return scope.runtime.ready(permit);
    const park = new Park<Permit>(scope, this, "acquire", permits);
    this.#waiters.push(park);
    return park.wait(options);
  }

  /** Takes permits if they are there and nobody is in line; undefined otherwise. */
  tryAcquire(permits: number = 1): Permit | undefined {
    if (this.#waiters.size > 0 || this.#available < permits) return undefined;
    this.#available -= permits;
    return new Permit(this, permits);
  }

  /** Adds permits: those of a Permit, or new ones. Never waits. */
  release(permits: number = 1): void {
    checkCount(permits, 1);
    this.#available += permits;
    this.#admit();
  }

  poll(): unknown {
    return this.tryAcquire() ?? NOT_READY;
  }

  enlist(waiter: Waiter): void {
    waiter.item = 1;
    this.#waiters.push(waiter);
  }

  abandon(_waiter: Waiter): void {
    this.#admit();
  }

  #admit(): void {
    for (let first = this.#waiters.first; first !== undefined; first = this.#waiters.first) {
      const permits = first.item as number;
      if (permits > this.#available) return;
      this.#available -= permits;
      this.#waiters.remove(first);
      first.park.wake(first, new Permit(this, permits));
    }
  }
}

function checkCount(permits: number, least: number): void {
  if (!Number.isSafeInteger(permits) || permits < least) {
    throw new RangeError(`A number of permits is a whole number from ${least}: not ${permits}`);
  }
}

/**
 * A number of permits between threads.
 *
 *     4 available   5… line   then permits held, a seat
 *
 * Permits that a Permit of a dead thread held come back. (A thread that is terminated between the two
 * instructions that take permits and note them loses them; it never creates any.) A release rings every
 * thread that waits, because only it knows how many permits its first in line wants.
 */
import { currentScope } from "../runtime/runtime.ts";
import { NOT_READY, type Got, type Selectable } from "../select/selectable.ts";
import { notLocked } from "../sync/mutex.ts";
import type { AcquireOptions } from "../sync/semaphore.ts";
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
import { SEAT_COUNT_WORDS, SeatCounts } from "./seat-counts.ts";

const AVAILABLE = HEADER_WORDS;
const LINE = HEADER_WORDS + 1;
const COUNTS = LINE + LINE_WORDS;
const BYTES = (COUNTS + SEAT_COUNT_WORDS) * Int32Array.BYTES_PER_ELEMENT;
const MOST_PERMITS = 2 ** 31 - 1;

export interface AcquireSyncOptions extends SyncWaitOptions {
  /** How many permits, all or none. Default: 1. */
  readonly permits?: number;
}

/** Permits that this thread holds. Disposing of it gives them back, once. */
export class SharedPermit implements Disposable {
  readonly count: number;
  readonly #semaphore: SharedSemaphore;
  #released = false;

  constructor(semaphore: SharedSemaphore, count: number) {
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
    this.#semaphore.giveBack(this.count);
  }
}

export class SharedSemaphore extends SharedPrimitive implements Selectable<Got<SharedPermit>> {
  declare readonly outcome?: Got<SharedPermit>;
  readonly #line: Line;
  readonly #counts: SeatCounts;
  #deaths: number;

  constructor(permits: number, options: SharedOptions = {}, handle?: SharedHandle) {
    if (handle === undefined) checkCount(permits, 0);
    super("shared semaphore", handle ?? BYTES, options.name);
    if (handle === undefined) this.words[AVAILABLE] = permits;
    this.#line = new Line(this, this.roster, this.words, LINE);
    this.#counts = new SeatCounts(this.roster, this.words, COUNTS);
    // 0: whoever died before this thread knew the semaphore counts too.
    this.#deaths = 0;
  }

  /** The semaphore of another thread. */
  static adopt(handle: SharedHandle): SharedSemaphore {
    return adoptAs(SharedSemaphore, handle);
  }

  /** Permits that nobody holds. */
  get available(): number {
    this.#mournOnce();
    return Atomics.load(this.words, AVAILABLE);
  }

  acquire(options: AcquireOptions = {}): Promise<SharedPermit> {
    const { permits = 1 } = options;
    checkCount(permits, 1);
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    const permit = this.tryAcquire(permits);
    if (permit !== undefined) return scope.runtime.ready(permit);
    return this.park(this.#line, "acquire", permits, options);
  }

  /** Blocks the thread until it has the permits. */
  acquireSync(options: AcquireSyncOptions = {}): SharedPermit {
    const { permits = 1 } = options;
    checkCount(permits, 1);
    return this.doorbell.block(
      this.#line,
      () => `acquire on ${this.describe()}`,
      () => this.#take(permits) ?? NOT_READY,
      options,
    );
  }

  /** Takes permits if they are there and nobody of this thread is in line; undefined otherwise. */
  tryAcquire(permits: number = 1): SharedPermit | undefined {
    return this.#line.waiters.size > 0 ? undefined : this.#take(permits);
  }

  /** Adds new permits. Never waits. Those of a SharedPermit are given back by it. */
  release(permits: number = 1): void {
    checkCount(permits, 1);
    Atomics.add(this.words, AVAILABLE, permits);
    this.#line.wakeAll();
  }

  /** For permits. */
  giveBack(permits: number): void {
    this.#counts.subtract(permits);
    this.release(permits);
  }

  poll(): unknown {
    return this.tryAcquire() ?? NOT_READY;
  }

  enlist(waiter: Waiter): void {
    waiter.item = 1;
    this.#line.enlist(waiter);
  }

  abandon(waiter: Waiter): void {
    this.#line.abandon(waiter);
  }

  attempt(waiter: Waiter, line: Line): boolean {
    const permit = this.#take(waiter.item as number);
    if (permit === undefined) return false;
    line.waiters.remove(waiter);
    waiter.park.wake(waiter, permit);
    return true;
  }

  /** Never passed on: a release rings everybody. */
  leftOver(): boolean {
    return false;
  }

  /** A waiter that wanted many gave up: the next of this thread may want fewer. */
  gaveUp(): void {
    this.#line.pump();
  }

  mourn(): void {
    this.#mournOnce();
  }

  #take(permits: number): SharedPermit | undefined {
    for (;;) {
      const available = Atomics.load(this.words, AVAILABLE);
      if (available < permits) {
        if (this.#mournOnce()) continue;
        return undefined;
      }
      const left = available - permits;
      if (Atomics.compareExchange(this.words, AVAILABLE, available, left) !== available) continue;
      const orphaned = this.#counts.add(permits);
      if (orphaned > 0) this.release(orphaned);
      return new SharedPermit(this, permits);
    }
  }

  /** Takes back what dead threads held; whether there was something. */
  #mournOnce(): boolean {
    const { deaths } = this.roster;
    if (deaths === this.#deaths) return false;
    this.#deaths = deaths;
    const orphaned = this.#counts.reclaim();
    if (orphaned > 0) this.release(orphaned);
    return orphaned > 0;
  }
}

function checkCount(permits: number, least: number): void {
  if (!Number.isSafeInteger(permits) || permits < least || permits > MOST_PERMITS) {
    throw new RangeError(`A number of permits is a whole number from ${least}: not ${permits}`);
  }
}

registerKind("shared semaphore", (handle) => new SharedSemaphore(0, {}, handle));

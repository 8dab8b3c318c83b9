/**
 * A flag that tasks of several threads wait for.
 *
 *     4 up   5 resets itself   6 how often it was set   7… line
 *
 * Manual reset: `set` opens the gate for everybody who waits, even if `reset` follows at once (a waiter
 * compares how often it has been set). Auto reset: each `set` lets exactly one through.
 */
import { currentScope } from "../runtime/runtime.ts";
import { NOT_READY, type Got, type Selectable } from "../select/selectable.ts";
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

const UP = HEADER_WORDS;
const AUTO = HEADER_WORDS + 1;
const TIMES = HEADER_WORDS + 2;
const LINE = HEADER_WORDS + 3;
const BYTES = (LINE + LINE_WORDS) * Int32Array.BYTES_PER_ELEMENT;

export interface SharedEventOptions extends SharedOptions {
  /** Default: false, manual reset. */
  readonly autoReset?: boolean;
  /** Whether it begins set. Default: false. */
  readonly set?: boolean;
}

export class SharedEvent extends SharedPrimitive implements Selectable<Got<void>> {
  declare readonly outcome?: Got<void>;
  readonly #line: Line;

  constructor(options: SharedEventOptions = {}, handle?: SharedHandle) {
    super("shared event", handle ?? BYTES, options.name);
    this.#line = new Line(this, this.roster, this.words, LINE);
    if (handle === undefined) {
      this.words[AUTO] = options.autoReset === true ? 1 : 0;
      this.words[UP] = options.set === true ? 1 : 0;
    }
  }

  /** The event of another thread. */
  static adopt(handle: SharedHandle): SharedEvent {
    return adoptAs(SharedEvent, handle);
  }

  get isSet(): boolean {
    return Atomics.load(this.words, UP) === 1;
  }

  set(): void {
    Atomics.store(this.words, UP, 1);
    if (this.words[AUTO] === 1) {
      this.#line.wakeOne();
      return;
    }
    Atomics.add(this.words, TIMES, 1);
    this.#line.wakeAll();
  }

  reset(): void {
    Atomics.store(this.words, UP, 0);
  }

  wait(options?: WaitOptions): Promise<void> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    const times = Atomics.load(this.words, TIMES);
    if (this.tryWait()) return scope.runtime.done();
    return this.park(this.#line, "wait for", times, options);
  }

  /** Blocks the thread until it is through the gate. */
  waitSync(options: SyncWaitOptions = {}): void {
    const times = Atomics.load(this.words, TIMES);
    this.doorbell.block(
      this.#line,
      () => `wait for ${this.describe()}`,
      () => (this.#passes(times) ? undefined : NOT_READY),
      options,
    );
  }

  /** Goes through the gate if it is open, without waiting; an auto-reset event closes behind. */
  tryWait(): boolean {
    if (this.words[AUTO] === 1) return Atomics.compareExchange(this.words, UP, 1, 0) === 1;
    return this.isSet;
  }

  poll(): unknown {
    return this.tryWait() ? undefined : NOT_READY;
  }

  enlist(waiter: Waiter): void {
    waiter.item = Atomics.load(this.words, TIMES);
    this.#line.enlist(waiter);
  }

  abandon(waiter: Waiter): void {
    this.#line.abandon(waiter);
  }

  attempt(waiter: Waiter, line: Line): boolean {
    if (!this.#passes(waiter.item as number)) return false;
    line.waiters.remove(waiter);
    waiter.park.wake(waiter, undefined);
    return true;
  }

  leftOver(): boolean {
    return this.words[AUTO] === 1 && this.isSet;
  }

  #passes(times: number): boolean {
    return this.tryWait() || Atomics.load(this.words, TIMES) !== times;
  }
}

registerKind("shared event", (handle) => new SharedEvent({}, handle));

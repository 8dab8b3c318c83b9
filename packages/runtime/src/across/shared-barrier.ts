/**
 * A meeting point for tasks of several threads, again and again.
 *
 *     4 arrived   5 round   6 broken   7 parties   8… line   then 2 words a seat: epoch, last round
 *
 * Made for fork and join of short blocks of work on warm threads: `waitSync` spins before it sleeps,
 * and while everybody arrives within the spin the barrier is one atomic add and one load a party; no
 * thread is put to sleep and none has to be woken.
 *
 * Invariants:
 * 1. The round grows only when all parties of the round have arrived, so a party that waits can leave
 *    as soon as it has grown, and nobody arrives for the next round before.
 * 2. A party that gives up, or whose thread dies after it took part in this or the last round, breaks
 *    the barrier: everybody who waits, or comes later, gets BROKEN until `reset`.
 */
import { performance } from "node:perf_hooks";
import { RuntimeError } from "../errors.ts";
import { currentScope } from "../runtime/runtime.ts";
import { NOT_READY } from "../select/selectable.ts";
import { cpuCount } from "../thread/cpu-count.ts";
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

const ARRIVED = HEADER_WORDS;
const ROUND = HEADER_WORDS + 1;
const BROKEN = HEADER_WORDS + 2;
const PARTIES = HEADER_WORDS + 3;
const LINE = HEADER_WORDS + 4;
const MEMBERS = LINE + LINE_WORDS;
const BYTES = (MEMBERS + 2 * MAX_SEATS) * Int32Array.BYTES_PER_ELEMENT;

export interface BarrierWaitOptions extends SyncWaitOptions {
  /**
   * How long to watch for the others before the thread is put to sleep, in microseconds. Default: 50;
   * 0 where there are more parties than CPUs.
   */
  readonly spinUs?: number;
}

export class SharedBarrier extends SharedPrimitive {
  readonly parties: number;
  readonly #line: Line;
  readonly #defaultSpinUs: number;

  constructor(parties: number, options: SharedOptions = {}, handle?: SharedHandle) {
    if (handle === undefined && (!Number.isSafeInteger(parties) || parties < 1)) {
      throw new RangeError(`A barrier is for 1 party or more: not ${parties}`);
    }
    super("shared barrier", handle ?? BYTES, options.name);
    this.#line = new Line(this, this.roster, this.words, LINE);
    if (handle === undefined) this.words[PARTIES] = parties;
    this.parties = this.words[PARTIES]!;
    this.#defaultSpinUs = this.parties > cpuCount() ? 0 : 50;
  }

  /** The barrier of another thread. */
  static adopt(handle: SharedHandle): SharedBarrier {
    return adoptAs(SharedBarrier, handle);
  }

  /** How many are waiting. */
  get arrived(): number {
    return Atomics.load(this.words, ARRIVED);
  }

  get broken(): boolean {
    return Atomics.load(this.words, BROKEN) === 1;
  }

  override describe(): string {
    return `${super.describe()} (${this.arrived} of ${this.parties} arrived)`;
  }

  /** Waits for the others. True for the one of the round that is its leader. */
  wait(options?: WaitOptions): Promise<boolean> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    try {
      const round = this.#arrive();
      if (round === undefined) return scope.runtime.ready(true);
      return this.park(this.#line, "wait at", round, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Blocks the thread until the others have arrived. True for the leader. */
  waitSync(options: BarrierWaitOptions = {}): boolean {
    const round = this.#arrive();
    if (round === undefined) return true;
    const spinUs = options.spinUs ?? this.#defaultSpinUs;
    if (spinUs > 0 && this.#spin(round, spinUs)) return false;
    try {
      return this.doorbell.block(
        this.#line,
        () => `wait at ${this.describe()}`,
        () => this.#leave(round),
        options,
      );
    } catch (error) {
      this.#giveUp(round);
      throw error;
    }
  }

  /** Makes a broken barrier usable again. Call it when nobody waits any more. */
  reset(): void {
    Atomics.store(this.words, ARRIVED, 0);
    Atomics.add(this.words, ROUND, 1);
    for (let k = 0; k < 2 * MAX_SEATS; k++) Atomics.store(this.words, MEMBERS + k, 0);
    Atomics.store(this.words, BROKEN, 0);
  }

  attempt(waiter: Waiter, line: Line): boolean {
    const round = waiter.item as number;
    let outcome: unknown;
    try {
      outcome = this.#leave(round);
    } catch (error) {
      line.waiters.remove(waiter);
      waiter.park.fail(waiter, error);
      return true;
    }
    if (outcome === NOT_READY) return false;
    line.waiters.remove(waiter);
    waiter.park.wake(waiter, outcome);
    return true;
  }

  leftOver(): boolean {
    return false;
  }

  gaveUp(waiter: Waiter): void {
    this.#giveUp(waiter.item as number);
  }

  /** The round to wait for; undefined when this was the last to arrive. */
  #arrive(): number | undefined {
    const { words, roster } = this;
    if (this.broken) throw this.#brokenError();
    const round = Atomics.load(words, ROUND);
    const member = MEMBERS + 2 * roster.seat;
    Atomics.store(words, member + 1, round);
    Atomics.store(words, member, roster.tag >>> 8);
    const arrived = Atomics.add(words, ARRIVED, 1) + 1;
    if (arrived > this.parties) {
      Atomics.sub(words, ARRIVED, 1);
      throw new RangeError(`${this.describe()}: one more came than there are parties`);
    }
    if (arrived < this.parties) return round;
    Atomics.store(words, ARRIVED, 0);
    Atomics.add(words, ROUND, 1);
    this.#line.wakeAll();
    return undefined;
  }

  #leave(round: number): false | typeof NOT_READY {
    if (Atomics.load(this.words, ROUND) !== round) return false;
    if (this.broken || this.#memberDied(round)) throw this.#brokenError();
    return NOT_READY;
  }

  #spin(round: number, spinUs: number): boolean {
    const untilMs = performance.now() + spinUs / 1000;
    for (;;) {
      for (let k = 0; k < 32; k++) {
        if (Atomics.load(this.words, ROUND) !== round) return true;
        Atomics.pause();
      }
      if (performance.now() >= untilMs) return false;
    }
  }

  #giveUp(round: number): void {
    if (Atomics.load(this.words, ROUND) === round) this.#break();
  }

  #memberDied(round: number): boolean {
    for (let seat = 0; seat < MAX_SEATS; seat++) {
      const epoch = Atomics.load(this.words, MEMBERS + 2 * seat);
      if (epoch === 0 || this.roster.isAlive((epoch << 8) | (seat + 1))) continue;
      if (round - Atomics.load(this.words, MEMBERS + 2 * seat + 1) > 1) continue;
      this.#break();
      return true;
    }
    return false;
  }

  #break(): void {
    Atomics.store(this.words, BROKEN, 1);
    this.#line.wakeAll();
  }

  #brokenError(): RuntimeError {
    return new RuntimeError(
      "BROKEN",
      `${this.describe()} is broken: a party gave up waiting, or its thread died`,
    );
  }
}

registerKind("shared barrier", (handle) => new SharedBarrier(0, {}, handle));

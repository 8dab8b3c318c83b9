/**
 * The threads of a runtime, and the work that waits for one.
 *
 * Work is begun in the order in which it was called. A thread is offered one call to run and one more,
 * so that it goes from one to the next without asking; the rest waits here, bound to no thread. A call
 * that was offered but not begun is stolen for a thread that has nothing to do. What has begun stays.
 *
 * One thread runs many calls, as one event loop runs many tasks: when all its calls are parked it
 * begins the next, up to `callsPerThread`. So long-lived calls that wait for each other (the stages of a
 * pipeline) do not need a thread each, and cannot lock the pool up before that limit.
 */
import { Roster } from "../across/roster.ts";
import { Ring } from "../channel/ring.ts";
import { RuntimeError } from "../errors.ts";
import { currentScope, type Runtime } from "../runtime/runtime.ts";
import { durationMs, formatDuration, type Duration } from "../time/duration.ts";
import type { TimerEntry } from "../time/timer-heap.ts";
import { Call } from "./call.ts";
import { cpuCount } from "./cpu-count.ts";
import type { CallRequest, Place } from "./place.ts";
import { PoolThread, type PoolThreadEvents } from "./pool-thread.ts";

export interface ThreadOptions {
  /** Default: "auto", as many as CPUs, or as the quota of the control group allows. */
  readonly count?: number | "auto";
  /** How long a cancelled call may go on before its thread is ended and replaced. Default: "5s". */
  readonly grace?: Duration;
  /** A thread that gives no sign of life for this long is reported. Default: "5s". */
  readonly stallAfter?: Duration;
  /** How many calls a thread may have begun and not ended. Default: 256. */
  readonly callsPerThread?: number;
  /** Called with a STALLED error that names what runs there. Default: process.emitWarning. */
  readonly onStalled?: (error: RuntimeError) => void;
}

const MOST_THREADS = 60;
const REBALANCE_MS = 2;
/** Threads that may die in a row without having ended a single call. */
const MOST_STILLBORN = 5;

/** A timer of the pool's own. */
class PoolTimer implements TimerEntry {
  dueMs = 0;
  heapIndex = -1;
  timerOrder = 0;
  readonly fire: () => void;

  constructor(fire: () => void) {
    this.fire = fire;
  }
}

export class ThreadPool implements Place, PoolThreadEvents {
  readonly threads: number;
  readonly graceMs: number;
  readonly #runtime: Runtime;
  readonly #roster = Roster.home();
  readonly #stallMs: number;
  readonly #callsPerThread: number;
  readonly #onStalled: (error: RuntimeError) => void;
  readonly #pool: (PoolThread | undefined)[];
  readonly #queue = new Ring<Call>();
  readonly #rebalance = new PoolTimer(() => this.#onRebalance());
  readonly #watch = new PoolTimer(() => this.#onWatch());
  #nextId = 1;
  #stillborn = 0;
  #broken: RuntimeError | undefined;
  #closed = false;

  constructor(runtime: Runtime, options: ThreadOptions = {}) {
    const { count = "auto", callsPerThread = 256 } = options;
    this.threads = count === "auto" ? Math.min(cpuCount(), MOST_THREADS) : count;
    if (!Number.isSafeInteger(this.threads) || this.threads < 1 || this.threads > MOST_THREADS) {
      throw new RangeError(`A pool has 1 to ${MOST_THREADS} threads: not ${count}`);
    }
    if (!(callsPerThread >= 1)) {
      throw new RangeError(`A thread takes at least 1 call: not ${callsPerThread}`);
    }
    this.#runtime = runtime;
    this.#callsPerThread = callsPerThread;
    this.graceMs = durationMs(options.grace ?? "5s");
    this.#stallMs = durationMs(options.stallAfter ?? "5s");
    this.#onStalled = options.onStalled ?? ((error) => process.emitWarning(error));
    this.#pool = Array.from({ length: this.threads });
  }

  /** Starts every thread now rather than when it is needed. */
  start(): void {
    for (let index = 0; index < this.threads; index++) this.#thread(index);
  }

  checkThread(index: number): void {
    if (index < this.threads) return;
    throw new RangeError(`There is no thread ${index}: the pool has ${this.threads}`);
  }

  call(request: CallRequest): Promise<unknown> {
    if (this.#closed) {
      throw new RuntimeError("CLOSED", `Cannot call "${request.definition.name}": run has ended`);
    }
    if (this.#broken !== undefined) throw this.#broken;
    const call = new Call(this, this.#nextId++, request, currentScope());
    const result = call.result();
    this.#queue.push(call);
    this.#dispatch();
    return result;
  }

  /** Takes a call that has not begun out of the pool; false when it has begun. */
  withdraw(call: Call): boolean {
    if (call.state === "offered" && call.thread?.takeBack(call) !== true) return false;
    if (call.state !== "waiting") return false;
    call.state = "over";
    return true;
  }

  hasRoom(thread: PoolThread): void {
    this.#stillborn = 0;
    this.#dispatch();
    if (thread.calls.size === 0 && this.#queue.size === 0) this.#stealFor(thread);
  }

  died(
    thread: PoolThread,
    reason: unknown,
    offered: readonly Call[],
    begun: readonly Call[],
  ): void {
    this.#pool[thread.index] = undefined;
    for (const call of begun) {
      call.fail(
        new RuntimeError(
          "THREAD",
          `Thread ${thread.index} died while it ran "${call.request.definition.name}", called by ${call.caller}`,
          { cause: reason, retryable: true },
        ),
      );
    }
    if (thread.completed === 0 && ++this.#stillborn >= MOST_STILLBORN) this.#break(reason);
    for (const call of offered) {
      if (this.#broken === undefined) this.#queue.push(call);
      else call.fail(this.#broken);
    }
    this.#dispatch();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#runtime.timers.remove(this.#rebalance);
    this.#runtime.timers.remove(this.#watch);
    await Promise.all(this.#pool.map(async (thread) => thread?.close()));
  }

  #dispatch(): void {
    const passed: Call[] = [];
    for (let left = this.#queue.size; left > 0; left--) {
      const call = this.#queue.shift();
      if (call.over) continue;
      const thread = this.#threadFor(call);
      if (thread === undefined) passed.push(call);
      else thread.offer(call);
      // Only a call that must run on a certain thread is overtaken.
      if (thread === undefined && call.request.options.thread === undefined) break;
    }
    if (passed.length > 0) this.#requeue(passed);
    this.#setTimers();
  }

  /** Puts back what could not be offered, before what is still in the queue. */
  #requeue(passed: readonly Call[]): void {
    const rest: Call[] = [];
    this.#queue.drain(rest, Infinity);
    for (const call of passed) this.#queue.push(call);
    for (const call of rest) this.#queue.push(call);
  }

  #threadFor(call: Call): PoolThread | undefined {
    const wanted = call.request.options.thread;
    if (wanted !== undefined) {
      const thread = this.#thread(wanted);
      return this.#takes(thread) ? thread : undefined;
    }
    let best: PoolThread | undefined;
    for (let index = 0; index < this.threads; index++) {
      const thread = this.#pool[index];
      // A thread that is not there yet is started only when the others are busy.
      if (thread === undefined) {
        if (best === undefined || best.calls.size > 0) best = this.#thread(index);
      } else if (
        this.#takes(thread) &&
        (best === undefined || thread.calls.size < best.calls.size)
      ) {
        best = thread;
      }
      if (best?.calls.size === 0) return best;
    }
    return best;
  }

  #takes(thread: PoolThread): boolean {
    return thread.calls.size < this.#callsPerThread && thread.room > 0;
  }

  #thread(index: number): PoolThread {
    return (this.#pool[index] ??= new PoolThread(index, this.#roster, this));
  }

  #setTimers(): void {
    let busy = false;
    let offers = false;
    for (const thread of this.#pool) {
      if (thread === undefined) continue;
      thread.hungry = this.#queue.size > 0;
      busy ||= thread.calls.size > 0;
      offers ||= thread.offersLeft > 0;
    }
    const { timers } = this.#runtime;
    if (offers && this.#rebalance.heapIndex === -1 && this.threads > 1) {
      timers.add(this.#rebalance, REBALANCE_MS);
    }
    if (!busy) timers.remove(this.#watch);
    else if (this.#watch.heapIndex === -1) timers.add(this.#watch, this.#stallMs);
  }

  #stealFor(thread: PoolThread): void {
    for (const other of this.#pool) {
      const call = other === thread ? undefined : other?.stealable();
      if (call === undefined || !other!.takeBack(call)) continue;
      thread.offer(call);
      return;
    }
  }

  /** Gives what waits behind a computing call to threads whose event loop has been idle. */
  #onRebalance(): void {
    let offers = false;
    for (const thread of this.#pool) {
      if (thread === undefined) continue;
      const idle = thread.idleMs() > REBALANCE_MS / 2;
      if (idle && thread.offersLeft === 0 && thread.calls.size < this.#callsPerThread) {
        this.#stealFor(thread);
      }
      offers ||= thread.offersLeft > 0;
    }
    if (offers) this.#runtime.timers.add(this.#rebalance, REBALANCE_MS);
  }

  #onWatch(): void {
    for (const thread of this.#pool) {
      if (thread === undefined || thread.calls.size === 0) continue;
      if (!thread.answered) this.#reportStalled(thread);
      else thread.ping();
    }
    this.#setTimers();
  }

  #reportStalled(thread: PoolThread): void {
    const names = [...thread.calls.values()].map(
      (call) => `"${call.request.definition.name}", called by ${call.caller}`,
    );
    this.#onStalled(
      new RuntimeError(
        "STALLED",
        `Thread ${thread.index} has not yielded for ${formatDuration(this.#stallMs)} or longer; it runs ${names.join("; ")}`,
      ),
    );
  }

  #break(cause: unknown): void {
    this.#broken = new RuntimeError(
      "THREAD",
      `The pool gave up: ${MOST_STILLBORN} threads in a row died before they had ended a call`,
      { cause },
    );
    const left: Call[] = [];
    this.#queue.drain(left, Infinity);
    for (const call of left) if (!call.over) call.fail(this.#broken);
  }
}

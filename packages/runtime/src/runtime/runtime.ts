/**
 * What the tasks of one `run` share: the Io, the timers, the root of the scope tree and the credit.
 *
 * Credit is how one rule serves two masters. Every operation charges 1 (`pace.ts`), whether it suspends or not,
 * and when the credit is used up the wake goes to the scheduler instead of straight to the promise:
 *
 *     credit left      → the promise resolves now; the task resumes in this turn's microtasks
 *     credit used up   → scheduler.renew() may grant more; else scheduler.defer(park)
 *
 * The real scheduler (`turn-scheduler.ts`) then lets the host poll its sockets and timers, so tasks
 * that keep each other busy starve nobody. The simulated one (`../simulate/scheduler.ts`) never grants
 * any, so every operation of every task is a point where its seed chooses who goes on.
 */
import { detachedEvent } from "../insight/events.ts";
import { Ledger } from "../insight/ledger.ts";
import type { Io } from "../io/io.ts";
import { nodeIo } from "../io/node-io.ts";
import { Scope, ambient } from "../task/scope.ts";
import { SiteBudget } from "../task/site.ts";
import type { RunningTask } from "../task/task.ts";
import type { ThreadOptions } from "../thread/thread-pool.ts";
import { TimerHeap } from "../time/timer-heap.ts";
import { Park } from "../wait/park.ts";
import type { Waitable } from "../wait/waiter.ts";
import { pace } from "./pace.ts";
import { TurnScheduler } from "./turn-scheduler.ts";

export interface Scheduler {
  /** Whether the runtime may go on in this turn; grants it more credit when it may. */
  renew(runtime: Runtime): boolean;
  /** Keeps a settled wait and calls its `deliver()` later, exactly once. */
  defer(park: Park): void;
  /** As `defer`, for a task that has not begun. Absent: each beginning is deferred as a wait. */
  beginLater?(task: RunningTask, begin: (task: RunningTask) => void): void;
}

export interface RuntimeOptions {
  readonly io?: Io;
  readonly scheduler?: (runtime: Runtime) => Scheduler;
  /** Whether a task that ends with a lock, or a run that ends with an open handle, is a LEAK. Default: false. */
  readonly leakCheck?: boolean;
  /** How many threads run what `defineTask` defined; 0: the calling thread itself. Default: "auto". */
  readonly threads?: number | "auto" | ThreadOptions;
  /** Called with the error of a detached task. Default: prints it to stderr. */
  readonly onDetachedError?: (error: unknown, task: RunningTask) => void;
}

/** What a void operation that did not have to wait returns. */
export const DONE: Promise<void> = Promise.resolve();
const TURN: Waitable = { describe: () => "its turn" };

export class Runtime {
  readonly io: Io;
  readonly timers: TimerHeap;
  readonly scheduler: Scheduler;
  readonly root: Scope;
  /** Limits how many spawns record their site; undefined: all do. */
  sites: SiteBudget | undefined = new SiteBudget();
  /** What is held and open; kept where leaks are looked for. */
  ledger: Ledger | undefined;
  /** Operations left before the scheduler is asked, while `pace` is restricted. */
  credit = 0;
  /** Waits in progress. */
  parked = 0;
  turns = 0;
  spawned = 0;
  finished = 0;
  failed = 0;
  cancelled = 0;
  readonly threads: number | "auto" | ThreadOptions | undefined;
  /** Closes what belongs to the runtime, when its run has ended. */
  readonly atEnd: (() => Promise<void>)[] = [];
  isSimulated = false;
  #coarseMs = -1;
  readonly #forgetTime = (): void => {
    this.#coarseMs = -1;
  };
  readonly #onDetachedError: (error: unknown, task: RunningTask) => void;

  constructor(options: RuntimeOptions = {}) {
    this.io = options.io ?? nodeIo();
    this.timers = new TimerHeap(this.io.clock, this.io.alarm);
    this.scheduler = options.scheduler?.(this) ?? new TurnScheduler(this.io);
    this.root = new Scope(this, undefined);
    this.threads = options.threads;
    this.ledger = options.leakCheck === true ? new Ledger() : undefined;
    this.#onDetachedError = options.onDetachedError ?? printDetachedError;
  }

  /** Resumes what has been settled, now or when the scheduler says so. */
  wake(park: Park): void {
    if (this.charge()) park.deliver();
    else this.scheduler.defer(park);
  }

  /** The result of an operation that did not have to wait. */
  ready<T>(value: T): Promise<T> {
    return this.charge() ? Promise.resolve(value) : this.pause(value);
  }

  /** As `ready(undefined)`, without making a promise. */
  done(): Promise<void> {
    return this.charge() ? DONE : this.pause(undefined);
  }

  /** Takes 1 credit; false when none is left, and the caller must go to the scheduler. */
  charge(): boolean {
    if (pace.credit > 0) {
      pace.credit--;
      return true;
    }
    return --this.credit > 0 || this.scheduler.renew(this);
  }

  /** Gives way: the scheduler decides when the caller goes on. */
  pause<T>(value: T): Promise<T> {
    const park = new Park<T>(currentScope(), TURN, "waits for", undefined, false);
    const promise = park.promise();
    park.settled = true;
    park.outcome = value;
    this.scheduler.defer(park as Park);
    return promise;
  }

  /** Turns on what only a simulation can afford: every spawn site, and ties of timers in any order. */
  simulated(ties: { fraction(): number }): void {
    pace.restrict();
    this.isSimulated = true;
    this.sites = undefined;
    this.ledger = new Ledger();
    this.timers.tieOrder = () => ties.fraction();
  }

  /**
   * The monotonic clock in whole milliseconds, read at most once a turn of the host: for ages. A read
   * of the clock is 47 ns (Node 26.10), a tenth of a spawn.
   */
  coarseMs(): number {
    if (this.#coarseMs !== -1) return this.#coarseMs;
    this.io.turns.after(this.#forgetTime);
    return (this.#coarseMs = Math.floor(this.io.clock.monotonicMs()));
  }

  reportDetached(error: unknown, task: RunningTask): void {
    if (detachedEvent.hasSubscribers) detachedEvent.publish({ task, error });
    this.#onDetachedError(error, task);
  }
}

function printDetachedError(error: unknown, task: RunningTask): void {
  console.error(`Detached ${task.describe()} failed:`, error);
}

let host: Runtime | undefined;

/** The runtime of code that runs outside `run`: real, with a scope that is never cancelled. */
export function hostRuntime(): Runtime {
  return (host ??= new Runtime());
}

/** The scope in which the caller runs. */
export function currentScope(): Scope {
  return ambient.getStore() ?? hostRuntime().root;
}

export function currentRuntime(): Runtime {
  return currentScope().runtime;
}

/**
 * Tasks: functions that run beside their spawner and end before its scope does.
 *
 * A task is a scope: what it spawns lives in it, and cancelling it reaches all of that. It never runs
 * inside `spawn`, only after the spawner's next suspension point. Its error goes to whoever joins it;
 * an error that nobody has claimed when the surrounding scope ends is thrown there.
 *
 * States: pending (not begun) → running ⇄ parked → done | failed | cancelled.
 */
import { RuntimeError } from "../errors.ts";
import { endEvent, spawnEvent } from "../insight/events.ts";
import { currentScope } from "../runtime/runtime.ts";
import { NOT_READY, type Got, type Selectable } from "../select/selectable.ts";
import { Park, type WaitOptions } from "../wait/park.ts";
import { WaitQueue, type Waiter } from "../wait/waiter.ts";
import { checkJoin } from "./cycle.ts";
import { start, startNow } from "./life.ts";
import { Scope } from "./scope.ts";
import { captureSite, siteText } from "./site.ts";

export type TaskState = "pending" | "running" | "parked" | "done" | "failed" | "cancelled";

/** A spawned function. Awaiting it is joining it. */
export interface Task<T> extends PromiseLike<T>, AsyncDisposable, Selectable<Got<T>> {
  readonly id: number;
  readonly name: string;
  readonly state: TaskState;
  /** Where it was spawned, "file:line:column"; undefined when that was not recorded. */
  readonly site: string | undefined;
  /** Aborts when the task is cancelled; for code that takes an AbortSignal. Made on first use. */
  readonly signal: AbortSignal;
  /** Waits for the task to end; its value, or throws its error. Cancelling the joiner ends only the wait. */
  join(options?: WaitOptions): Promise<T>;
  /** Cancels the task and all that it spawned; the promise resolves when it has ended. */
  cancel(reason?: unknown): Promise<void>;
  /** Moves the task out of its scope: it may outlive the spawner, and ends with `run` at the latest. */
  detach(): this;
}

export interface SpawnOptions {
  /** For dumps and error messages. Default: the function's name. */
  readonly name?: string;
}

let nextId = 1;

export class RunningTask<T = unknown> extends Scope implements Task<T> {
  declare readonly outcome?: Got<T>;
  readonly id: number;
  readonly #name: string;
  readonly spawnedMs: number;
  readonly #site: Error | undefined;
  body: (() => T | PromiseLike<T>) | undefined;
  phase: "pending" | "running" | "done" | "failed" | "cancelled" = "pending";
  /** The value when done, the error when failed or cancelled. */
  result: unknown = undefined;
  joiners: WaitQueue | undefined = undefined;
  /** Somebody has seen the failure, or will. */
  observed = false;

  constructor(
    parent: Scope,
    body: () => T | PromiseLike<T>,
    name: string | undefined,
    withSite: boolean = true,
  ) {
    super(parent.runtime, parent);
    this.task = this as RunningTask;
    this.id = nextId++;
    this.#name = name ?? body.name;
    this.body = body;
    this.spawnedMs = parent.runtime.coarseMs();
    this.#site = withSite ? captureSite(parent.runtime, this.spawnedMs) : undefined;
    parent.liveTasks++;
    parent.runtime.spawned++;
    if (spawnEvent.hasSubscribers) spawnEvent.publish({ task: this });
  }

  get name(): string {
    return this.#name === "" ? `task ${this.id}` : this.#name;
  }

  get state(): TaskState {
    if (this.phase !== "running") return this.phase;
    return this.firstParked === undefined ? "running" : "parked";
  }

  get site(): string | undefined {
    return siteText(this.#site);
  }

  override describe(): string {
    const site = this.site;
    return `task "${this.name}"${site === undefined ? "" : ` (spawned at ${site})`}`;
  }

  get ended(): boolean {
    return this.phase !== "pending" && this.phase !== "running";
  }

  // oxlint-disable-next-line unicorn/no-thenable -- a task is awaited like a promise
  then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.join().then(fulfilled, rejected);
  }

  join(options?: WaitOptions): Promise<T> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    if (this.ended) {
      if (this.phase === "done") return scope.runtime.ready(this.result as T);
      return Promise.reject(this.claimError());
    }
    checkJoin(scope, this as RunningTask);
    this.observed = true;
    const park = new Park<T>(scope, this, "join");
    (this.joiners ??= new WaitQueue()).push(park);
    return park.wait(options);
  }

  cancel(reason?: unknown): Promise<void> {
    this.abort(reason);
    const ended = this.untilEnded();
    // Asking to cancel and not waiting is fine, also from a scope that is cancelled itself.
    ended.catch(ignore);
    return ended;
  }

  /** Resolves when the task has ended, however it ended. */
  untilEnded(cancellable: boolean = true): Promise<void> {
    const scope = currentScope();
    if (cancellable && scope.cancellation !== undefined) return scope.refuse();
    if (this.ended) return scope.runtime.done();
    const park = new Park<void>(scope, this, "wait for the end of", ONLY_END, cancellable);
    (this.joiners ??= new WaitQueue()).push(park);
    return park.wait();
  }

  detach(): this {
    const { parent, runtime } = this;
    if (parent !== undefined && parent !== runtime.root && !this.ended) {
      this.detachFrom(parent);
      this.attach(runtime.root);
      runtime.root.liveTasks++;
      parent.childEnded();
    }
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort("its owner's block ended");
    await this.untilEnded(false);
    this.observed = true;
  }

  poll(): unknown {
    if (!this.ended) return NOT_READY;
    if (this.phase !== "done") throw this.claimError();
    return this.result;
  }

  enlist(waiter: Waiter): void {
    checkJoin(waiter.park.scope, this as RunningTask);
    this.observed = true;
    (this.joiners ??= new WaitQueue()).push(waiter);
  }

  abandon(_waiter: Waiter): void {
    if (this.joiners?.size === 0 && !this.ended) this.observed = false;
  }

  /** True once: whoever gets it is responsible for the error. */
  claimFailure(): boolean {
    if (this.observed) return false;
    this.observed = true;
    return true;
  }

  claimError(): unknown {
    this.observed = true;
    if (this.phase === "failed") return this.result;
    return new RuntimeError("TASK_CANCELLED", `Joined ${this.describe()}, which was cancelled`, {
      cause: this.result,
    });
  }

  /** The body and everything spawned in it are over. */
  finish(phase: "done" | "failed" | "cancelled", result: unknown): void {
    const leak = this.runtime.ledger?.leakOf(this as RunningTask);
    if (leak === undefined) this.#finish(phase, result);
    else this.#finish("failed", phase === "failed" ? new AggregateError([result, leak]) : leak);
  }

  #finish(phase: "done" | "failed" | "cancelled", result: unknown): void {
    const { parent, runtime } = this;
    this.phase = phase;
    this.result = result;
    this.close();
    runtime.finished++;
    if (phase === "failed") runtime.failed++;
    else if (phase === "cancelled") runtime.cancelled++;
    if (endEvent.hasSubscribers) {
      const ageMs = runtime.io.clock.monotonicMs() - this.spawnedMs;
      endEvent.publish({ task: this, state: phase, ageMs });
    }
    this.#wakeJoiners();
    if (parent === undefined) return;
    if (phase === "failed") {
      if (parent === runtime.root) this.#reportUnlessJoined();
      else if (!this.observed) parent.childFailed(this as RunningTask);
    }
    parent.childEnded();
  }

  #wakeJoiners(): void {
    const { joiners } = this;
    if (joiners === undefined) return;
    for (let waiter = joiners.shift(); waiter !== undefined; waiter = joiners.shift()) {
      if (waiter.item === ONLY_END) waiter.park.wake(waiter, undefined);
      else if (this.phase === "done") waiter.park.wake(waiter, this.result);
      else waiter.park.fail(waiter, this.claimError());
    }
  }

  /** Nothing surrounds a detached task: its error is reported, unless somebody joins it in this turn. */
  #reportUnlessJoined(): void {
    this.runtime.io.turns.after(() => {
      if (this.claimFailure()) this.runtime.reportDetached(this.result, this as RunningTask);
    });
  }
}

const ONLY_END = Symbol("only the end");

function ignore(): void {}

/**
 * Runs a function beside the caller, in the caller's scope.
 *
 * The scope (the task, `group`, `withTimeout` or `run` around the call) does not end before the task.
 */
export function spawn<T>(body: () => T | PromiseLike<T>, options?: SpawnOptions): Task<T> {
  return spawnIn(currentScope(), body, options?.name);
}

export function spawnIn<T>(
  scope: Scope,
  body: () => T | PromiseLike<T>,
  name: string | undefined,
): RunningTask<T> {
  const task = createIn(scope, body, name, true);
  start(task as RunningTask);
  return task;
}

/** As `spawnIn`, but the body begins inside this call. */
export function spawnNowIn<T>(
  scope: Scope,
  body: () => T | PromiseLike<T>,
  name: string | undefined,
): RunningTask<T> {
  // Its site would be the callback, the same for all of them.
  const task = createIn(scope, body, name, false);
  startNow(task as RunningTask);
  return task;
}

function createIn<T>(
  scope: Scope,
  body: () => T | PromiseLike<T>,
  name: string | undefined,
  withSite: boolean,
): RunningTask<T> {
  if (scope.closed) {
    throw new RuntimeError("CLOSED", `Cannot spawn in ${scope.describe()}: it has ended`);
  }
  return new RunningTask<T>(scope, body, name, withSite);
}

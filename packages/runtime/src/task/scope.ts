/**
 * The scope tree: who runs inside what, and how cancellation travels.
 *
 * Every piece of running code has one current scope, carried by AsyncLocalStorage (measured on Node
 * 26.10: 10 ns to read, nothing on an await). A task is a scope (`task.ts`); `withTimeout`, `shield`
 * and `group` open a scope inside a task. A scope ends after every task that was spawned in it.
 *
 * Invariants:
 * 1. `cancellation` is set once and never taken back: cancellation is level-triggered. Every
 *    suspension point in a cancelled scope throws it, so code that swallows it once does not escape.
 * 2. When a scope is cancelled, so are all its descendants, except below a shield.
 * 3. Cancelling settles every cancellable wait in the affected scopes in the same synchronous step;
 *    no user code runs during it.
 * 4. A scope is in its parent's list of children from when it is opened until it is closed.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { CancelError } from "../errors.ts";
import { pace } from "../runtime/pace.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { Park } from "../wait/park.ts";
import type { Waitable } from "../wait/waiter.ts";
import type { RunningTask } from "./task.ts";

/** Carries the current scope. `enterWith` is used only where a task starts (`task.ts`). */
export const ambient: AsyncLocalStorage<Scope> = new AsyncLocalStorage<Scope>();

const DRAIN: Waitable = { describe: () => "its child tasks" };

export class Scope {
  readonly runtime: Runtime;
  parent: Scope | undefined;
  /** The task whose code runs in this scope; undefined in a runtime's root. */
  task: RunningTask | undefined = undefined;
  /** Set once: the scope is cancelled, by its own abort() or by an ancestor's. */
  cancellation: CancelError | undefined = undefined;
  /** Cancellation from above stops here; see `shield`. */
  readonly shielded: boolean;
  firstChild: Scope | undefined = undefined;
  nextSibling: Scope | undefined = undefined;
  previousSibling: Scope | undefined = undefined;
  /** Waits in progress, in no particular order. Code in one scope usually has one. */
  firstParked: Park | undefined = undefined;
  /** Tasks spawned in this scope and not yet over. */
  liveTasks = 0;
  /** Tasks of this scope that failed and that nobody has joined yet. */
  failures: RunningTask[] | undefined = undefined;
  /** Who waits for liveTasks to become 0. */
  drainer: Park | undefined = undefined;
  closed = false;
  controller: AbortController | undefined = undefined;

  constructor(runtime: Runtime, parent: Scope | undefined, shielded: boolean = false) {
    this.runtime = runtime;
    this.parent = parent;
    this.shielded = shielded;
    if (parent !== undefined) {
      this.task = parent.task;
      if (!shielded && parent.cancellation !== undefined) {
        this.cancellation = parent.cancellation;
        pace.restrict();
      }
      this.attach(parent);
    }
  }

  attach(parent: Scope): void {
    const first = parent.firstChild;
    this.parent = parent;
    this.nextSibling = first;
    if (first !== undefined) first.previousSibling = this;
    parent.firstChild = this;
  }

  detachFrom(parent: Scope): void {
    const { nextSibling, previousSibling } = this;
    if (previousSibling === undefined) parent.firstChild = nextSibling;
    else previousSibling.nextSibling = nextSibling;
    if (nextSibling !== undefined) nextSibling.previousSibling = previousSibling;
    this.nextSibling = undefined;
    this.previousSibling = undefined;
  }

  describe(): string {
    return this.task?.describe() ?? "the program";
  }

  /** As `describe`, without the spawn site, whose text costs microseconds. */
  label(): string {
    return this.task === undefined ? "the program" : `task "${this.task.name}"`;
  }

  /** What every operation does first: a rejected promise, made when the scope is cancelled. */
  refuse(): Promise<never> {
    return Promise.reject(this.cancellation);
  }

  enter(park: Park): void {
    const first = this.firstParked;
    park.nextParked = first;
    if (first !== undefined) first.previousParked = park;
    this.firstParked = park;
    this.runtime.parked++;
  }

  leave(park: Park): void {
    const { nextParked, previousParked } = park;
    if (previousParked === undefined) this.firstParked = nextParked;
    else previousParked.nextParked = nextParked;
    if (nextParked !== undefined) nextParked.previousParked = previousParked;
    park.nextParked = undefined;
    park.previousParked = undefined;
    this.runtime.parked--;
  }

  /** Cancels this scope and what is below it. The first cancellation of a scope is the one that stays. */
  abort(reason: unknown): void {
    if (this.cancellation !== undefined) return;
    this.cancelWith(new CancelError(this.label(), reason, this));
  }

  cancelWith(error: CancelError): void {
    const pending: Scope[] = [this];
    const controllers: AbortController[] = [];
    for (let scope = pending.pop(); scope !== undefined; scope = pending.pop()) {
      if (scope.cancellation !== undefined) continue;
      scope.cancellation = error;
      if (!scope.closed) pace.restrict();
      if (scope.controller !== undefined) controllers.push(scope.controller);
      scope.#giveUpParked(error);
      for (let child = scope.firstChild; child !== undefined; child = child.nextSibling) {
        if (child.shielded) child.outerCancelled(error);
        else pending.push(child);
      }
    }
    // Listeners are foreign code, so they run when the tree is consistent again.
    for (const controller of controllers) controller.abort(error);
  }

  #giveUpParked(error: CancelError): void {
    let park = this.firstParked;
    while (park !== undefined) {
      if (park.cancellable) {
        park.giveUp(error);
        // What was abandoned may have woken another wait of this scope: start over.
        park = this.firstParked;
      } else {
        park = park.nextParked;
      }
    }
  }

  /** A shield learns that what surrounds it has been cancelled; it may start its grace period. */
  outerCancelled(_error: CancelError): void {}

  /**
   * A task spawned in this scope failed and nobody is joining it. The work of the scope is cancelled and
   * the error thrown where the scope ends: an error is never silent while its scope lives on.
   */
  childFailed(task: RunningTask): void {
    (this.failures ??= []).push(task);
    this.abort(task.result);
  }

  childEnded(): void {
    this.liveTasks--;
    if (this.liveTasks === 0 && this.drainer !== undefined) {
      const drainer = this.drainer;
      this.drainer = undefined;
      drainer.wake(drainer, undefined);
    }
  }

  /** Waits until no task that was spawned in this scope is left. Cancellation does not end it. */
  drain(): Promise<void> {
    const park = new Park<void>(this, DRAIN, "wait for", undefined, false);
    this.drainer = park as Park;
    return park.wait();
  }

  /** The errors of tasks that nobody has joined. */
  takeFailures(): unknown[] {
    const { failures } = this;
    if (failures === undefined) return [];
    this.failures = undefined;
    return failures.filter((task) => task.claimFailure()).map((task) => task.result);
  }

  /** An AbortSignal for code that is not ours, made on first use. */
  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.cancellation !== undefined) this.controller.abort(this.cancellation);
    }
    return this.controller.signal;
  }

  /** The scope is over: it leaves the tree. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    if (this.cancellation !== undefined) pace.relax();
    if (this.parent !== undefined) this.detachFrom(this.parent);
  }
}

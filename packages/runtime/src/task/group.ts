/**
 * Groups: tasks that belong together and end together.
 *
 * `group(fn)` is the usual form: it knows how its block ended, so it joins the tasks when the block
 * returned and cancels them when it threw. `await using g = new Group()` cannot know (a disposer is not
 * told), so leaving its block cancels what is still running; call `wait()` first to join.
 */
import { type CancelError, RuntimeError } from "../errors.ts";
import { currentScope } from "../runtime/runtime.ts";
import { Park, type WaitOptions } from "../wait/park.ts";
import { WaitQueue, type Waitable } from "../wait/waiter.ts";
import { joinErrors, runBlock } from "./block.ts";
import { Scope } from "./scope.ts";
import { spawnIn, spawnNowIn, type RunningTask, type SpawnOptions, type Task } from "./task.ts";

export interface GroupOptions {
  /** How many tasks run at once; `spawn` beyond it queues. Default: no limit. */
  readonly limit?: number;
  /** Whether the first failure cancels the other tasks. Default: true. */
  readonly failFast?: boolean;
  /**
   * Told of each failure that nobody joins, which then neither cancels the others nor is kept to be
   * thrown: for groups that live as long as a server does.
   */
  readonly onFailure?: (error: unknown, task: Task<unknown>) => void;
}

class GroupScope extends Scope {
  readonly failFast: boolean;
  readonly onFailure: GroupOptions["onFailure"];

  constructor(parent: Scope, failFast: boolean, onFailure: GroupOptions["onFailure"]) {
    super(parent.runtime, parent);
    this.failFast = failFast;
    this.onFailure = onFailure;
  }

  override childFailed(task: RunningTask): void {
    if (this.onFailure !== undefined) {
      if (task.claimFailure()) this.onFailure(task.result, task);
    } else if (this.failFast) super.childFailed(task);
    else (this.failures ??= []).push(task);
  }
}

export class Group implements AsyncDisposable, Waitable {
  readonly #parent: Scope;
  readonly #failFast: boolean;
  readonly #onFailure: GroupOptions["onFailure"];
  readonly #limit: number;
  #scope: GroupScope;
  #running = 0;
  readonly #waiting = new WaitQueue();

  constructor(options: GroupOptions = {}) {
    const { limit = Infinity, failFast = true } = options;
    if (!(limit >= 1)) throw new RangeError(`A group's limit must be at least 1: ${limit} is not`);
    this.#parent = currentScope();
    this.#failFast = failFast;
    this.#onFailure = options.onFailure;
    this.#limit = limit;
    this.#scope = this.#open();
  }

  /** Tasks that have been spawned and are not over. */
  get size(): number {
    return this.#scope.liveTasks;
  }

  get scope(): Scope {
    return this.#scope;
  }

  describe(): string {
    return `a place in the group of ${this.#parent.describe()}`;
  }

  /** Spawns a task in the group; with a limit it begins when there is room. */
  spawn<T>(body: () => T | PromiseLike<T>, options?: SpawnOptions): Task<T> {
    const name = options?.name ?? body.name;
    const run = this.#limit === Infinity ? body : (): Promise<T> => this.#limited(body);
    return spawnIn(this.#scope, run, name);
  }

  /**
   * As `spawn`, but the body begins inside this call, and may be over when it returns. For callbacks of
   * the host (`Listener.onConnection`, `ByteReader.tap`), which have no task that could suspend first.
   */
  spawnNow<T>(body: () => T | PromiseLike<T>, options?: SpawnOptions): Task<T> {
    return spawnNowIn(this.#scope, body, options?.name ?? body.name);
  }

  /**
   * Waits until every task is over; throws what they failed with. When the wait is cancelled or times
   * out, so are the tasks. The group can be used again afterwards, also after a failure.
   */
  async wait(options?: WaitOptions): Promise<void> {
    const scope = this.#scope;
    if (scope.liveTasks > 0) await this.#untilEmpty(scope, options);
    this.#reopen(scope);
    const errors = joinErrors(scope, false, undefined);
    if (errors !== undefined) throw errors.error;
    const outer = this.#parent.cancellation;
    if (outer !== undefined) throw outer;
  }

  /** Cancels every task and waits until they are over. The group can be used again. */
  async cancel(reason?: unknown): Promise<void> {
    const scope = this.#scope;
    scope.abort(reason);
    if (scope.liveTasks > 0) await scope.drain();
    this.#reopen(scope);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const scope = this.#scope;
    scope.abort("the group's block ended");
    if (scope.liveTasks > 0) await scope.drain();
    scope.close();
    const errors = joinErrors(scope, false, undefined);
    if (errors !== undefined) throw errors.error;
  }

  /** The function form of the group: see `group`. */
  runBody<T>(body: (group: Group) => T | PromiseLike<T>): Promise<T> {
    return runBlock(this.#scope, () => body(this));
  }

  #open(): GroupScope {
    return new GroupScope(this.#parent, this.#failFast, this.#onFailure);
  }

  #reopen(scope: GroupScope): void {
    if (scope !== this.#scope || scope.liveTasks > 0) return;
    if (scope.cancellation === undefined) return;
    scope.close();
    this.#scope = this.#open();
  }

  async #untilEmpty(scope: GroupScope, options: WaitOptions | undefined): Promise<void> {
    const caller = currentScope();
    if (caller.cancellation === undefined) {
      const park = new Park<void>(caller, this, "wait for");
      if (scope.drainer !== undefined) {
        throw new RuntimeError(
          "LIMIT",
          `Two tasks wait for the group of ${this.#parent.describe()}`,
        );
      }
      scope.drainer = park as Park;
      try {
        return await park.wait(options);
      } catch (error) {
        scope.drainer = undefined;
        await this.cancel(error);
        throw error;
      }
    }
    await this.cancel(caller.cancellation);
    throw caller.cancellation as CancelError;
  }

  async #limited<T>(body: () => T | PromiseLike<T>): Promise<T> {
    if (this.#running >= this.#limit) {
      const park = new Park<void>(currentScope(), this, "wait for");
      this.#waiting.push(park);
      await park.wait();
    } else {
      this.#running++;
    }
    try {
      return await body();
    } finally {
      const next = this.#waiting.shift();
      // The place goes to the next in line, so the count stays.
      if (next === undefined) this.#running--;
      else next.park.wake(next, undefined);
    }
  }
}

/**
 * Runs a block that spawns tasks. Returns when the block and all tasks are over; when the block or a
 * task throws, cancels the rest, waits for it, and throws: one error as it is, several as AggregateError.
 */
export async function group<T>(
  body: (group: Group) => T | PromiseLike<T>,
  options?: GroupOptions,
): Promise<T> {
  const scope = currentScope();
  if (scope.cancellation !== undefined) throw scope.cancellation;
  return new Group(options).runBody(body);
}

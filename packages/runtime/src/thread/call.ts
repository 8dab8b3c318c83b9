/**
 * One call of a thread task, as its caller sees it.
 *
 *     waiting → offered → begun → over
 *        ↑______|  (stolen, or its thread died before it began)
 *
 * The caller's task waits here. When it is cancelled, a call that has not begun is over at once; one
 * that has begun is told, and the caller waits on until it has ended there, because a scope ends after
 * all that runs in it. When that takes longer than the grace, the thread is ended.
 */
import { RuntimeError } from "../errors.ts";
import { currentScope } from "../runtime/runtime.ts";
import type { Scope } from "../task/scope.ts";
import type { TimerEntry } from "../time/timer-heap.ts";
import { durationMs } from "../time/duration.ts";
import { Park } from "../wait/park.ts";
import type { Waitable, Waiter } from "../wait/waiter.ts";
import type { TaskDefinition } from "./define-task.ts";
import { decodeError, type EncodedValue } from "./error-codec.ts";
import type { CallRequest } from "./place.ts";
import type { PoolThread } from "./pool-thread.ts";
import type { ThreadPool } from "./thread-pool.ts";

export type CallState = "waiting" | "offered" | "begun" | "over";

export class Call implements Waitable, TimerEntry {
  readonly id: number;
  readonly request: CallRequest;
  /** `task "resize" (spawned at …)`: who called. */
  readonly caller: string;
  state: CallState = "waiting";
  thread: PoolThread | undefined;
  slot = -1;
  dueMs = 0;
  heapIndex = -1;
  timerOrder = 0;
  readonly #pool: ThreadPool;
  readonly #scope: Scope;
  #waiter: Park | undefined;

  constructor(pool: ThreadPool, id: number, request: CallRequest, scope: Scope) {
    this.#pool = pool;
    this.id = id;
    this.request = request;
    this.#scope = scope;
    this.caller = scope.describe();
  }

  describe(): string {
    const where = this.thread === undefined ? "a thread" : `thread ${this.thread.index}`;
    return `thread task "${this.request.definition.name}" on ${where}`;
  }

  /** Waits for the result. REQUIRES: the pool knows the call. */
  async result(): Promise<unknown> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) throw scope.cancellation;
    const park = new Park(scope, this, "run");
    this.#waiter = park;
    try {
      return await park.wait();
    } catch (error) {
      if (!this.over) await this.#ended();
      throw error;
    }
  }

  get over(): boolean {
    return this.state === "over";
  }

  succeed(value: unknown): void {
    const waiter = this.#end();
    waiter?.wake(waiter, value);
  }

  fail(error: unknown): void {
    const waiter = this.#end();
    waiter?.fail(waiter, error);
  }

  failEncoded(error: EncodedValue): void {
    this.fail(decodeError(error));
  }

  /** The caller gave up. */
  abandon(_waiter: Waiter): void {
    this.#waiter = undefined;
    if (this.over || this.#pool.withdraw(this)) return;
    this.thread!.cancel(this, this.#scope.cancellation?.reason);
    const { grace } = this.request.options;
    const graceMs = grace === undefined ? this.#pool.graceMs : durationMs(grace);
    if (this.heapIndex === -1) this.#scope.runtime.timers.add(this, graceMs);
  }

  /** The grace is over and the call still runs. */
  fire(): void {
    this.thread?.end(
      new RuntimeError(
        "THREAD",
        `Thread ${this.thread.index} was ended: "${this.request.definition.name}", called by ${this.caller}, ` +
          "was cancelled and did not stop in its time of grace",
      ),
    );
  }

  /** Waits, whatever happens to the caller, until the call has ended on its thread. */
  #ended(): Promise<unknown> {
    const park = new Park(this.#scope, this, "wait for the end of", undefined, false);
    this.#waiter = park;
    return park.wait().then(nothing, nothing);
  }

  #end(): Park | undefined {
    this.state = "over";
    this.#scope.runtime.timers.remove(this);
    const waiter = this.#waiter;
    this.#waiter = undefined;
    return waiter;
  }
}

function nothing(): void {}

/** What a call fails with when its arguments or its result cannot be copied. */
export function cloneFailure(error: unknown, task: TaskDefinition, caller: string): unknown {
  if (!(error instanceof Error) || error.name !== "DataCloneError") return error;
  return new TypeError(
    `Cannot pass a value of "${task.name}", called by ${caller}, between threads: ${error.message}`,
    { cause: error },
  );
}

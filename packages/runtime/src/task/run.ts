/** The door from ordinary code into the runtime, and back. */
import { deadlockError, parkedIn } from "../insight/deadlock.ts";
import type { RuntimeError } from "../errors.ts";
import { Watchdog, type Stall } from "../insight/watchdog.ts";
import { Runtime, currentScope, type RuntimeOptions } from "../runtime/runtime.ts";
import { checkNotImporting } from "../thread/importing.ts";
import { placeOf } from "../thread/place.ts";
import { durationMs, type Duration } from "../time/duration.ts";
import { ambient } from "./scope.ts";
import { spawnIn, type RunningTask, type SpawnOptions } from "./task.ts";

export interface RunOptions extends RuntimeOptions, SpawnOptions {
  /**
   * Watches for a task that keeps its thread for longer than this without yielding, from a second
   * thread, and reports it by name with its stack. Default: nobody watches.
   */
  readonly stallAfter?: Duration;
  /** Told of a stall when the thread is free again. Default: stderr is, at once. */
  readonly onStall?: (error: RuntimeError, stall: Stall) => void;
}

/**
 * Runs `main` as the root of a tree of tasks, and ends when the whole tree has ended.
 *
 * When main is over, detached tasks are cancelled and waited for. When every task is parked and the
 * host has nothing left to do, so that nothing can ever wake them, throws DEADLOCK with the report of
 * who waits for what instead of letting the process end in silence.
 */
export async function run<T>(main: () => T | PromiseLike<T>, options: RunOptions = {}): Promise<T> {
  checkNotImporting();
  const runtime = new Runtime(options);
  if (options.threads !== undefined) placeOf(runtime).start();
  if (options.stallAfter !== undefined) watch(runtime, options.stallAfter, options.onStall);
  return runIn(runtime, main, options.name ?? "main");
}

function watch(runtime: Runtime, after: Duration, onStall: RunOptions["onStall"]): void {
  const stallMs = durationMs(after);
  if (!(stallMs >= 4)) throw new RangeError(`stallAfter must be at least 4 ms: ${after} is not`);
  const watchdog = new Watchdog({ stallMs, onStall });
  runtime.atEnd.push(() => watchdog.stop());
}

export async function runIn<T>(
  runtime: Runtime,
  main: () => T | PromiseLike<T>,
  name: string,
): Promise<T> {
  const outer = ambient.getStore();
  if (outer?.cancellation !== undefined) throw outer.cancellation;
  const task = spawnIn(runtime.root, main, name);
  task.observed = true;
  const unlink = outer === undefined ? undefined : follow(outer.signal, task);
  let deadlock: RuntimeError | undefined;
  const stopWatching = runtime.io.turns.onIdle(() => {
    if (runtime.root.liveTasks === 0) return;
    if (deadlock === undefined) {
      deadlock = deadlockError(runtime);
      runtime.root.abort(deadlock);
    } else {
      // What is left waits for a promise that is not ours, which no cancellation reaches.
      for (const park of parkedIn(runtime.root)) park.giveUp(deadlock);
    }
  });
  try {
    await ambient.run(runtime.root, () => task.untilEnded(false));
    runtime.root.abort("main ended");
    if (runtime.root.liveTasks > 0) await runtime.root.drain();
  } finally {
    for (const close of runtime.atEnd) await close();
    runtime.root.close();
    stopWatching();
    unlink?.();
  }
  if (deadlock !== undefined && task.phase === "cancelled") throw deadlock;
  if (task.phase !== "done") throw task.result;
  const leak = runtime.ledger?.leakAtEnd();
  if (leak !== undefined) throw leak;
  return task.result as T;
}

/** A run inside a task of another runtime is cancelled with it. */
function follow(signal: AbortSignal, task: RunningTask): () => void {
  const cancel = (): void => void task.cancel(signal.reason);
  signal.addEventListener("abort", cancel, { once: true });
  return () => signal.removeEventListener("abort", cancel);
}

/** Cancellation as a value: whether the current scope has been cancelled. Never throws. */
export function isCancelled(): boolean {
  return currentScope().cancellation !== undefined;
}

/** A suspension point that does not suspend: throws when the current scope has been cancelled. */
export function checkCancelled(): void {
  const { cancellation } = currentScope();
  if (cancellation !== undefined) throw cancellation;
}

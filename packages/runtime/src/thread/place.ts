/** Where a runtime's thread tasks run: its pool of threads, or the thread that calls. */
import type { Runtime } from "../runtime/runtime.ts";
import type { CallOptions, TaskDefinition } from "./define-task.ts";
import { InProcess } from "./in-process.ts";
import { ThreadPool, type ThreadOptions } from "./thread-pool.ts";

/** What is to be run. */
export interface CallRequest {
  readonly definition: TaskDefinition;
  readonly args: readonly unknown[];
  readonly options: CallOptions;
  /** Whether the task is to be called once for each of `args`, for the array of results. */
  readonly each: boolean;
}

export interface Place {
  /** How many calls can compute at once. */
  readonly threads: number;
  /** Runs it; ends when the call has ended also on its thread. */
  call(request: CallRequest): Promise<unknown>;
  /** RangeError when there is no such thread. */
  checkThread(index: number): void;
  /** Gets ready now rather than at the first call. */
  start(): void;
  close(): Promise<void>;
}

const places = new WeakMap<Runtime, Place>();
let inPoolThread = false;

/** This thread belongs to a pool: what it calls runs on itself, since its siblings are its caller's. */
export function markPoolThread(): void {
  inPoolThread = true;
}

/**
 * The place of a runtime, made on first use. A simulated runtime runs thread tasks as its own tasks, so
 * that its seed rules over them too; arguments and results are copied all the same.
 */
export function placeOf(runtime: Runtime): Place {
  let place = places.get(runtime);
  if (place === undefined) {
    const inProcess = inPoolThread || runtime.isSimulated || runtime.threads === 0;
    place = inProcess ? new InProcess() : new ThreadPool(runtime, optionsOf(runtime));
    places.set(runtime, place);
    runtime.atEnd.push(() => place!.close());
  }
  return place;
}

function optionsOf(runtime: Runtime): ThreadOptions {
  const { threads } = runtime;
  return typeof threads === "object" ? threads : { count: threads ?? "auto" };
}

/** The runtime around the caller, for programs that want to look at it. */
import { currentRuntime } from "../runtime/runtime.ts";
import { parkedIn } from "./deadlock.ts";
import { dumpScope, formatDump, type TaskDump } from "./dump.ts";

export interface Metrics {
  readonly spawned: number;
  /** Tasks that are over, however they ended. */
  readonly finished: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Tasks that are not over. */
  readonly live: number;
  /** Waits in progress. */
  readonly parked: number;
  /** Deadlines that have not passed. */
  readonly timers: number;
  /** How often the tasks let the host take its turn because they had used theirs up. */
  readonly turns: number;
}

export interface RuntimeView {
  /** The tree of tasks: state, what each waits for, age, where it was spawned. */
  dump(): TaskDump[];
  /** The same as text. */
  dumpText(): string;
  metrics(): Metrics;
}

/** The runtime in which the caller runs. */
export const runtime: RuntimeView = {
  dump: () => dumpScope(currentRuntime().root),
  dumpText: () => formatDump(dumpScope(currentRuntime().root)),
  metrics: () => {
    const { spawned, finished, failed, cancelled, timers, turns, ...rest } = currentRuntime();
    const live = spawned - finished;
    // run() itself waits for main in the root; that is nobody's wait.
    const own = parkedIn(rest.root).filter((park) => !park.cancellable).length;
    const parked = rest.parked - own;
    return { spawned, finished, failed, cancelled, live, parked, timers: timers.size, turns };
  },
};

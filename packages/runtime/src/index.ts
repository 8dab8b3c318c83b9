/** Everything that @hotpath/runtime offers, in the order of its README. */
export { run, checkCancelled, isCancelled, type RunOptions } from "./task/run.ts";
export { spawn, type SpawnOptions, type Task, type TaskState } from "./task/task.ts";
export { Group, group, type GroupOptions } from "./task/group.ts";
export {
  deadline,
  moveOnAfter,
  shield,
  withTimeout,
  type Moved,
  type ShieldOptions,
} from "./task/timeout.ts";
export { external, simulate, type SimulateOptions } from "./simulate/simulate.ts";
export { explore, type ExploreOptions } from "./simulate/explore.ts";
export { select, type Cases, type Selected } from "./select/select.ts";
export type { Got, Selectable } from "./select/selectable.ts";
export { After, after, maybeYield, sleep, yieldNow } from "./time/sleep.ts";
export { durationMs, formatDuration, type Duration } from "./time/duration.ts";
export type { WaitOptions } from "./wait/park.ts";
export type { Alarm, Clock, Io, Turns } from "./io/io.ts";
export { nodeIo } from "./io/node-io.ts";
export {
  CancelError,
  ClosedError,
  InvariantError,
  RuntimeError,
  TimeoutError,
  type RuntimeErrorCode,
} from "./errors.ts";

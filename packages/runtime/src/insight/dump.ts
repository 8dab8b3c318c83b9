/** What every task is doing, as a tree: for a signal handler, a debug route, a hung test. */
import { formatDuration } from "../time/duration.ts";
import type { Scope } from "../task/scope.ts";
import type { RunningTask, TaskState } from "../task/task.ts";
import { childrenOf, ownWaits } from "./deadlock.ts";

export interface TaskDump {
  readonly id: number;
  readonly name: string;
  readonly state: TaskState;
  readonly cancelled: boolean;
  /** What it is parked in: `receive on channel orders`. More than one when it waits for several at once. */
  readonly waits: readonly string[];
  readonly ageMs: number;
  readonly site: string | undefined;
  readonly children: readonly TaskDump[];
}

export function dumpScope(scope: Scope): TaskDump[] {
  return childTasks(scope).map((task) => dumpTask(task));
}

/** The tasks spawned in a scope, through the blocks that lie between. */
function childTasks(scope: Scope): RunningTask[] {
  return childrenOf(scope).flatMap((child) => {
    const { task } = child;
    return task !== undefined && (task as Scope) === child ? [task] : childTasks(child);
  });
}

function dumpTask(task: RunningTask): TaskDump {
  const waits = ownWaits(task).map((park) => park.describeWait());
  return {
    id: task.id,
    name: task.name,
    state: waits.length > 0 && task.state === "running" ? "parked" : task.state,
    cancelled: task.cancellation !== undefined,
    waits,
    ageMs: task.runtime.io.clock.monotonicMs() - task.spawnedMs,
    site: task.site,
    children: dumpScope(task),
  };
}

/** The same for people: one task a line, children indented. */
export function formatDump(tasks: readonly TaskDump[], indent: string = ""): string {
  return tasks
    .map((task) => {
      const waits = task.waits.length === 0 ? "" : `: ${task.waits.join("; ")}`;
      const cancelled = task.cancelled ? ", being cancelled" : "";
      const age = formatDuration(Math.round(task.ageMs));
      const site = task.site === undefined ? "" : ` @ ${task.site}`;
      const line = `${indent}${task.name} #${task.id} ${task.state}${cancelled} ${age}${waits}${site}`;
      return [line, formatDump(task.children, `${indent}  `)]
        .filter((part) => part !== "")
        .join("\n");
    })
    .join("\n");
}

/** Finds the join that can never return: a task that waits for itself, round whatever corner. */
import { RuntimeError } from "../errors.ts";
import type { Scope } from "./scope.ts";
import type { RunningTask } from "./task.ts";

/** Throws CYCLIC_JOIN when `target` cannot end before the task of `scope` goes on. */
export function checkJoin(scope: Scope, target: RunningTask): void {
  const self = scope.task;
  if (self === undefined) return;
  const path: RunningTask[] = [self];
  for (let task: RunningTask | undefined = target; task !== undefined; task = joinedBy(task)) {
    path.push(task);
    if (task === self || surrounds(task, self)) throw cyclicJoin(path);
    if (path.length > 1000) return;
  }
}

/** The task that `task` is joining, if that is the one thing it is parked in. */
function joinedBy(task: RunningTask): RunningTask | undefined {
  const park = task.firstParked;
  if (park === undefined || park.nextParked !== undefined || park.operation !== "join")
    return undefined;
  return park.target as RunningTask;
}

/** Whether `outer` waits for `inner` at its end, because it runs inside it. */
function surrounds(outer: RunningTask, inner: RunningTask): boolean {
  for (let scope = inner.parent; scope !== undefined; scope = scope.parent) {
    if (scope === outer) return true;
  }
  return false;
}

function cyclicJoin(path: readonly RunningTask[]): RuntimeError {
  const chain = path.map((task) => task.describe()).join(" waits for ");
  return new RuntimeError("CYCLIC_JOIN", `Cannot join, because nobody would ever go on: ${chain}`);
}

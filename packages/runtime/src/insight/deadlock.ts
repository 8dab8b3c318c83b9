/** The report of a deadlock: who waits for what, and who would have to act. */
import { RuntimeError } from "../errors.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Scope } from "../task/scope.ts";
import type { RunningTask } from "../task/task.ts";
import type { Park } from "../wait/park.ts";

/** The waits in progress in one scope. */
export function parkedIn(scope: Scope): Park[] {
  const parks: Park[] = [];
  for (let park = scope.firstParked; park !== undefined; park = park.nextParked) parks.push(park);
  return parks;
}

/** The tasks below a scope, depth first, each with the waits of its own code. */
export function* tasksBelow(scope: Scope): Generator<readonly [RunningTask, readonly Park[]]> {
  for (const child of childrenOf(scope)) {
    if (child.task === child) yield [child.task, ownWaits(child)];
    yield* tasksBelow(child);
  }
}

/** What the code of one task is parked in, its blocks included. */
export function ownWaits(scope: Scope): Park[] {
  const parks = parkedIn(scope);
  for (const child of childrenOf(scope)) {
    if (child.task !== child) parks.push(...ownWaits(child));
  }
  return parks;
}

/** Oldest first. */
export function childrenOf(scope: Scope): Scope[] {
  const children: Scope[] = [];
  for (let child = scope.firstChild; child !== undefined; child = child.nextSibling) {
    children.push(child);
  }
  return children.reverse();
}

/** One line per wait: `task "b" waits: lock on mutex, held by task "a"`. */
export function waitLines(runtime: Runtime): string[] {
  const lines: string[] = [];
  for (const [task, parks] of tasksBelow(runtime.root)) {
    for (const park of parks) lines.push(`  ${task.describe()} waits: ${park.describeWait()}`);
    if (parks.length === 0 && task.phase === "running") {
      lines.push(`  ${task.describe()} waits: a promise from outside the runtime`);
    }
  }
  return lines;
}

export function deadlockError(runtime: Runtime): RuntimeError {
  const lines = waitLines(runtime);
  return new RuntimeError(
    "DEADLOCK",
    `Every task is parked and nothing can wake one:\n${lines.join("\n")}`,
  );
}

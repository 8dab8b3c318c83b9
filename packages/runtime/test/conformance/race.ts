/**
 * A race is a small program with a seeded shape and invariants that must hold however its tasks are
 * interleaved. `simulated.test.ts` runs each under thousands of schedules, `real.test.ts` on Node.
 */
import assert from "node:assert/strict";
import {
  CancelError,
  TimeoutError,
  runtime,
  sleep,
  spawn,
  yieldNow,
  type Task,
} from "@hotpath/runtime";
import { Random } from "../../src/simulate/random.ts";

export interface Race {
  readonly name: string;
  body(random: Random): Promise<void>;
}

export { Random };

/** Runs a race and looks at what it has left: no task, wait or timer but main itself. */
export async function clean(race: Race, seed: number): Promise<void> {
  await race.body(new Random(seed));
  const { live, parked, timers } = runtime.metrics();
  assert.deepEqual({ live, parked, timers }, { live: 1, parked: 0, timers: 0 });
}

/** Gives way up to three times, or sleeps up to 3 ms: where, is the seed's choice. */
export async function stumble(random: Random): Promise<void> {
  const steps = random.below(5);
  if (steps === 4) await sleep(random.below(4));
  else for (let k = 0; k < steps; k++) await yieldNow();
}

/** Spawns tasks and returns them. */
export function spawnMany(count: number, body: (index: number) => Promise<void>): Task<void>[] {
  return Array.from({ length: count }, (_, index) =>
    spawn(() => body(index), { name: `${index}` }),
  );
}

/** Cancels a seeded half of the tasks, at seeded moments, and waits for all of them. */
export async function cancelSome(tasks: readonly Task<void>[], random: Random): Promise<void> {
  for (const task of tasks) {
    if (random.chance(0.5)) continue;
    await stumble(random);
    void task.cancel("race");
  }
  await settled(tasks);
}

/** Waits until every task is over; cancellation is an ordinary end, any other error is thrown. */
export async function settled(tasks: readonly Task<void>[]): Promise<void> {
  for (const task of tasks) {
    try {
      await task.join();
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "TASK_CANCELLED")) {
        throw error;
      }
    }
  }
}

/** Runs the wait; false when it timed out. Cancellation passes through. */
export async function inTime(wait: () => Promise<unknown>): Promise<boolean> {
  try {
    await wait();
    return true;
  } catch (error) {
    if (error instanceof TimeoutError) return false;
    throw error;
  }
}

export function isCancel(error: unknown): boolean {
  return error instanceof CancelError;
}

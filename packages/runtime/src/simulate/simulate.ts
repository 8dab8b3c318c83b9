/**
 * Runs a program in a world where time is virtual and chance has a seed.
 *
 *     await simulate(async () => { … }, { seed: 7 });
 *
 * The same seed gives the same run, to the last interleaving, and an hour of sleep takes microseconds.
 * An error leaves with a `replay` property: pass that string instead of the seed to see it again.
 */
import type { RuntimeError } from "../errors.ts";
import { pace } from "../runtime/pace.ts";
import { Runtime, currentRuntime } from "../runtime/runtime.ts";
import { runIn } from "../task/run.ts";
import { Choices } from "./choices.ts";
import { Random } from "./random.ts";
import { SimulatedScheduler } from "./scheduler.ts";
import { VirtualClock, simulatedIo, type WorldOptions } from "./simulated-io.ts";

export interface SimulateOptions extends WorldOptions {
  /** Default: 1. */
  readonly seed?: number;
  /** The `replay` of an earlier failure; replaces the seed. */
  readonly replay?: string;
  /** What the wall clock shows at the beginning. Default: 2026-01-01T00:00:00Z. */
  readonly startWallMs?: number;
  /** Gives up after this many steps. Default: 10 million. */
  readonly maxSteps?: number;
  /** A task that computes for longer than this, in real time, is reported as STALLED. Default: 10000. */
  readonly maxStepMs?: number;
  readonly name?: string;
}

const NEW_YEAR_2026_MS = Date.UTC(2026, 0, 1);

const simulations = new WeakMap<Runtime, SimulatedScheduler>();

export async function simulate<T>(
  body: () => T | PromiseLike<T>,
  options: SimulateOptions = {},
): Promise<T> {
  const choices =
    options.replay === undefined ? new Choices(options.seed ?? 1) : Choices.parse(options.replay);
  const clock = new VirtualClock(options.startWallMs ?? NEW_YEAR_2026_MS);
  const random = new Random(choices.seed).fork("program");
  const limits = { steps: options.maxSteps ?? 10_000_000, stepMs: options.maxStepMs ?? 10_000 };
  let scheduler!: SimulatedScheduler;
  const runtime: Runtime = new Runtime({
    io: simulatedIo(clock, random, () => runtime.timers, options),
    scheduler: (self) => (scheduler = new SimulatedScheduler(self, choices, clock, limits)),
  });
  runtime.simulated(new Random(choices.seed).fork("ties"));
  simulations.set(runtime, scheduler);
  const failed = new Promise<never>((_, reject) => {
    scheduler.onFailure = (error: RuntimeError) => reject(error);
  });
  try {
    // Both promises end with this call, so nothing accumulates on either.
    return await Promise.race([runIn(runtime, body, options.name ?? "main"), failed]);
  } catch (error) {
    if (error instanceof Error) Object.assign(error, { replay: choices.replay });
    throw error;
  } finally {
    scheduler.stop();
    pace.relax();
  }
}

/**
 * Tells a simulation that a promise comes from outside (a worker, a real file): while it is pending
 * the simulation waits for it instead of jumping ahead. In a real runtime it is the promise itself.
 */
export async function external<T>(promise: PromiseLike<T>): Promise<T> {
  const scheduler = simulations.get(currentRuntime());
  if (scheduler === undefined) return promise;
  scheduler.externals++;
  try {
    return await promise;
  } finally {
    scheduler.externals--;
  }
}

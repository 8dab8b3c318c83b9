/** Looks for the interleaving that breaks a program: the same program under one seed after another. */
import { simulate, type SimulateOptions } from "./simulate.ts";

export interface ExploreOptions extends Omit<SimulateOptions, "seed" | "replay"> {
  /** How many seeds. Default: 1000. */
  readonly seeds?: number;
  /** The first seed. Default: 1. */
  readonly firstSeed?: number;
}

/** Runs the body once a seed; throws the first failure with its seed and replay string. */
export async function explore(
  body: (seed: number) => unknown,
  options: ExploreOptions = {},
): Promise<void> {
  const { seeds = 1000, firstSeed = 1, ...rest } = options;
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    try {
      await simulate(() => body(seed), { ...rest, seed });
    } catch (error) {
      const replay =
        error instanceof Error && "replay" in error ? String(error.replay) : `${seed}:`;
      throw new Error(`Seed ${seed} fails; replay with { replay: ${JSON.stringify(replay)} }`, {
        cause: error,
      });
    }
  }
}

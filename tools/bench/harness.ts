/**
 * What a benchmark case is, and how variants are compared fairly.
 *
 * A case lives in `packages/<package>/bench/<name>.bench.ts` (or under apps/) and default-exports a
 * BenchCase. It measures itself and its rivals in the same run, interleaved round by round, each
 * variant in a fresh process where JIT state or memory would leak between them (`runScript`).
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findPython } from "../external-program.ts";

/** smoke: runs in the tests, proves the case works. quick: seconds. full: what is saved. */
export type BenchSize = "smoke" | "quick" | "full";

export interface BenchContext {
  readonly size: BenchSize;
  /** Tells the person at the terminal what is happening; never part of the results. */
  readonly progress: (text: string) => void;
}

export interface BenchResult {
  /** What was measured, e.g. "hotpath f64x2, 1 thread". */
  readonly subject: string;
  readonly value: number;
  readonly unit: string;
  /** Whether a larger or a smaller value is the better one. */
  readonly better: "higher" | "lower";
  readonly rival?: string;
  readonly rivalValue?: number;
  /** Relative spread of `value`: (max − min) / median over the rounds. */
  readonly spread?: number;
  /** Hash or number that proves that both sides computed the same thing. */
  readonly checksum?: string;
}

export interface BenchCase {
  readonly name: string;
  readonly title: string;
  /** Programs or modules that must be there: "gcc", "numpy", … The case throws MissingRival without. */
  run(context: BenchContext): Promise<readonly BenchResult[]>;
}

/** Thrown by a case when what it measures against is not installed; says how to get it. */
export class MissingRival extends Error {
  override readonly name = "MissingRival";
}

export interface Sample {
  readonly value: number;
  readonly checksum?: string;
}

export interface Summary {
  readonly median: number;
  readonly spread: number;
  readonly checksum?: string;
}

/**
 * Runs every variant once per round, in rotating order, and returns the median of each.
 * Rotation keeps a slow drift of the machine from favouring whoever comes first.
 */
export async function interleave<Name extends string>(
  variants: Readonly<Record<Name, () => Promise<Sample> | Sample>>,
  rounds: number,
): Promise<Record<Name, Summary>> {
  const names = Object.keys(variants) as Name[];
  const samples = new Map<Name, Sample[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let k = 0; k < names.length; k++) {
      const name = names[(k + round) % names.length]!;
      samples.get(name)!.push(await variants[name]());
    }
  }
  return Object.fromEntries(
    names.map((name) => [name, summarize(samples.get(name)!)] as const),
  ) as Record<Name, Summary>;
}

function summarize(samples: readonly Sample[]): Summary {
  const values = samples.map((sample) => sample.value).sort((a, b) => a - b);
  const middle = values[values.length >> 1]!;
  const median =
    values.length % 2 === 1 ? middle : (values[(values.length >> 1) - 1]! + middle) / 2;
  const checksum = samples[0]?.checksum;
  return {
    median,
    spread: (values.at(-1)! - values[0]!) / median,
    ...(checksum === undefined ? {} : { checksum }),
  };
}

const execFileAsync = promisify(execFile);

/** Runs a program in a fresh process; its last output line is a JSON Sample. */
export async function runScript(
  command: string,
  args: readonly string[],
  options: {
    readonly timeoutMs?: number;
    readonly env?: NodeJS.ProcessEnv;
    readonly cwd?: string;
  } = {},
): Promise<Sample> {
  const { stdout } = await execFileAsync(command, [...args], {
    timeout: options.timeoutMs ?? 600_000,
    maxBuffer: 64 << 20,
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const line = stdout.trim().split("\n").at(-1) ?? "";
  return JSON.parse(line) as Sample;
}

/** A Python with a module, or MissingRival. */
export function pythonWith(module: "numpy" | "scipy"): string {
  const python = findPython(module);
  if (python !== undefined) return python;
  throw new MissingRival(`needs python3 with ${module}: apt-get install python3-${module}`);
}

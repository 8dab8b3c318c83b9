/** Runs one core case on this package and its rivals: a fresh process each, interleaved. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  MissingRival,
  interleave,
  runScript,
  type BenchCase,
  type BenchResult,
  type BenchSize,
} from "../../../tools/bench/harness.ts";

const ROOT = join(import.meta.dirname, "../../..");
const SCRIPTS = {
  ours: join(import.meta.dirname, "ours.ts"),
  effect: join(ROOT, "bench/rivals/runtime/effect.ts"),
  promises: join(ROOT, "bench/rivals/runtime/promises.ts"),
  "async-mutex": join(ROOT, "bench/rivals/runtime/async-mutex.ts"),
} as const;
const NAMES = {
  effect: "Effect 4",
  promises: "bare promises, by hand",
  "async-mutex": "async-mutex",
} as const;

/** Operations a round and rounds a process: many short rounds, so that some are undisturbed. */
const ROUNDS: Readonly<Record<BenchSize, number>> = { smoke: 1, quick: 20, full: 60 };
const PROCESSES: Readonly<Record<BenchSize, number>> = { smoke: 1, quick: 3, full: 7 };

export interface CoreCase {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  /** Operations in one round. */
  readonly count: number;
  readonly rivals: readonly (keyof typeof NAMES)[];
  /** From the milliseconds of one round to the unit. Default: nanoseconds an operation. */
  readonly scale?: (ms: number, count: number) => number;
  readonly flags?: readonly string[];
  readonly rounds?: number;
}

export function coreCase(options: CoreCase): BenchCase {
  const { name, title } = options;
  return { name, title, run: ({ size }) => compare(options, size) };
}

async function compare(options: CoreCase, size: BenchSize): Promise<BenchResult[]> {
  if (!existsSync(join(ROOT, "bench/node_modules/effect"))) {
    throw new MissingRival("The rivals are not installed: npm ci --prefix bench");
  }
  const { count, flags = [], unit } = options;
  const scale = options.scale ?? ((ms: number) => (ms * 1e6) / count);
  const rounds = Math.min(ROUNDS[size], options.rounds ?? Infinity);
  const subject = (key: keyof typeof SCRIPTS) => async () => {
    const args = [...flags, SCRIPTS[key], options.name, String(count), String(rounds)];
    const sample = await runScript(process.execPath, args, { cwd: ROOT });
    return { ...sample, value: scale(sample.value, count) };
  };
  const keys = ["ours", ...options.rivals] as const;
  const medians = await interleave(
    Object.fromEntries(keys.map((key) => [key, subject(key)])),
    PROCESSES[size],
  );
  const ours = medians["ours"]!;
  return options.rivals.map((rival) => ({
    subject: "@hotpath/runtime",
    value: ours.median,
    unit,
    better: "lower",
    rival: NAMES[rival],
    rivalValue: medians[rival]!.median,
    spread: ours.spread,
    checksum: ours.checksum ?? "",
  }));
}

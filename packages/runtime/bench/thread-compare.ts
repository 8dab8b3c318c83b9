/** Runs one case between threads in a fresh process, on this package or on a rival. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  MissingRival,
  runScript,
  type BenchSize,
  type Sample,
} from "../../../tools/bench/harness.ts";

const ROOT = join(import.meta.dirname, "../../..");
const SCRIPTS = {
  ours: join(import.meta.dirname, "thread-cases.ts"),
  port: join(ROOT, "bench/rivals/runtime/message-port.ts"),
  piscina: join(ROOT, "bench/rivals/runtime/piscina.ts"),
} as const;

/** Rounds in a process, and processes. */
export const ROUNDS: Readonly<Record<BenchSize, number>> = { smoke: 1, quick: 5, full: 9 };
export const PROCESSES: Readonly<Record<BenchSize, number>> = { smoke: 1, quick: 3, full: 7 };

export interface ThreadRun {
  readonly script: keyof typeof SCRIPTS;
  readonly name: string;
  readonly count: number;
  readonly size: BenchSize;
  /** From the milliseconds of a round to the unit. */
  readonly scale: (ms: number) => number;
}

export function variant(options: ThreadRun): () => Promise<Sample> {
  const { script, name, count, size, scale } = options;
  if (script === "piscina" && !existsSync(join(ROOT, "bench/node_modules/piscina"))) {
    throw new MissingRival("piscina is not installed: npm ci --prefix bench");
  }
  return async () => {
    const args = [SCRIPTS[script], name, String(count), String(ROUNDS[size])];
    const sample = await runScript(process.execPath, args, { cwd: ROOT });
    return { ...sample, value: scale(sample.value) };
  };
}

/**
 * The direct sum of the accelerations of 1000 bodies in a Plummer sphere: one thread, float64,
 * beside the same sum compiled by gcc (the plain loop, and the one that uses Newton's third law) and
 * in vectorised NumPy (the usual N × N × 3 broadcast, and component by component, which is faster).
 * Unit: milliseconds a force evaluation.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  interleave,
  MissingRival,
  runScript,
  type BenchCase,
  type BenchResult,
  type Sample,
} from "../../../tools/bench/harness.ts";
import { generate } from "../src/initial/presets.ts";

const RIVALS = join(import.meta.dirname, "../../../bench/rivals/nbody");
const ROUNDS = { smoke: 1, quick: 3, full: 9 } as const;
const SECONDS = { smoke: "0.02", quick: "0.3", full: "1" } as const;
const N = 1000;

const bench: BenchCase = {
  name: "forces-direct",
  title: "direct sum of N = 1000, float64: ours, gcc -O3 -march=native -ffast-math, NumPy",
  async run(context) {
    const { size } = context;
    const folder = mkdtempSync(join(tmpdir(), "hotpath-forces-"));
    try {
      const input = join(folder, "bodies.bin");
      writeBodies(input);
      const gcc = compileRival(folder);
      requireNumpy();
      const seconds = SECONDS[size];
      const ours = join(import.meta.dirname, "forces-direct-ours.ts");
      context.progress(`${ROUNDS[size]} rounds`);
      const medians = await interleave<string>(
        {
          ours: () => runScript(process.execPath, [ours, String(N), seconds]),
          gccBoth: () => runScript(gcc, [input, "both", seconds]),
          gccOnce: () => runScript(gcc, [input, "once", seconds]),
          numpy: () => python([join(RIVALS, "direct_numpy.py"), input, "broadcast", seconds]),
          numpyTidy: () => python([join(RIVALS, "direct_numpy.py"), input, "components", seconds]),
        },
        ROUNDS[size],
      );
      return report(medians);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

export default bench;

type Medians = Awaited<ReturnType<typeof interleave<string>>>;

const RIVAL_NAMES = {
  gccBoth: "gcc -O3 -march=native -ffast-math, plain loop",
  gccOnce: "gcc -O3 -march=native -ffast-math, each pair once",
  numpy: "NumPy, vectorised by broadcasting",
  numpyTidy: "NumPy, vectorised component by component",
} as const;

function report(medians: Medians): BenchResult[] {
  const ours = medians["ours"]!;
  return Object.entries(RIVAL_NAMES).map(([key, rival]) => ({
    subject: "hotpath direct f64, 1 thread",
    value: ours.median,
    unit: "ms",
    better: "lower",
    spread: ours.spread,
    ...(ours.checksum === undefined ? {} : { checksum: ours.checksum }),
    rival,
    rivalValue: medians[key]!.median,
  }));
}

/** n as one float64, then the columns mass, x, y, z. */
function writeBodies(path: string): void {
  const { n, mass, x, y, z } = generate("plummer", { n: N, seed: 1 });
  const data = new Float64Array(1 + 4 * n);
  data[0] = n;
  [mass, x, y, z].forEach((column, k) => data.set(column, 1 + k * n));
  writeFileSync(path, data);
}

function compileRival(folder: string): string {
  const program = join(folder, "direct-gcc");
  try {
    execFileSync("gcc", [
      "-O3",
      "-march=native",
      "-ffast-math",
      "-o",
      program,
      join(RIVALS, "direct.c"),
      "-lm",
    ]);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") {
      throw new MissingRival("gcc is not installed (apt-get install gcc)");
    }
    throw cause;
  }
  return program;
}

function requireNumpy(): void {
  try {
    execFileSync("python3", ["-c", "import numpy"], { stdio: "ignore" });
  } catch {
    throw new MissingRival("python3 with NumPy is not installed (apt-get install python3-numpy)");
  }
}

function python(args: readonly string[]): Promise<Sample> {
  return runScript("python3", args, {
    env: { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" },
  });
}

/**
 * The direct sum of the accelerations of a Plummer sphere, beside the same sum compiled by gcc (the
 * plain loop, and the one that uses Newton's third law) and in vectorised NumPy (the usual N × N × 3
 * broadcast, and component by component, which is faster): N = 1000, one thread. Then our own variants:
 * 128-bit vectors only, relaxed arithmetic, float32, and two threads against one at N = 4096.
 * Unit: milliseconds a force evaluation.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  interleave,
  MissingRival,
  pythonWith,
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
const N_THREADS = 4096;

const bench: BenchCase = {
  name: "forces-direct",
  title: "direct sum of accelerations: ours, gcc -O3 -march=native -ffast-math, NumPy",
  async run(context) {
    const { size } = context;
    const folder = mkdtempSync(join(tmpdir(), "hotpath-forces-"));
    try {
      const input = join(folder, "bodies.bin");
      writeBodies(input);
      const gcc = compileRival(folder);
      const seconds = SECONDS[size];
      const script = join(import.meta.dirname, "forces-direct-ours.ts");
      const own = (n: number, variant: string): Promise<Sample> =>
        runScript(process.execPath, [script, String(n), seconds, variant]);
      context.progress(`${ROUNDS[size]} rounds`);
      const medians = await interleave<string>(
        {
          ours: () => own(N, "f64"),
          narrow: () => own(N, "f64-128"),
          fast: () => own(N, "fast"),
          preview: () => own(N, "f32"),
          one: () => own(N_THREADS, "f64"),
          two: () => own(N_THREADS, "threads-2"),
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
  const against = (key: string, subject: string, rivalKey: string, rival: string): BenchResult => {
    const { median, spread, checksum } = medians[key]!;
    return {
      subject,
      value: median,
      unit: "ms",
      better: "lower",
      spread,
      ...(checksum === undefined ? {} : { checksum }),
      rival,
      rivalValue: medians[rivalKey]!.median,
    };
  };
  const rivals = Object.entries(RIVAL_NAMES);
  const strict = "hotpath direct f64, 1 thread";
  const plain = RIVAL_NAMES.gccBoth;
  return [
    ...rivals.map(([key, rival]) => against("ours", strict, key, rival)),
    against("narrow", `${strict}, 128-bit vectors`, "gccBoth", plain),
    against("fast", `${strict}, relaxed arithmetic`, "gccBoth", plain),
    against("preview", "hotpath direct f32, 1 thread", "gccBoth", plain),
    against("two", "hotpath direct f64, 2 threads, N = 4096", "one", "hotpath, 1 thread, N = 4096"),
  ];
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

function python(args: readonly string[]): Promise<Sample> {
  return runScript(pythonWith("numpy"), args, {
    env: { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" },
  });
}

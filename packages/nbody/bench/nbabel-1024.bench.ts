/**
 * The NBabel problem: 1024 bodies of a Plummer sphere in Hénon units, unsoftened, 10,001 leapfrog steps of
 * 1/1000, one thread; beside the same program in C with each pair once, compiled by gcc -O3
 * -march=native -ffast-math. Smaller sizes take fewer steps. Checksum: the energy after the run.
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
} from "../../../tools/bench/harness.ts";
import { generate } from "../src/initial/presets.ts";

const SOURCE = join(import.meta.dirname, "../../../bench/rivals/nbody/nbabel.c");
const STEPS = { smoke: 21, quick: 501, full: 10_001 } as const;
const ROUNDS = { smoke: 1, quick: 3, full: 3 } as const;

const bench: BenchCase = {
  name: "nbabel-1024",
  title: "NBabel's 1024 bodies, 10,001 leapfrog steps: ours, gcc -O3 -march=native -ffast-math",
  async run({ size }) {
    const folder = mkdtempSync(join(tmpdir(), "hotpath-nbabel-"));
    try {
      const input = join(folder, "bodies.bin");
      writeBodies(input);
      const gcc = compileRival(folder);
      const steps = String(STEPS[size]);
      const ours = join(import.meta.dirname, "nbabel-1024-ours.ts");
      const medians = await interleave(
        {
          ours: () => runScript(process.execPath, [ours, steps]),
          gcc: () => runScript(gcc, [input, steps]),
        },
        ROUNDS[size],
      );
      const { median, spread, checksum } = medians.ours;
      return [
        {
          subject: `hotpath leapfrog, ${steps} steps, 1 thread`,
          value: median,
          unit: "s",
          better: "lower",
          spread,
          ...(checksum === undefined ? {} : { checksum }),
          rival: "gcc -O3 -march=native -ffast-math, each pair once",
          rivalValue: medians.gcc.median,
        },
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

export default bench;

/** n as one float64, then the columns mass, x, y, z, vx, vy, vz. */
function writeBodies(path: string): void {
  const { n, mass, x, y, z, vx, vy, vz } = generate("plummer", { n: 1024, seed: 1 });
  const data = new Float64Array(1 + 7 * n);
  data[0] = n;
  [mass, x, y, z, vx, vy, vz].forEach((column, k) => data.set(column, 1 + k * n));
  writeFileSync(path, data);
}

function compileRival(folder: string): string {
  const program = join(folder, "nbabel-gcc");
  const flags = ["-O3", "-march=native", "-ffast-math"];
  try {
    execFileSync("gcc", [...flags, "-o", program, SOURCE, "-lm"]);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") {
      throw new MissingRival("gcc is not installed (apt-get install gcc)");
    }
    throw cause;
  }
  return program;
}

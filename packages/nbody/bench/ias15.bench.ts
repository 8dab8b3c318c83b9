/**
 * Sun and giant planets with ias15: the relative energy error after 1000 Jupiter years, and the time a
 * Jupiter year takes, beside SciPy's DOP853 at its tightest tolerance. SciPy runs fewer years, and its
 * error is that of those.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { interleave, pythonWith, runScript, type BenchCase } from "../../../tools/bench/harness.ts";

const OURS = join(import.meta.dirname, "ias15-ours.ts");
const RIVAL = join(import.meta.dirname, "../../../bench/rivals/nbody/outer_dop853.py");
const ROUNDS = { smoke: 1, quick: 3, full: 7 } as const;
const YEARS = { smoke: "5", quick: "1000", full: "1000" } as const;
const RIVAL_YEARS = { smoke: "1", quick: "5", full: "100" } as const;

const bench: BenchCase = {
  name: "ias15",
  title: "ias15, Sun and giant planets: energy error after 1000 Jupiter years, time a Jupiter year",
  async run({ size, progress }) {
    const folder = mkdtempSync(join(tmpdir(), "hotpath-ias15-"));
    try {
      const python = pythonWith("scipy");
      const state = join(folder, "state.json");
      writeFileSync(state, execFileSync(process.execPath, [OURS, "state"]));
      const years = YEARS[size];
      const rival = [RIVAL, state, RIVAL_YEARS[size]];
      progress(`${years} Jupiter years, SciPy ${RIVAL_YEARS[size]}; ${ROUNDS[size]} rounds`);
      const times = await interleave<"ours" | "scipy">(
        {
          ours: () => runScript(process.execPath, [OURS, years, "time"]),
          scipy: () => runScript(python, [...rival, "time"], ONE_THREAD),
        },
        ROUNDS[size],
      );
      const error = await runScript(process.execPath, [OURS, years, "energy"]);
      const rivalError = await runScript(python, [...rival, "energy"], ONE_THREAD);
      const subject = `hotpath ias15, ${years} Jupiter years`;
      const name = `SciPy DOP853 rtol 2.3e-14, ${RIVAL_YEARS[size]} Jupiter years`;
      return [
        {
          subject,
          value: error.value,
          unit: "|dE/E|",
          better: "lower",
          rival: name,
          rivalValue: rivalError.value,
        },
        {
          subject,
          value: times.ours.median,
          unit: "ms a Jupiter year",
          better: "lower",
          spread: times.ours.spread,
          rival: name,
          rivalValue: times.scipy.median,
        },
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

export default bench;

const ONE_THREAD = { env: { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" } } as const;

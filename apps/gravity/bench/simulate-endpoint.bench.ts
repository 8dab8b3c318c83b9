/**
 * The whole POST /simulate, as a client sees it: 1000 particles × 100 steps over HTTP.
 *
 * Ours loads the particles from PostgreSQL (embedded), integrates, writes them back in one transaction and
 * answers. The rivals are bench/rivals/gravity/endpoint.py with vectorised NumPy and with two double loops, over
 * particle objects and over rows of NumPy arrays; they keep the particles in memory and pay for no database.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeNpyState, generate } from "@hotpath/nbody";
import {
  interleave,
  pythonWith,
  type BenchCase,
  type BenchResult,
  type BenchSize,
  type Sample,
} from "../../../tools/bench/harness.ts";
import { startService, type TestService } from "../test/service.ts";

const ENDPOINT = new URL("../../../bench/rivals/gravity/endpoint.py", import.meta.url).pathname;
const TIME_STEP = 0.001;

/** Kernels of the Python endpoint that loop twice over the particles. */
type Loop = "loop" | "rows";
const LOOPS: Readonly<Record<Loop, string>> = {
  loop: "Python, double loop over objects",
  rows: "Python, double loop over NumPy rows",
};

interface Shape {
  readonly n: number;
  readonly steps: number;
  readonly rounds: number;
  /** The double loops take minutes for a whole call: one round of a part of the steps, scaled. */
  readonly loopSteps: Readonly<Record<Loop, number>>;
}

const SHAPES: Readonly<Record<BenchSize, Shape>> = {
  smoke: { n: 20, steps: 5, rounds: 1, loopSteps: { loop: 5, rows: 5 } },
  quick: { n: 1000, steps: 100, rounds: 3, loopSteps: { loop: 2, rows: 1 } },
  full: { n: 1000, steps: 100, rounds: 7, loopSteps: { loop: 100, rows: 10 } },
};

const bench: BenchCase = {
  name: "simulate-endpoint",
  title: "POST /simulate, 1000 particles × 100 steps, against the Python endpoint",
  async run({ size, progress }) {
    const shape = SHAPES[size];
    const folder = mkdtempSync(join(tmpdir(), "hotpath-endpoint-"));
    const python = pythonWith("numpy");
    const state = join(folder, "state.npy");
    writeFileSync(state, encodeNpyState(generate("plummer", { n: shape.n, seed: 1 })));
    const numpy = await startPython(python, "numpy", state);
    await using service = await startService();
    try {
      const id = await seeded(service, shape.n);
      const ours = (): Promise<Sample> => call(`${service.url}/simulate`, id, shape.steps);
      const theirs = (url: string) => (): Promise<Sample> => call(url, id, shape.steps);
      await ours();
      progress(`${shape.rounds} rounds`);
      const fast = await interleave({ ours, numpy: theirs(numpy.url) }, shape.rounds);
      const results: BenchResult[] = [
        { ...subject(fast.ours), rival: "Python, vectorised NumPy", rivalValue: fast.numpy.median },
      ];
      for (const kernel of ["loop", "rows"] as const) {
        progress(`${LOOPS[kernel]}, minutes at full size`);
        const loopSteps = shape.loopSteps[kernel];
        const part = loopSteps / shape.steps;
        const rival = await startPython(python, kernel, state);
        const { value } = await call(rival.url, id, loopSteps).finally(() => rival.process.kill());
        const scaled = part === 1 ? "" : ` (${loopSteps} of ${shape.steps} steps, scaled)`;
        results.push({
          ...subject(fast.ours),
          rival: `${LOOPS[kernel]}${scaled}`,
          rivalValue: value * part,
        });
      }
      return results;
    } finally {
      numpy.process.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

export default bench;

function subject(summary: { readonly median: number; readonly spread: number }): BenchResult {
  return {
    subject: "gravity, embedded PostgreSQL",
    value: summary.median,
    unit: "requests/s",
    better: "higher",
    spread: summary.spread,
  };
}

/** The same particles, with the original service's units and integrator, after their one step. */
async function seeded(service: TestService, n: number): Promise<string> {
  const id = await service.create({
    initial: { kind: "plummer", n, seed: 1 },
    units: { G: 6.6743e-11, softening: Math.sqrt(1e-9) },
    integrator: "symplectic-euler",
    dt: 1e-300,
    steps: 1,
    snapshotEvery: 1,
  });
  await service.finished(id);
  return id;
}

async function call(url: string, id: string, steps: number): Promise<Sample> {
  const startedAt = performance.now();
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ simulation_id: id, time_step: TIME_STEP, num_steps: steps }),
    signal: AbortSignal.timeout(600_000),
  });
  const body = (await response.json()) as { status: string };
  if (body.status !== "completed")
    throw new Error(`${url}: ${response.status} ${JSON.stringify(body)}`);
  return { value: 1000 / (performance.now() - startedAt) };
}

interface Rival {
  readonly process: ChildProcess;
  readonly url: string;
}

async function startPython(python: string, kernel: Loop | "numpy", state: string): Promise<Rival> {
  const child = spawn(python, [ENDPOINT, "--kernel", kernel, "--particles", state], {
    stdio: ["ignore", "pipe", "inherit"],
    // One thread, as the service uses one.
    env: { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" },
  });
  const port = await new Promise<string>((ready, failed) => {
    child.once("error", failed);
    child.once("exit", (code) => failed(new Error(`${ENDPOINT} exited with ${code}`)));
    child.stdout.once("data", (chunk: Buffer) => ready(chunk.toString().trim()));
  });
  return { process: child, url: `http://127.0.0.1:${port}/simulate` };
}

/** `hotpath simulate`: one simulation in this process, its final state in a file, a one-screen summary. */
import { createHash } from "node:crypto";
import { accessSync, constants, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import {
  type Bodies,
  createSystem,
  diagnostics,
  type Diagnostics,
  encodeNpyState,
  generate,
  type IntegratorName,
  integrators,
  isIntegratorName,
  isPresetKind,
  type Preset,
  presetOf,
  presets,
  useWideVectors,
} from "@hotpath/nbody";
import { ProgressBar, seconds } from "../terminal/progress-bar.ts";
import { parseTimeStep } from "../terminal/time-step.ts";

/** Steps between two looks at the terminal, in time: often enough for a smooth bar. */
const SLICE_MS = 50;

interface Plan {
  readonly preset: Preset;
  readonly bodies: Bodies;
  readonly integrator: IntegratorName;
  readonly dt: number;
  readonly steps: number;
  readonly out: string | undefined;
  readonly json: boolean;
}

interface Summary {
  readonly preset: string;
  readonly particles: number;
  readonly integrator: string;
  readonly forces: string;
  readonly dt: number;
  readonly steps: number;
  readonly time: number;
  readonly elapsedS: number;
  readonly pairsPerS: number;
  readonly energyError: number;
  readonly virialRatio: number;
  readonly halfMassRadius: number;
  readonly centreOfMass: readonly number[];
  readonly angularMomentum: readonly number[];
  readonly sha256: string;
  readonly out: string | null;
}

export async function simulate(args: readonly string[]): Promise<number> {
  const plan = planFrom(args);
  // Better now than after an hour: the folder of --out must be there and take a file.
  if (plan.out !== undefined) accessSync(dirname(plan.out), constants.W_OK);
  useWideVectors();
  const before = diagnostics(plan.bodies, plan.preset.units);
  const system = await createSystem({
    bodies: plan.bodies,
    units: plan.preset.units,
    integrator: plan.integrator,
    dt: plan.dt,
  });
  const startedAt = performance.now();
  advance(plan, (count) => system.step(count));
  const elapsedS = (performance.now() - startedAt) / 1000;
  const summary = summarize(plan, before, elapsedS, system.forces.name);
  system.close();
  if (plan.json) console.log(JSON.stringify(summary));
  else printSummary(summary, plan.preset);
  return 0;
}

function planFrom(args: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...args],
    options: {
      preset: { type: "string", default: "solar-system" },
      n: { type: "string" },
      seed: { type: "string" },
      integrator: { type: "string" },
      dt: { type: "string" },
      steps: { type: "string" },
      out: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const kind = values.preset;
  if (!isPresetKind(kind)) {
    throw new RangeError(`no preset "${kind}"; there are ${presets.map((p) => p.kind).join(", ")}`);
  }
  const preset = presetOf(kind);
  const integrator = values.integrator ?? preset.integrator;
  if (!isIntegratorName(integrator)) {
    throw new RangeError(
      `no integrator "${integrator}"; there are ${Object.keys(integrators).join(", ")}`,
    );
  }
  const n = values.n === undefined ? undefined : whole("--n", values.n);
  const seed = values.seed === undefined ? undefined : whole("--seed", values.seed);
  return {
    preset,
    bodies: generate(kind, {
      ...(n === undefined ? {} : { n }),
      ...(seed === undefined ? {} : { seed }),
    }),
    integrator,
    dt: values.dt === undefined ? preset.dt : parseTimeStep(values.dt, preset.unitNames.time),
    steps: values.steps === undefined ? preset.steps : whole("--steps", values.steps),
    out: values.out,
    json: values.json,
  };
}

function whole(option: string, text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`${option} must be a whole number of at least 1, not "${text}"`);
  }
  return value;
}

function advance(plan: Plan, step: (count: number) => void): void {
  const bar = new ProgressBar(plan.steps);
  let batch = 1;
  for (let done = 0; done < plan.steps;) {
    const count = Math.min(batch, plan.steps - done);
    const startedAt = performance.now();
    step(count);
    done += count;
    batch = performance.now() - startedAt < SLICE_MS / 2 ? batch * 2 : Math.max(1, batch >> 1);
    bar.update(done, `step ${done} of ${plan.steps}`);
  }
  bar.clear();
}

function summarize(plan: Plan, before: Diagnostics, elapsedS: number, forces: string): Summary {
  const { bodies, preset, steps, dt } = plan;
  const after = diagnostics(bodies, preset.units);
  const file = encodeNpyState(bodies);
  if (plan.out !== undefined) writeFileSync(plan.out, file);
  return {
    preset: preset.kind,
    particles: bodies.n,
    integrator: plan.integrator,
    forces,
    dt,
    steps,
    time: steps * dt,
    elapsedS,
    pairsPerS: (bodies.n * (bodies.n - 1) * steps) / elapsedS,
    energyError: Math.abs((after.energy - before.energy) / before.energy),
    virialRatio: after.virialRatio,
    halfMassRadius: after.halfMassRadius,
    centreOfMass: after.centreOfMass,
    angularMomentum: after.angularMomentum,
    sha256: createHash("sha256").update(file).digest("hex"),
    out: plan.out ?? null,
  };
}

function printSummary(summary: Summary, preset: Preset): void {
  const { length, time } = preset.unitNames;
  const vector = (values: readonly number[]): string =>
    values.map((v) => v.toExponential(3)).join("  ");
  const rows: [string, string][] = [
    ["simulated", `${summary.time} ${time} in ${summary.steps} steps of ${summary.dt}`],
    ["particles", `${summary.particles}`],
    ["integrator", `${summary.integrator}, forces ${summary.forces}`],
    [
      "took",
      `${seconds(summary.elapsedS)}, ${(summary.pairsPerS / 1e6).toFixed(0)} million pairs a second`,
    ],
    ["energy error", summary.energyError.toExponential(3)],
    ["virial ratio", summary.virialRatio.toFixed(4)],
    ["half-mass radius", `${summary.halfMassRadius.toPrecision(5)} ${length}`],
    ["centre of mass", vector(summary.centreOfMass)],
    ["angular momentum", vector(summary.angularMomentum)],
    ["state (sha256)", summary.sha256],
    ["written to", summary.out ?? "nowhere (--out FILE.npy)"],
  ];
  console.log(preset.title);
  for (const [label, value] of rows) console.log(`  ${label.padEnd(18)}${value}`);
}

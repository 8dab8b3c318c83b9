/** What the form holds, and the request that it stands for. Pure. */
import type { FieldError } from "../api/problem.ts";
import type { NewSimulation, Preset, Simulation } from "../api/resources.ts";
import { expectedFrames } from "../playback/playhead.ts";

export interface Setup {
  readonly preset: Preset;
  readonly particles: number;
  readonly seed: number;
  readonly steps: number;
  readonly dt: number;
  readonly snapshotEvery: number;
  readonly integrator: string;
  readonly softening: number;
}

export function setupOf(preset: Preset): Setup {
  return {
    preset,
    particles: "fixed" in preset.particles ? preset.particles.fixed : preset.particles.default,
    seed: 1,
    steps: preset.steps,
    dt: preset.dt,
    snapshotEvery: preset.snapshotEvery,
    integrator: preset.integrator,
    softening: preset.units.softening,
  };
}

export function isSeeded(preset: Preset): boolean {
  return !("fixed" in preset.particles);
}

export function requestOf(setup: Setup): NewSimulation {
  const { preset } = setup;
  const initial = isSeeded(preset)
    ? { kind: preset.kind, n: setup.particles, seed: setup.seed }
    : { kind: preset.kind };
  return {
    name: preset.title,
    initial,
    units: { G: preset.units.G, softening: setup.softening },
    integrator: setup.integrator,
    dt: setup.dt,
    steps: setup.steps,
    snapshotEvery: setup.snapshotEvery,
  };
}

/** How much there is to compute, to say so before it is asked for. */
export function workOf(setup: Setup): {
  readonly interactions: number;
  readonly frames: number;
  readonly time: number;
} {
  return {
    interactions: setup.particles * setup.particles * setup.steps,
    frames: expectedFrames(setup.steps, setup.snapshotEvery),
    time: setup.steps * setup.dt,
  };
}

/** The message for one field of the request, by the path that the service names it with. */
export function errorFor(errors: readonly FieldError[], ...paths: string[]): string | undefined {
  const plain = (path: string): string => path.replace(/^[/$.]+/, "").replaceAll("/", ".");
  return errors.find((error) => paths.includes(plain(error.path)))?.message;
}

/** The form as it must have been for an earlier simulation of this preset. */
export function setupFrom(preset: Preset, simulation: Simulation): Setup {
  const { initial, particles, steps, dt, snapshotEvery, integrator, units } = simulation;
  return {
    preset,
    particles,
    seed: initial.seed ?? 1,
    steps,
    dt,
    snapshotEvery,
    integrator,
    softening: units.softening,
  };
}

/** The ready-made simulations: what the service offers, with settings that are known to behave. */
import type { Bodies } from "../bodies/bodies.ts";
import type { IntegratorName } from "../integrators/registry.ts";
import type { Units } from "../kernels/forces.ts";
import { disk } from "./disk.ts";
import { FIGURE_EIGHT_PERIOD, figureEight } from "./figure-eight.ts";
import { galaxies } from "./galaxies.ts";
import { king } from "./king.ts";
import { PERIODIC_ORBITS, periodicOrbit, type PeriodicOrbitName } from "./periodic-orbits.ts";
import { plummer } from "./plummer.ts";
import { SOLAR_G, solarSystem, solarSystemNames } from "./solar-system.ts";

export type PresetKind =
  | "plummer"
  | "king"
  | "disk"
  | "galaxies"
  | "solar-system"
  | "figure-eight"
  | PeriodicOrbitName;

export type ParticleCount =
  | { readonly default: number; readonly min: number; readonly max: number }
  | { readonly fixed: number };

export interface Preset {
  readonly kind: PresetKind;
  readonly title: string;
  readonly description: string;
  readonly particles: ParticleCount;
  readonly units: Units;
  readonly dt: number;
  readonly steps: number;
  readonly snapshotEvery: number;
  readonly integrator: IntegratorName;
  /** Half the width of a view that shows everything that matters. */
  readonly viewRadius: number;
  readonly unitNames: { readonly length: string; readonly time: string; readonly mass: string };
  /** Names of the bodies, in order, where they have any. */
  readonly names?: readonly string[];
}

/** Largest number of bodies that generate() makes. */
const MOST = 1_000_000;

const HENON = { length: "virial radii", time: "Hénon units", mass: "cluster masses" } as const;

function closedCurve(kind: PeriodicOrbitName, title: string, description: string): Preset {
  return {
    kind,
    title,
    description,
    particles: { fixed: 3 },
    units: { G: 1, softening: 0 },
    dt: PERIODIC_ORBITS[kind].period / 20_000,
    steps: 60_000,
    snapshotEvery: 100,
    // Close encounters ruin steps of one length: with yoshida6 the yin-yang flies apart in three periods.
    integrator: "ias15",
    viewRadius: 1.4,
    unitNames: { length: "length units", time: "time units", mass: "masses" },
  };
}

export const presets: readonly Preset[] = [
  {
    kind: "solar-system",
    title: "Solar system",
    description:
      "Sun, eight planets, Pluto and the Moon from JPL's DE405 state of 28 June 1969, in ecliptic coordinates.",
    particles: { fixed: solarSystemNames.length },
    units: { G: SOLAR_G, softening: 0 },
    dt: 0.5,
    steps: 7305,
    snapshotEvery: 10,
    integrator: "leapfrog",
    viewRadius: 32,
    unitNames: { length: "AU", time: "days", mass: "M☉" },
    names: solarSystemNames,
  },
  {
    kind: "galaxies",
    title: "Two galaxies collide",
    description:
      "Two disk galaxies, two to one in mass, pass each other on a parabolic orbit and pull out tidal tails.",
    particles: { default: 2000, min: 8, max: MOST },
    units: { G: 1, softening: 0.05 },
    dt: 0.01,
    steps: 2000,
    snapshotEvery: 8,
    integrator: "leapfrog",
    viewRadius: 5,
    unitNames: { length: "disk radii", time: "dynamical times", mass: "galaxy masses" },
  },
  {
    kind: "plummer",
    title: "Star cluster",
    description: "A Plummer sphere in equilibrium, in Hénon units: G = M = 1, E = −1/4.",
    particles: { default: 1000, min: 2, max: MOST },
    units: { G: 1, softening: 0.01 },
    dt: 1 / 256,
    steps: 2560,
    snapshotEvery: 10,
    integrator: "leapfrog",
    viewRadius: 2.5,
    unitNames: HENON,
  },
  {
    kind: "king",
    title: "Globular cluster",
    description: "A King model of depth W₀ = 6 with a sharp tidal edge, in Hénon units.",
    particles: { default: 1000, min: 2, max: MOST },
    units: { G: 1, softening: 0.01 },
    dt: 1 / 256,
    steps: 2560,
    snapshotEvery: 10,
    integrator: "leapfrog",
    viewRadius: 2.5,
    unitNames: HENON,
  },
  {
    kind: "disk",
    title: "Kepler disk",
    description: "A thin disk of light bodies on circular orbits about one heavy body.",
    particles: { default: 1000, min: 3, max: MOST },
    units: { G: 1, softening: 0.01 },
    dt: 0.01,
    steps: 2000,
    snapshotEvery: 8,
    integrator: "leapfrog",
    viewRadius: 1.8,
    unitNames: { length: "length units", time: "time units", mass: "central masses" },
  },
  {
    kind: "figure-eight",
    title: "Figure of eight",
    description: "Three equal masses chase each other along one closed curve.",
    particles: { fixed: 3 },
    units: { G: 1, softening: 0 },
    dt: FIGURE_EIGHT_PERIOD / 1000,
    steps: 10_000,
    snapshotEvery: 20,
    integrator: "leapfrog",
    viewRadius: 1.3,
    unitNames: { length: "length units", time: "time units", mass: "masses" },
  },
  closedCurve(
    "butterfly",
    "Butterfly",
    "Three equal masses draw the wings of a butterfly and return.",
  ),
  closedCurve("moth", "Moth", "Three equal masses on a closed curve of higher symmetry."),
  closedCurve(
    "yin-yang",
    "Yin and yang",
    "Three equal masses on two curves that mirror each other.",
  ),
];

export function presetOf(kind: PresetKind): Preset {
  const preset = presets.find((candidate) => candidate.kind === kind);
  if (preset === undefined) throw new TypeError(`no preset is called ${kind as string}`);
  return preset;
}

export function isPresetKind(kind: string): kind is PresetKind {
  return presets.some((preset) => preset.kind === kind);
}

export interface GenerateOptions {
  /** Number of bodies; the preset's default when left out. */
  readonly n?: number;
  /** Same seed, same bytes. Default 1. */
  readonly seed?: number;
}

/** Throws RangeError when n is outside the preset's range or is not its fixed number. */
export function generate(kind: PresetKind, options: GenerateOptions = {}): Bodies {
  const preset = presetOf(kind);
  const n = countFor(preset, options.n);
  const seed = options.seed ?? 1;
  const { softening } = preset.units;
  switch (kind) {
    case "plummer":
      return plummer(n, seed);
    case "king":
      return king(n, seed);
    case "disk":
      return disk(n, seed, softening);
    case "galaxies":
      return galaxies(n, seed, softening);
    case "solar-system":
      return solarSystem();
    case "figure-eight":
      return figureEight();
    case "butterfly":
    case "moth":
    case "yin-yang":
      return periodicOrbit(kind);
  }
}

function countFor(preset: Preset, n: number | undefined): number {
  const { particles } = preset;
  if ("fixed" in particles) {
    if (n !== undefined && n !== particles.fixed) {
      throw new RangeError(`${preset.kind} has ${particles.fixed} bodies, not ${n}`);
    }
    return particles.fixed;
  }
  const count = n ?? particles.default;
  if (!Number.isSafeInteger(count) || count < particles.min || count > particles.max) {
    throw new RangeError(
      `${preset.kind} takes ${particles.min} to ${particles.max} bodies, not ${count}`,
    );
  }
  return count;
}

/**
 * A preset's card, drawn from its true initial state: a cloud of dots for many particles, rings for a
 * planetary system, and for a few bodies the curves that they will run through, integrated here until
 * they close. Pure: numbers in, coordinates out.
 */
import type { Preset } from "../api/resources.ts";
import { drawnRadius, wantsCompression } from "../viewer/radial-scale.ts";
import { initialState, type InitialState } from "./initial-state.ts";

export interface Dot {
  readonly x: number;
  readonly y: number;
  readonly r: number;
  /** 0 (slow, or first) to 4 (fast, or last). */
  readonly hue: number;
}

export interface Drawing {
  readonly dots: readonly Dot[];
  /** Curves, as x, y pairs. */
  readonly paths: readonly (readonly number[])[];
  /** Radii of rings that lie in the plane. */
  readonly rings: readonly number[];
}

/** The drawing's half width and half height; what lies beyond is cut off. */
export const HALF_WIDTH = 1.2;
export const HALF_HEIGHT = 0.8;

const CLOUD = 190;
const TILT = 0.5;
const MOST_STEPS = 12_000;
const FALL_SHARE = 0.02;
const PATH_POINTS = 300;
/** Back at the start: within this share of the farthest that the bodies went. */
const CLOSED = 0.01;

export function drawingOf(preset: Preset): Drawing {
  const fixed = "fixed" in preset.particles;
  const state = initialState(preset.kind, fixed ? undefined : CLOUD, 5);
  if (state === undefined) return { dots: [], paths: [], rings: [] };
  if (!fixed) return cloud(state);
  if (wantsCompression(state.positions, 0)) return planets(state, preset.viewRadius);
  return curves(state, preset);
}

function cloud({ positions, velocities }: InitialState): Drawing {
  const n = positions.length / 3;
  const order = Array.from({ length: n }, (_, i) => i);
  const speed = (i: number): number => Math.hypot(...velocities.subarray(3 * i, 3 * i + 3));
  const ranks = order.toSorted((a, b) => speed(a) - speed(b));
  const hues = new Map(ranks.map((i, rank) => [i, Math.min(4, Math.floor((5 * rank) / n))]));
  const radii = order
    .map((i) => Math.hypot(positions[3 * i]!, positions[3 * i + 1]!))
    .sort((a, b) => a - b);
  const unit = 1 / (radii[Math.floor(0.92 * (n - 1))]! || 1);
  const dots = order.map((i) => ({
    x: unit * positions[3 * i]!,
    y: -unit * (TILT * positions[3 * i + 1]! + (1 - TILT) * positions[3 * i + 2]!),
    r: 0.03,
    hue: hues.get(i)!,
  }));
  return { dots, paths: [], rings: [] };
}

function planets({ positions, masses }: InitialState, viewRadius: number): Drawing {
  const dots = Array.from(masses, (mass, i): Dot => {
    const [x, y] = [positions[3 * i]! - positions[0]!, positions[3 * i + 1]! - positions[1]!];
    const r = Math.hypot(x, y) / viewRadius;
    const factor = r === 0 ? 0 : drawnRadius("compressed", r) / (r * viewRadius);
    const size = i === 0 ? 0.09 : mass > 1e-5 ? 0.055 : 0.034;
    return { x: factor * x, y: -TILT * factor * y, r: size, hue: i === 0 ? 4 : i % 4 };
  });
  return { dots, paths: [], rings: dots.map(({ x, y }) => Math.hypot(x, y / TILT)) };
}

function curves(state: InitialState, preset: Preset): Drawing {
  const tracks = closedTracks(state, preset);
  const extent = Math.max(...tracks.flat().map(Math.abs), 1e-9);
  const unit = Math.min(0.92, (0.92 * HALF_HEIGHT) / heightOf(tracks, extent)) / extent;
  const paths = tracks.map((track) =>
    track.map((value, k) => (k % 2 === 0 ? unit : -unit) * value),
  );
  const dots = paths.map((path, i): Dot => ({
    x: path[0]!,
    y: path[1]!,
    r: 0.075,
    hue: [4, 1, 2, 3, 0][i % 5]!,
  }));
  return { dots, paths, rings: [] };
}

/** The tracks' half height over their half width. */
function heightOf(tracks: readonly (readonly number[])[], extent: number): number {
  const heights = tracks.flatMap((track) => track.filter((_, k) => k % 2 === 1).map(Math.abs));
  return Math.max(...heights, 1e-9) / extent;
}

/** Three leapfrogs of these lengths make one step of 4th order (Yoshida 1990, Phys. Lett. A 150, 262). */
const OUTER = 1 / (2 - Math.cbrt(2));
const SUBSTEPS = [OUTER, 1 - 2 * OUTER, OUTER] as const;

/**
 * Integrates until every body is back where it started, or the steps are used up. Each step is a small
 * share of the nearest pair's free-fall time: the curves come from close encounters, and a fixed step
 * that resolves those would need a hundred times as many.
 */
function closedTracks(state: InitialState, { units }: Preset): number[][] {
  const { masses } = state;
  const x = Float64Array.from(state.positions);
  const v = Float64Array.from(state.velocities);
  const a = new Float64Array(x.length);
  const tracks: number[][] = Array.from(masses, () => []);
  let farthest = 0;
  let fall = accelerate(a, x, masses, units.G);
  for (let step = 0; step < MOST_STEPS; step += 1) {
    for (const [i, track] of tracks.entries()) track.push(x[3 * i]!, x[3 * i + 1]!);
    const away = distance(x, state.positions);
    farthest = Math.max(farthest, away);
    if (farthest > 0.5 && away < CLOSED * farthest) break;
    const dt = FALL_SHARE * fall;
    for (const share of SUBSTEPS) {
      const h = share * dt;
      for (let k = 0; k < x.length; k += 1) {
        v[k] = v[k]! + (h / 2) * a[k]!;
        x[k] = x[k]! + h * v[k]!;
      }
      fall = accelerate(a, x, masses, units.G);
      for (let k = 0; k < x.length; k += 1) v[k] = v[k]! + (h / 2) * a[k]!;
    }
  }
  return tracks.map((track) => thinned(track, PATH_POINTS));
}

function distance(x: Float64Array, y: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < x.length; k += 1) sum += (x[k]! - y[k]!) ** 2;
  return Math.sqrt(sum);
}

/** Fills `a` and answers the shortest free-fall time of a pair. */
function accelerate(a: Float64Array, x: Float64Array, masses: Float32Array, G: number): number {
  let shortest = Infinity;
  a.fill(0);
  for (let i = 0; i < masses.length; i += 1) {
    for (let j = 0; j < i; j += 1) {
      const dx = x[3 * j]! - x[3 * i]!;
      const dy = x[3 * j + 1]! - x[3 * i + 1]!;
      const dz = x[3 * j + 2]! - x[3 * i + 2]!;
      const r2 = dx * dx + dy * dy + dz * dz;
      const cube = r2 * Math.sqrt(r2);
      const f = G / cube;
      pull(a, i, f * masses[j]!, dx, dy, dz);
      pull(a, j, -f * masses[i]!, dx, dy, dz);
      shortest = Math.min(shortest, Math.sqrt(cube / (G * (masses[i]! + masses[j]!))));
    }
  }
  return shortest;
}

function pull(a: Float64Array, i: number, f: number, dx: number, dy: number, dz: number): void {
  a[3 * i] = a[3 * i]! + f * dx;
  a[3 * i + 1] = a[3 * i + 1]! + f * dy;
  a[3 * i + 2] = a[3 * i + 2]! + f * dz;
}

/** Every so many'th point, so that at most `most` remain, with the last one. */
function thinned(track: readonly number[], most: number): number[] {
  const points = track.length / 2;
  const every = Math.max(1, Math.ceil(points / most));
  const out: number[] = [];
  for (let p = 0; p < points; p += every) out.push(track[2 * p]!, track[2 * p + 1]!);
  return [...out, ...track.slice(-2)];
}

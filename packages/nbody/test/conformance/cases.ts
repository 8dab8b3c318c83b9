/**
 * What every force backend is held to: systems of all kinds, and the distance from src/reference/direct.ts.
 * Runs in browsers too, so it imports nothing of Node's.
 */
import type { Bodies } from "../../src/bodies/bodies.ts";
import { generate } from "../../src/initial/presets.ts";
import { SOLAR_G } from "../../src/initial/solar-system.ts";
import type { Units } from "../../src/kernels/forces.ts";
import { referenceAccelerations } from "../../src/reference/direct.ts";
import { bodiesOf, randomCloud } from "../systems.ts";

export interface ConformanceCase {
  readonly units: Units;
  readonly bodies: () => Bodies;
}

const HARD: Units = { G: 1, softening: 0 };

export const CASES: Readonly<Record<string, ConformanceCase>> = {
  "one body": {
    units: HARD,
    bodies: () => bodiesOf([[1, 3, -2, 1, 0, 0, 0]]),
  },
  "two bodies, one without mass": {
    units: { G: 6.6743e-11, softening: 0 },
    bodies: () =>
      bodiesOf([
        [2e30, 0, 0, 0, 0, 0, 0],
        [0, 1.5e11, 1e10, -1e9, 0, 0, 0],
      ]),
  },
  "no mass at all": {
    units: HARD,
    bodies: () => {
      const bodies = randomCloud(9, 3);
      bodies.mass.fill(0);
      return bodies;
    },
  },
  "the solar system in AU and days": {
    units: { G: SOLAR_G, softening: 0 },
    bodies: () => generate("solar-system"),
  },
  "5 bodies, fewer than a block and a bit": { units: HARD, bodies: () => randomCloud(5, 11) },
  "257 bodies, unsoftened": { units: HARD, bodies: () => generate("plummer", { n: 257, seed: 2 }) },
  "1500 bodies, softened": {
    units: { G: 2.5, softening: 0.01 },
    bodies: () => generate("plummer", { n: 1500, seed: 4 }),
  },
  "2300 bodies, a third of them massless": {
    units: { G: 1, softening: 0.02 },
    bodies: () => {
      const bodies = generate("plummer", { n: 2300, seed: 5 });
      for (let i = 0; i < bodies.n; i += 3) bodies.mass[i] = 0;
      return bodies;
    },
  },
  "700 bodies, each with a softening of its own": {
    units: { G: 1, softening: 0.05 },
    bodies: () => randomCloud(700, 8, { soft: true }),
  },
  "a disk about one heavy body": {
    units: { G: 1, softening: 0.01 },
    bodies: () => generate("disk", { n: 900, seed: 3 }),
  },
  "bodies that coincide, softened": {
    units: { G: 1, softening: 0.1 },
    bodies: () => {
      const bodies = generate("plummer", { n: 60, seed: 6 });
      for (const axis of ["x", "y", "z"] as const) bodies[axis].fill(bodies[axis][0]!, 0, 8);
      return bodies;
    },
  },
};

/** Of a backend's accelerations from the reference's. */
export interface Distance {
  /** √ mean of (|a − b| / |b|)², over the bodies. */
  readonly perBody: number;
  /** √ of the sum of |a − b|² over that of |b|². */
  readonly overall: number;
}

export type Evaluate = (bodies: Bodies, units: Units) => Promise<void> | void;

/** Evaluates every case. A value that is not finite makes its distance NaN, which meets no bound. */
export async function distances(evaluate: Evaluate): Promise<Record<string, Distance>> {
  const found: Record<string, Distance> = {};
  for (const [name, { bodies: make, units }] of Object.entries(CASES)) {
    const bodies = make();
    const exact = make();
    referenceAccelerations(exact, units);
    // What an evaluation leaves out shows.
    for (const axis of ["ax", "ay", "az"] as const) bodies[axis].fill(Number.NaN);
    await evaluate(bodies, units);
    found[name] = distance(bodies, exact);
  }
  return found;
}

function distance(a: Bodies, b: Bodies): Distance {
  let relative2 = 0;
  let difference2 = 0;
  let size2 = 0;
  for (let i = 0; i < b.n; i++) {
    const miss = Math.hypot(a.ax[i]! - b.ax[i]!, a.ay[i]! - b.ay[i]!, a.az[i]! - b.az[i]!);
    const size = Math.hypot(b.ax[i]!, b.ay[i]!, b.az[i]!);
    if (miss !== 0) relative2 += (miss / size) ** 2;
    difference2 += miss * miss;
    size2 += size * size;
  }
  return {
    perBody: Math.sqrt(relative2 / b.n),
    overall: difference2 === 0 ? 0 : Math.sqrt(difference2 / size2),
  };
}

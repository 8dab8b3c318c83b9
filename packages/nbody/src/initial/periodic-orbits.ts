/**
 * Three equal masses on closed curves. The figure of eight has a file of its own; these are of the families
 * of Šuvakov & Dmitrašinović (2013), Phys. Rev. Lett. 110, 114301, table I: G = m = 1, bodies at
 * (−1, 0), (1, 0) and (0, 0), velocities (p, q), (p, q) and (−2p, −2q). Five digits are published, and
 * close approaches amplify the rest: after a period the bodies return to within about 10⁻².
 */
import { Bodies } from "../bodies/bodies.ts";
import { place } from "./frame.ts";

export interface PeriodicOrbit {
  readonly velocity: readonly [p: number, q: number];
  readonly period: number;
}

export type PeriodicOrbitName = "butterfly" | "moth" | "yin-yang";

export const PERIODIC_ORBITS: Readonly<Record<PeriodicOrbitName, PeriodicOrbit>> = {
  butterfly: { velocity: [0.30689, 0.12551], period: 6.2356 },
  moth: { velocity: [0.46444, 0.39606], period: 14.8939 },
  "yin-yang": { velocity: [0.51394, 0.30474], period: 17.3284 },
};

export function periodicOrbit(name: PeriodicOrbitName): Bodies {
  const [p, q] = PERIODIC_ORBITS[name].velocity;
  const bodies = Bodies.allocate(3);
  place(bodies, 0, 1, [-1, 0, 0], [p, q, 0]);
  place(bodies, 1, 1, [1, 0, 0], [p, q, 0]);
  place(bodies, 2, 1, [0, 0, 0], [-2 * p, -2 * q, 0]);
  return bodies;
}

/**
 * Two disk galaxies on a parabolic encounter, after Toomre & Toomre (1972), ApJ 178, 623: the first
 * disk lies in the orbital plane and turns with the orbit, the second is tilted. G = 1, masses 1 and 0.5.
 */
import { Bodies } from "../bodies/bodies.ts";
import { fillDisk, type DiskShape } from "./disk.ts";
import { toCentreOfMass } from "./frame.ts";
import { createRandom } from "./random.ts";

/** Starting separation and distance of closest approach of the two centres. */
const SEPARATION = 4;
const PERICENTRE = 0.8;
/** Tilt of the second disk about the x axis: cosine and sine of 60°. */
const TILT = [0.5, Math.sqrt(3) / 2] as const;

export function galaxies(n: number, seed: number, softening: number): Bodies {
  const random = createRandom(seed);
  const bodies = Bodies.allocate(n);
  const major = Math.max(2, Math.min(n - 2, Math.round((n * 2) / 3)));
  const large = shapeOf(1, 1, softening);
  const small = shapeOf(0.5, 0.7, softening);
  fillDisk(bodies, 0, major, large, random);
  fillDisk(bodies, major, n - major, small, random);
  tilt(bodies, major, n);
  launch(bodies, major, n);
  toCentreOfMass(bodies);
  return bodies;
}

function shapeOf(mass: number, outer: number, softening: number): DiskShape {
  return {
    centreMass: mass * 0.9,
    diskMass: mass * 0.1,
    inner: outer * 0.15,
    outer,
    thickness: 0.02,
    softening,
  };
}

function tilt(bodies: Bodies, from: number, to: number): void {
  const { y, z, vy, vz } = bodies;
  const [cos, sin] = TILT;
  for (let i = from; i < to; i++) {
    [y[i], z[i]] = [cos * y[i]! - sin * z[i]!, sin * y[i]! + cos * z[i]!];
    [vy[i], vz[i]] = [cos * vy[i]! - sin * vz[i]!, sin * vy[i]! + cos * vz[i]!];
  }
}

/** Gives the second galaxy the relative position and velocity of a parabolic orbit, inbound. */
function launch(bodies: Bodies, from: number, to: number): void {
  const total = 1.5;
  const speed = Math.sqrt((2 * total) / SEPARATION);
  const tangential = Math.sqrt(2 * total * PERICENTRE) / SEPARATION;
  const radial = -Math.sqrt(speed * speed - tangential * tangential);
  for (let i = from; i < to; i++) {
    bodies.x[i] = bodies.x[i]! + SEPARATION;
    bodies.vx[i] = bodies.vx[i]! + radial;
    bodies.vy[i] = bodies.vy[i]! + tangential;
  }
}

/** Changes of reference frame for freshly generated bodies. */
import type { Bodies } from "../bodies/bodies.ts";
import { centreOfMass, momentum } from "../diagnostics/diagnostics.ts";

/** Moves the bodies into the frame where the centre of mass rests at the origin. */
export function toCentreOfMass(bodies: Bodies): void {
  const { n, mass, x, y, z, vx, vy, vz } = bodies;
  const total = mass.reduce((sum, m) => sum + m, 0);
  const [cx, cy, cz] = centreOfMass(bodies);
  const [px, py, pz] = momentum(bodies);
  for (let i = 0; i < n; i++) {
    x[i] = x[i]! - cx;
    y[i] = y[i]! - cy;
    z[i] = z[i]! - cz;
    vx[i] = vx[i]! - px / total;
    vy[i] = vy[i]! - py / total;
    vz[i] = vz[i]! - pz / total;
  }
}

/** Writes one body. */
export function place(
  bodies: Bodies,
  i: number,
  mass: number,
  position: readonly [number, number, number],
  velocity: readonly [number, number, number],
): void {
  bodies.mass[i] = mass;
  [bodies.x[i], bodies.y[i], bodies.z[i]] = position;
  [bodies.vx[i], bodies.vy[i], bodies.vz[i]] = velocity;
}

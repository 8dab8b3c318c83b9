/** Finds what must stop a run: values that are not finite, bodies that coincide. */
import type { Bodies } from "../bodies/bodies.ts";
import type { Units } from "../kernels/forces.ts";

/** Most indices that an error names. */
const MOST_CULPRITS = 16;

/** Bodies whose position or velocity is NaN or infinite. */
export function nonFiniteBodies(bodies: Bodies): number[] {
  const { n, x, y, z, vx, vy, vz } = bodies;
  return culprits(n, [x, y, z, vx, vy, vz]);
}

/** Bodies whose acceleration is NaN or infinite. */
export function nonFiniteAccelerations(bodies: Bodies): number[] {
  const { n, ax, ay, az } = bodies;
  return culprits(n, [ax, ay, az]);
}

/** Whether none of the first n values is NaN or infinite. */
export function allFinite(n: number, a: Float64Array, b: Float64Array, c: Float64Array): boolean {
  let sum = 0;
  // v × 0 is NaN exactly when v is NaN or infinite, and cannot overflow.
  for (let i = 0; i < n; i++) sum += a[i]! * 0 + b[i]! * 0 + c[i]! * 0;
  return sum === 0;
}

function culprits(n: number, columns: readonly Float64Array[]): number[] {
  const found: number[] = [];
  for (let i = 0; i < n && found.length < MOST_CULPRITS; i++) {
    if (!columns.every((column) => Number.isFinite(column[i]!))) found.push(i);
  }
  return found;
}

/** Of these bodies, those that share their place with another body without any softening between. */
export function coincident(bodies: Bodies, units: Units, among: readonly number[]): number[] {
  const { n, x, y, z, softening } = bodies;
  const found = new Set<number>();
  for (const i of among) {
    for (let j = 0; j < n; j++) {
      if (j === i || x[j] !== x[i] || y[j] !== y[i] || z[j] !== z[i]) continue;
      if (units.softening !== 0 || softening[i] !== 0 || softening[j] !== 0) continue;
      found.add(i).add(j);
    }
  }
  return [...found].sort((a, b) => a - b).slice(0, MOST_CULPRITS);
}

/** The two bodies that are closest to each other: whom to suspect when the energy is wrong. */
export function closestPair(bodies: Bodies): number[] {
  const { n, x, y, z } = bodies;
  let best = Infinity;
  let pair: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const dx = x[j]! - x[i]!;
      const dy = y[j]! - y[i]!;
      const dz = z[j]! - z[i]!;
      const r2 = dx * dx + dy * dy + dz * dz;
      if (r2 < best) {
        best = r2;
        pair = [j, i];
      }
    }
  }
  return pair;
}

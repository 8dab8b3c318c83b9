/** Conserved quantities and structure of a system, in the units of the bodies. O(N²) for the potential. */
import type { Bodies } from "../bodies/bodies.ts";
import type { Units } from "../kernels/forces.ts";

export type Vector = readonly [x: number, y: number, z: number];

export interface Diagnostics {
  readonly kinetic: number;
  /** Softened potential energy, each pair once; negative. */
  readonly potential: number;
  /** kinetic + potential. */
  readonly energy: number;
  readonly momentum: Vector;
  /** About the origin. */
  readonly angularMomentum: Vector;
  readonly centreOfMass: Vector;
  /** 2K / |W|: 1 in virial equilibrium. */
  readonly virialRatio: number;
  /** Radius about the centre of mass that holds half of the mass. */
  readonly halfMassRadius: number;
  /** Radii about the centre of mass by the fraction of the mass within. */
  readonly lagrangianRadii: Readonly<Record<LagrangianFraction, number>>;
}

export const LAGRANGIAN_FRACTIONS = ["0.1", "0.25", "0.5", "0.75", "0.9"] as const;
export type LagrangianFraction = (typeof LAGRANGIAN_FRACTIONS)[number];

export function diagnostics(bodies: Bodies, units: Units): Diagnostics {
  const kinetic = kineticEnergy(bodies);
  const potential = potentialEnergy(bodies, units);
  const centre = centreOfMass(bodies);
  const lagrangianRadii = radiiAbout(bodies, centre);
  return {
    kinetic,
    potential,
    energy: kinetic + potential,
    momentum: momentum(bodies),
    angularMomentum: angularMomentum(bodies),
    centreOfMass: centre,
    virialRatio: (2 * kinetic) / Math.abs(potential),
    halfMassRadius: lagrangianRadii["0.5"],
    lagrangianRadii,
  };
}

export function kineticEnergy(bodies: Bodies): number {
  const { n, mass, vx, vy, vz } = bodies;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += mass[i]! * (vx[i]! ** 2 + vy[i]! ** 2 + vz[i]! ** 2);
  return sum / 2;
}

/** −G Σ_{i<j} mᵢ mⱼ / √(|rⱼ − rᵢ|² + ε² + εᵢ² + εⱼ²) */
export function potentialEnergy(bodies: Bodies, units: Units): number {
  const { n, mass, x, y, z, softening } = bodies;
  const epsilon2 = units.softening * units.softening;
  let total = 0;
  for (let i = 0; i < n; i++) {
    const xi = x[i]!;
    const yi = y[i]!;
    const zi = z[i]!;
    const own2 = epsilon2 + softening[i]! * softening[i]!;
    let sum = 0;
    for (let j = 0; j < i; j++) {
      const dx = x[j]! - xi;
      const dy = y[j]! - yi;
      const dz = z[j]! - zi;
      const r2 = dx * dx + dy * dy + dz * dz + own2 + softening[j]! * softening[j]!;
      sum += mass[j]! / Math.sqrt(r2);
    }
    total += mass[i]! * sum;
  }
  return -units.G * total;
}

export function momentum(bodies: Bodies): Vector {
  const { n, mass, vx, vy, vz } = bodies;
  let px = 0;
  let py = 0;
  let pz = 0;
  for (let i = 0; i < n; i++) {
    px += mass[i]! * vx[i]!;
    py += mass[i]! * vy[i]!;
    pz += mass[i]! * vz[i]!;
  }
  return [px, py, pz];
}

export function angularMomentum(bodies: Bodies): Vector {
  const { n, mass, x, y, z, vx, vy, vz } = bodies;
  let lx = 0;
  let ly = 0;
  let lz = 0;
  for (let i = 0; i < n; i++) {
    lx += mass[i]! * (y[i]! * vz[i]! - z[i]! * vy[i]!);
    ly += mass[i]! * (z[i]! * vx[i]! - x[i]! * vz[i]!);
    lz += mass[i]! * (x[i]! * vy[i]! - y[i]! * vx[i]!);
  }
  return [lx, ly, lz];
}

/** Mass-weighted mean position; the plain mean when all bodies are massless. */
export function centreOfMass(bodies: Bodies): Vector {
  const { n, mass, x, y, z } = bodies;
  const total = mass.reduce((sum, m) => sum + m, 0);
  let cx = 0;
  let cy = 0;
  let cz = 0;
  for (let i = 0; i < n; i++) {
    const weight = total > 0 ? mass[i]! / total : 1 / n;
    cx += weight * x[i]!;
    cy += weight * y[i]!;
    cz += weight * z[i]!;
  }
  return [cx, cy, cz];
}

function radiiAbout(bodies: Bodies, centre: Vector): Record<LagrangianFraction, number> {
  const { n, mass, x, y, z } = bodies;
  const radius = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    radius[i] = Math.sqrt(
      (x[i]! - centre[0]) ** 2 + (y[i]! - centre[1]) ** 2 + (z[i]! - centre[2]) ** 2,
    );
  }
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort(
    (a, b) => radius[a]! - radius[b]! || a - b,
  );
  const total = mass.reduce((sum, m) => sum + m, 0);
  const weight = (i: number): number => (total > 0 ? mass[i]! / total : 1 / n);
  const result: Partial<Record<LagrangianFraction, number>> = {};
  let within = 0;
  let k = 0;
  for (const fraction of LAGRANGIAN_FRACTIONS) {
    // 1e-12: sums of weights such as 10 × 0.1 must reach the fraction that they are meant to be.
    while (k < n && within < Number(fraction) - 1e-12) within += weight(order[k++]!);
    result[fraction] = radius[order[Math.max(0, k - 1)]!]!;
  }
  return result as Record<LagrangianFraction, number>;
}

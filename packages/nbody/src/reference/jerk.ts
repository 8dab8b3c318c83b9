/** Accelerations and jerks as one would write them on paper. The kernel is held against it. */
import type { Bodies } from "../bodies/bodies.ts";
import type { Units } from "../kernels/forces.ts";

type Six = [ax: number, ay: number, az: number, jx: number, jy: number, jz: number];

/** a = G Σ m d / s³, ȧ = G Σ m (w − 3 (d·w) d / s²) / s³ of body i; s² = d² + ε² + εᵢ² + εⱼ². */
export function referenceJerk(bodies: Bodies, units: Units, i: number): Six {
  const { n, mass, x, y, z, vx, vy, vz, softening } = bodies;
  const sum: Six = [0, 0, 0, 0, 0, 0];
  for (let j = 0; j < n; j++) {
    if (j === i) continue;
    const d = [x[j]! - x[i]!, y[j]! - y[i]!, z[j]! - z[i]!] as const;
    const w = [vx[j]! - vx[i]!, vy[j]! - vy[i]!, vz[j]! - vz[i]!] as const;
    const epsilon2 = units.softening ** 2 + softening[i]! ** 2 + softening[j]! ** 2;
    const s2 = d[0] * d[0] + d[1] * d[1] + d[2] * d[2] + epsilon2;
    const dw = d[0] * w[0] + d[1] * w[1] + d[2] * w[2];
    const weight = (units.G * mass[j]!) / (s2 * Math.sqrt(s2));
    for (const c of [0, 1, 2] as const) {
      sum[c] += weight * d[c];
      sum[(c + 3) as 3 | 4 | 5] += weight * (w[c] - (3 * dw * d[c]) / s2);
    }
  }
  return sum;
}

/** The direct sum as one would write it on paper: slow, obvious, float64. Kernels are held against it. */
import type { Bodies } from "../bodies/bodies.ts";
import type { Forces, Units } from "../kernels/forces.ts";

export function referenceForces(bodies: Bodies, units: Units): Forces {
  return {
    name: "reference",
    bodies,
    units,
    accelerations: () => referenceAccelerations(bodies, units),
    close() {},
  };
}

/** aᵢ = G Σⱼ mⱼ (rⱼ − rᵢ) / (|rⱼ − rᵢ|² + ε² + εᵢ² + εⱼ²)^{3/2}, summed in the order of j. */
export function referenceAccelerations(bodies: Bodies, units: Units): void {
  const { n, mass, x, y, z, softening, ax, ay, az } = bodies;
  for (let i = 0; i < n; i++) {
    let sx = 0;
    let sy = 0;
    let sz = 0;
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      const dx = x[j]! - x[i]!;
      const dy = y[j]! - y[i]!;
      const dz = z[j]! - z[i]!;
      const epsilon2 = units.softening ** 2 + softening[i]! ** 2 + softening[j]! ** 2;
      const r2 = dx * dx + dy * dy + dz * dz + epsilon2;
      const w = mass[j]! / (r2 * Math.sqrt(r2));
      sx += w * dx;
      sy += w * dy;
      sz += w * dz;
    }
    ax[i] = units.G * sx;
    ay[i] = units.G * sy;
    az[i] = units.G * sz;
  }
}

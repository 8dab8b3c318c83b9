/** The two halves of every splitting method for a separable Hamiltonian H = T(v) + U(r). */
import type { Motion } from "./integrator.ts";

/** v ← v + a h, with the accelerations of the present positions. */
export function kick(motion: Motion, h: number): void {
  motion.accelerate();
  const { n, vx, vy, vz, ax, ay, az } = motion.bodies;
  for (let i = 0; i < n; i++) {
    vx[i] = vx[i]! + ax[i]! * h;
    vy[i] = vy[i]! + ay[i]! * h;
    vz[i] = vz[i]! + az[i]! * h;
  }
}

/** r ← r + v h. */
export function drift(motion: Motion, h: number): void {
  const { n, x, y, z, vx, vy, vz } = motion.bodies;
  for (let i = 0; i < n; i++) {
    x[i] = x[i]! + vx[i]! * h;
    y[i] = y[i]! + vy[i]! * h;
    z[i] = z[i]! + vz[i]! * h;
  }
  motion.moved();
}

/**
 * Which bodies touched during a step.
 *
 * Between two looks every body is taken to move along the straight line from its last place to its
 * present one, so that fast bodies cannot pass through each other unseen. Two bodies touch at the first
 * moment at which their distance is the sum of their radii; a body without a radius is a point, and two
 * points never touch. The line misses the true path by a h²/8.
 *
 * Candidates come from a sweep along x. The order of the last sweep is kept and repaired by insertion,
 * which is linear when little has changed; the answer does not depend on it.
 */
import type { Bodies } from "../bodies/bodies.ts";

export interface Contact {
  /** Indices, i < j. */
  readonly i: number;
  readonly j: number;
  /** When they first touched, as a fraction of the time since the last look; 0 if they touched then. */
  readonly at: number;
}

export class ContactDetector {
  readonly #bodies: Bodies;
  #lastX: Float64Array = new Float64Array(0);
  #lastY: Float64Array = new Float64Array(0);
  #lastZ: Float64Array = new Float64Array(0);
  #low: Float64Array = new Float64Array(0);
  #order: Uint32Array = new Uint32Array(0);
  #sorted = false;

  constructor(bodies: Bodies) {
    this.#bodies = bodies;
    this.forget();
  }

  /** Takes the present positions as the last ones: after bodies were moved, changed or removed. */
  forget(): void {
    const { n, x, y, z } = this.#bodies;
    if (n !== this.#lastX.length) {
      this.#lastX = new Float64Array(n);
      this.#lastY = new Float64Array(n);
      this.#lastZ = new Float64Array(n);
      this.#low = new Float64Array(n);
      this.#order = Uint32Array.from({ length: n }, (_, i) => i);
      this.#sorted = false;
    }
    this.#lastX.set(x);
    this.#lastY.set(y);
    this.#lastZ.set(z);
  }

  /** Where body i was at the last look. */
  lastPlace(i: number): readonly [number, number, number] {
    return [this.#lastX[i]!, this.#lastY[i]!, this.#lastZ[i]!];
  }

  /** The contacts since the last look, by time, then by index. Does not move the last look. */
  contacts(): Contact[] {
    const { n, x, radius } = this.#bodies;
    if (!radius.some((r) => r > 0)) return [];
    const low = this.#low;
    for (let i = 0; i < n; i++) low[i] = Math.min(x[i]!, this.#lastX[i]!) - radius[i]!;
    this.#repairOrder();
    const order = this.#order;
    const found: Contact[] = [];
    for (let k = 0; k < n; k++) {
      const i = order[k]!;
      const high = Math.max(x[i]!, this.#lastX[i]!) + radius[i]!;
      for (let l = k + 1; l < n && low[order[l]!]! <= high; l++) {
        const j = order[l]!;
        const reach = radius[i]! + radius[j]!;
        if (reach === 0) continue;
        const at = this.#firstTouch(i, j, reach);
        if (at !== undefined) found.push({ i: Math.min(i, j), j: Math.max(i, j), at });
      }
    }
    return found.sort((a, b) => a.at - b.at || a.i - b.i || a.j - b.j);
  }

  #repairOrder(): void {
    const order = this.#order;
    const low = this.#low;
    // Insertion would take n²/4 moves from an order that has nothing to do with x.
    if (!this.#sorted) order.sort((a, b) => low[a]! - low[b]!);
    this.#sorted = true;
    for (let k = 1; k < order.length; k++) {
      const body = order[k]!;
      const key = low[body]!;
      let l = k - 1;
      while (l >= 0 && low[order[l]!]! > key) {
        order[l + 1] = order[l]!;
        l--;
      }
      order[l + 1] = body;
    }
  }

  /** Smallest t in 0 … 1 with |d + t (e − d)| ≤ reach, where d is the last distance and e the present. */
  #firstTouch(i: number, j: number, reach: number): number | undefined {
    const { x, y, z } = this.#bodies;
    const dx = this.#lastX[j]! - this.#lastX[i]!;
    const dy = this.#lastY[j]! - this.#lastY[i]!;
    const dz = this.#lastZ[j]! - this.#lastZ[i]!;
    const mx = x[j]! - x[i]! - dx;
    const my = y[j]! - y[i]! - dy;
    const mz = z[j]! - z[i]! - dz;
    const c = dx * dx + dy * dy + dz * dz - reach * reach;
    if (c <= 0) return 0;
    const b = dx * mx + dy * my + dz * mz;
    const a = mx * mx + my * my + mz * mz;
    const discriminant = b * b - a * c;
    if (b >= 0 || discriminant < 0) return undefined;
    // The smaller root in the form that does not cancel.
    const t = c / (Math.sqrt(discriminant) - b);
    return t <= 1 ? t : undefined;
  }
}

/** Whom to name beside a body that brought a run to its end. */
import type { Bodies } from "../bodies/bodies.ts";

/** The body nearest to this one and its distance; [−1, ∞] when there is no other. */
export function nearestTo(
  { x, y, z }: Pick<Bodies, "x" | "y" | "z">,
  n: number,
  body: number,
): readonly [other: number, distance: number] {
  let best = Infinity;
  let other = -1;
  for (let i = 0; i < n; i++) {
    if (i === body) continue;
    const dx = x[i]! - x[body]!;
    const dy = y[i]! - y[body]!;
    const dz = z[i]! - z[body]!;
    const r2 = dx * dx + dy * dy + dz * dz;
    if (r2 < best) {
      best = r2;
      other = i;
    }
  }
  return [other, Math.sqrt(best)];
}

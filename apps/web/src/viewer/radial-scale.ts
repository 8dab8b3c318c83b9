/**
 * How distances from the centre are drawn. In a planetary system the innermost orbit is a hundredth
 * of the outermost: true to scale one of them is always out of sight. "compressed" draws distance r
 * as ∛(r/R) of the view's radius R, which sets the ten orbits from Mercury's to Pluto's about evenly
 * apart: directions, order and closed circles stay, and so does R itself.
 *
 * The shader computes the same (see point-shader.ts). A bare cube root has an infinite slope at 0:
 * both use r (r + ε)^(-2/3) with ε = 1e-5 R, a thousandth of Mercury's orbit.
 */
export type RadialMode = "true" | "compressed";

export const RADIAL_EPSILON = 1e-5;

/** Factor by which a vector of length `r` (in units of the view's radius) is drawn longer. */
export function radialFactor(mode: RadialMode, r: number): number {
  return mode === "true" ? 1 : (r + RADIAL_EPSILON) ** (-2 / 3);
}

/** Where a distance is drawn, both in units of the view's radius. */
export function drawnRadius(mode: RadialMode, r: number): number {
  return r * radialFactor(mode, r);
}

/** Whether a system of named bodies spans so many scales that compression is the better start. */
export function wantsCompression(positions: Float32Array, centre: number): boolean {
  let nearest = Infinity;
  let farthest = 0;
  const n = positions.length / 3;
  for (let i = 0; i < n; i += 1) {
    if (i === centre) continue;
    const r = Math.hypot(
      positions[3 * i]! - positions[3 * centre]!,
      positions[3 * i + 1]! - positions[3 * centre + 1]!,
      positions[3 * i + 2]! - positions[3 * centre + 2]!,
    );
    if (r === 0) continue;
    nearest = Math.min(nearest, r);
    farthest = Math.max(farthest, r);
  }
  return farthest > 20 * nearest;
}

/** Radii for the grid's rings, in the simulation's unit: round numbers, three to six of them. */
export function ringRadii(mode: RadialMode, viewRadius: number): number[] {
  if (mode === "compressed") {
    const radii: number[] = [];
    for (let exponent = Math.floor(Math.log10(viewRadius)) - 2; radii.length < 8; exponent += 1) {
      for (const digit of [1, 3]) {
        const r = Number((digit * 10 ** exponent).toPrecision(1));
        if (r > viewRadius * 1.05) return radii;
        if (r >= viewRadius * 0.004) radii.push(r);
      }
    }
    return radii;
  }
  const rough = viewRadius / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((digit) => digit * power).find((value) => value >= rough)!;
  const count = Math.floor((viewRadius * 1.05) / step);
  return Array.from({ length: count }, (_, i) => Number(((i + 1) * step).toPrecision(6)));
}

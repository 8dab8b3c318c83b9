/**
 * How strongly everything pulls at a target, which errors are held against, and whether it is small
 * beside the distance of what pulls.
 */
import { AT_RADIUS, AT_SIZE, cellWidth, massOf, recordOf, xOf, yOf, zOf } from "./cell";

let softening2: f64 = 0;
/** Fourth power of the share of the distance of the pulling mass that a target may be wide. */
let wide4: f32 = 0;

/** Of the last target: the candidates' own pull, and the inverse square of their distance. */
let candidatesPull: f32 = 0;
let nearness2: f32 = 0;

export function usePull(soft2: f64, wide: f64): void {
  softening2 = soft2;
  wide4 = <f32>(wide * wide * wide * wide);
}

/** About how strongly everything pulls at cell t, in units of its size: candidates and expansion e. */
export function pullOn(t: usize, from: usize, to: usize, e: usize): f32 {
  const tx = xOf(t);
  const ty = yOf(t);
  const tz = zOf(t);
  const inverse = 1.0 / <f64>load<f32>(recordOf(t), AT_SIZE);
  const unit2 = inverse * inverse;
  const rt = <f64>load<f32>(recordOf(t), AT_RADIUS);
  let ax: f64 = 0;
  let ay: f64 = 0;
  let az: f64 = 0;
  let mx: f64 = 0;
  let my: f64 = 0;
  let mz: f64 = 0;
  for (let p = from; p < to; p += 4) {
    const s = <usize>load<u32>(p);
    const dx = (tx - xOf(s)) * inverse;
    const dy = (ty - yOf(s)) * inverse;
    const dz = (tz - zOf(s)) * inverse;
    const width = <f64>load<f32>(cellWidth + (s << 2));
    const r2 = dx * dx + dy * dy + dz * dz + (softening2 + width * width + rt * rt) * unit2;
    const u = <f64>massOf(s) / sqrt(r2);
    mx -= u * dx;
    my -= u * dy;
    mz -= u * dz;
    const w = u / r2;
    ax -= w * dx;
    ay -= w * dy;
    az -= w * dz;
  }
  const mass = sqrt(mx * mx + my * my + mz * mz);
  const pull = sqrt(ax * ax + ay * ay + az * az);
  candidatesPull = <f32>pull;
  nearness2 = mass > 0 ? <f32>(pull / mass) : 0;
  ax += <f64>load<f32>(e, 0);
  ay += <f64>load<f32>(e, 4);
  az += <f64>load<f32>(e, 8);
  const own = (0.5 * <f64>massOf(t)) / ((rt * rt + softening2) * unit2 + 0.25);
  return <f32>(sqrt(ax * ax + ay * ay + az * az) + own);
}

/**
 * Whether cell t, which is the target of the last pullOn() or a part of it, is not small beside the
 * distance of what pulls at it. The errors (t/R)⁴ of candidates that are all in one direction have one
 * sign and add up, however many small ones they are. R² is the ratio of the sums of m r̂ and m r̂/r²
 * over the candidates: where they are all around both cancel, and R stays what it should be.
 */
export function isWide(t: usize, pull: f32): bool {
  const radius = load<f32>(recordOf(t), AT_RADIUS) / load<f32>(recordOf(t), AT_SIZE);
  const share2 = radius * radius * nearness2;
  return share2 * share2 * candidatesPull > wide4 * pull;
}

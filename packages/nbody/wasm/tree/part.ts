/**
 * A few bodies as a target of their own, in the spare cell of this instance: parts of a group that is too
 * wide to be one target, and single bodies that are summed again.
 */
import {
  AT_BEGIN,
  AT_END,
  AT_RADIUS,
  AT_SIZE,
  AT_SOFTENING,
  AT_SPREAD,
  cellReach,
  cellX,
  cellY,
  cellZ,
  columnE,
  columnX,
  columnY,
  columnZ,
  orderA,
  recordOf,
  xOf,
  yOf,
  zOf,
} from "./cell";
import { SPREAD_WEIGHT } from "./moments";

/** Index of a cell that is this instance's own. */
export let part: usize = 0;
let scale: f64 = 1;
let softened: bool = false;
let reachPerRadius: f64 = 1;

export function placePart(spareCell: usize): void {
  part = spareCell;
}

export function useParts(lengths: f64, soft: bool, angle: f64): void {
  scale = lengths;
  softened = soft;
  reachPerRadius = 1 / angle;
}

/** Makes the part of the bodies begin … end − 1 of cell t. Only what targets need is set. */
export function makePart(t: usize, begin: usize, end: usize): void {
  const at = recordOf(part);
  const size = load<f32>(recordOf(t), AT_SIZE);
  store<f32>(at, size, AT_SIZE);
  store<u32>(at, <u32>begin, AT_BEGIN);
  store<u32>(at, <u32>end, AT_END);
  setMeans(at, begin, end);
  const several = end - begin > 1;
  const far2 = several ? farthest2(begin, end) : 0;
  // As for the cells of the tree: see moments.ts.
  const least = <f64>size / 64;
  const spread = several ? SPREAD_WEIGHT * <f64>load<f32>(recordOf(t), AT_SPREAD) : 0;
  const reach = sqrt(max(far2 + spread, least * least));
  store<f32>(cellReach + (part << 2), <f32>(reach * reachPerRadius));
  store<f32>(at, <f32>(sqrt(far2) * 1.000001), AT_RADIUS);
}

/** Byte offset in the columns of the k-th body in tree order. */
// @ts-ignore: decorator
@inline
function rowOf(k: usize): usize {
  return (<usize>load<u32>(orderA + (k << 2))) << 3;
}

/** The mean place and the mean squared softening. */
function setMeans(at: usize, begin: usize, end: usize): void {
  let x: f64 = 0;
  let y: f64 = 0;
  let z: f64 = 0;
  let soft2: f64 = 0;
  for (let k = begin; k < end; k++) {
    const i = rowOf(k);
    x += load<f64>(columnX + i) * scale;
    y += load<f64>(columnY + i) * scale;
    z += load<f64>(columnZ + i) * scale;
    const soft = softened ? load<f64>(columnE + i) * scale : 0;
    soft2 += soft * soft;
  }
  const n = <f64>(end - begin);
  store<f64>(cellX + (part << 3), x / n);
  store<f64>(cellY + (part << 3), y / n);
  store<f64>(cellZ + (part << 3), z / n);
  store<f32>(at, <f32>(soft2 / n), AT_SOFTENING);
}

/** Square of the largest distance of a body from the mean place. */
function farthest2(begin: usize, end: usize): f64 {
  let most: f64 = 0;
  for (let k = begin; k < end; k++) {
    const i = rowOf(k);
    const dx = load<f64>(columnX + i) * scale - xOf(part);
    const dy = load<f64>(columnY + i) * scale - yOf(part);
    const dz = load<f64>(columnZ + i) * scale - zOf(part);
    most = max(most, dx * dx + dy * dy + dz * dz);
  }
  return most;
}

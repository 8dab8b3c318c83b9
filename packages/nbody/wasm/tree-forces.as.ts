// asc: -O3 --runtime stub --enable simd --enable threads --importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536 --noAssert
/**
 * Accelerations from the tree: a walk over pairs of cells.
 *
 * Every target cell gets a list of candidates from its parent. A candidate that is far enough is added,
 * through its moments, to the expansion about the target's centre; one that is larger than the target is
 * opened; the rest goes on to the target's children. At a leaf, or a cell of few bodies, what is left
 * is opened down to leaves and summed body by body. A cell is far when it is out of reach, and
 *
 *   m (t⁴ + 6 t² s² + ½ s³ (4 t + s)) ≤ tolerance · a · (R² + ε²)³
 *
 * with t the target's radius, s the candidate's rms radius and a the pull of everything on the target:
 * the first terms that the expansions leave out, in the size that they have at the edge of the target.
 *
 * A task is the work for one cell of the tree. Tasks share nothing and write only their own bodies'
 * accelerations, so the result is the same whoever does them, in whatever order.
 */
import { interact, placeCandidates, useCandidates } from "./tree/candidates";
import {
  AT_BEGIN,
  AT_END,
  AT_PARENT,
  AT_RADIUS,
  AT_SIZE,
  AT_SOFTENING,
  cellReach,
  cellRms,
  cellX,
  cellY,
  cellZ,
  columnE,
  columnX,
  columnY,
  columnZ,
  linkOf,
  massOf,
  orderA,
  placeBodies,
  placeCells,
  recordOf,
  xOf,
  yOf,
  zOf,
} from "./tree/cell";
import { EXPANSION, shift } from "./tree/expansion";
import { farCells, placeFar } from "./tree/far";
import { clearLeaves, closeTargets, finish, nearPairs, placeNear, useNear } from "./tree/near";

export { farCells, nearPairs, closeTargets };

/** Expansions are kept for this many levels; a deeper cell is summed as a whole. */
const DEPTH: usize = 512;
/** Wide targets, or what is left of them, take sources this much farther away. */
const WIDE_REACH: f32 = 3;
/** Cells of more than this many groups have their pull estimated; smaller ones take their parent's. */
const PULL_GROUPS: u32 = 4;

let targetMost: u32 = 16;
/** Square of the share of the distance of the pulling mass that a target may be wide. */
let wide2: f32 = 0.04;
let scale: f64 = 1;
let softened: bool = false;
/** Index of a cell that is this instance's own: see descendSingly(). */
let spare: usize = 0;
let softening2: f64 = 0;

let expansions: usize = 0;
let expansionsEnd: usize = 0;
/** Where the first list of candidates begins. */
let candidates: usize = 0;

/** Where everything is; `own` is scratch space of this instance alone. */
export function configure(
  rows: usize,
  mass: usize,
  x: usize,
  y: usize,
  z: usize,
  softening: usize,
  scratch: usize,
  cells: usize,
  cellCapacity: usize,
  own: usize,
  ownBytes: usize,
  spareCell: usize,
): void {
  spare = spareCell;
  placeBodies(rows, mass, x, y, z, softening, scratch);
  placeCells(cells, cellCapacity);
  expansions = placeNear(placeFar(own));
  expansionsEnd = expansions + DEPTH * EXPANSION;
  candidates = placeCandidates(expansionsEnd, own + ownBytes - 64);
}

/** What the tree was built with and what is wanted of it. */
export function use(
  ax: usize,
  ay: usize,
  az: usize,
  lengths: f64,
  masses: f64,
  soft: bool,
  epsilon2: f64,
  newton: f64,
  target: u32,
  errorTolerance: f64,
  wide: f64,
): void {
  scale = lengths;
  softened = soft;
  wide2 = <f32>(wide * wide);
  targetMost = target;
  softening2 = epsilon2 * lengths * lengths;
  useCandidates(errorTolerance, softening2);
  useNear(ax, ay, az, soft, newton, epsilon2, lengths, masses);
}

/** Accelerations of the bodies of cell `task`. False when a list overflowed. */
export function accelerations(task: usize): bool {
  let depth = 0;
  // The ancestors' share is worked out again by every task: it is little, and tasks share nothing.
  for (let c = task; c != 0; c = <usize>load<u32>(recordOf(c), AT_PARENT)) depth++;
  let from = candidates;
  store<u32>(from, 0);
  let to = from + 4;
  let e = expansions;
  let pull: f32 = 0;
  memory.fill(e, 0, EXPANSION);
  for (let d = 0, cell: usize = 0; d < depth; d++) {
    pull = pullOn(cell, from, to, e);
    const end = interact(cell, from, to, e, false, pull, isWide(cell, pull) ? WIDE_REACH : 1);
    if (end == 0) return false;
    let next = task;
    for (let k = d + 1; k < depth; k++) next = <usize>load<u32>(recordOf(next), AT_PARENT);
    shift(cell, e, next, e + EXPANSION);
    pull = rescaled(pull, cell, next);
    e += EXPANSION;
    from = to;
    to = end;
    cell = next;
  }
  return descend(task, from, to, e, pull, true);
}

/** A pull in units of cell a, in those of cell b. */
function rescaled(pull: f32, a: usize, b: usize): f32 {
  const ratio = load<f32>(recordOf(b), AT_SIZE) / load<f32>(recordOf(a), AT_SIZE);
  return pull * (ratio * ratio);
}

/** Everything in cell t, given its candidates and the expansion e of what is farther away. */
function descend(
  t: usize,
  from: usize,
  to: usize,
  e: usize,
  inherited: f32,
  wideParent: bool,
): bool {
  const n = load<u32>(recordOf(t), AT_END) - load<u32>(recordOf(t), AT_BEGIN);
  const group = linkOf(t) == 0 || n <= targetMost || e + 2 * EXPANSION >= expansionsEnd;
  const own = wideParent || n > PULL_GROUPS * targetMost;
  const pull = own ? pullOn(t, from, to, e) : inherited;
  const wide = isWide(t, pull);
  if (group && n > 1 && wide) return descendSingly(t, from, to, e, pull);
  const end = interact(t, from, to, e, group, pull, wide ? WIDE_REACH : 1);
  if (end == 0) return false;
  if (group) {
    finish(t, e);
    return true;
  }
  const first = linkOf(t) >> 3;
  const last = first + (linkOf(t) & 7);
  for (let c = first; c <= last; c++) {
    shift(t, e, c, e + EXPANSION);
    if (!descend(c, to, end, e + EXPANSION, rescaled(pull, t, c), wide)) return false;
  }
  return true;
}

/**
 * Whether the radius of t is not small beside √(mass of all / pull), which is the distance of what pulls
 * at it when that is all in one direction: the errors at the edge of t, each small, would all add up.
 */
function isWide(t: usize, pull: f32): bool {
  const radius = load<f32>(recordOf(t), AT_RADIUS);
  const size = load<f32>(recordOf(t), AT_SIZE);
  return radius * radius * pull > wide2 * massOf(0) * size * size;
}

/** The bodies of group t one by one, each as a cell of its own. */
function descendSingly(t: usize, from: usize, to: usize, e: usize, pull: f32): bool {
  clearLeaves();
  const begin = <usize>load<u32>(recordOf(t), AT_BEGIN);
  const end = <usize>load<u32>(recordOf(t), AT_END);
  const at = recordOf(spare);
  const size = load<f32>(recordOf(t), AT_SIZE);
  for (let k = begin; k < end; k++) {
    const i = (<usize>load<u32>(orderA + (k << 2))) << 3;
    store<f64>(cellX + (spare << 3), load<f64>(columnX + i) * scale);
    store<f64>(cellY + (spare << 3), load<f64>(columnY + i) * scale);
    store<f64>(cellZ + (spare << 3), load<f64>(columnZ + i) * scale);
    store<f32>(cellReach + (spare << 2), size / 64);
    store<f32>(at, 0, AT_RADIUS);
    store<f32>(at, size, AT_SIZE);
    store<u32>(at, <u32>k, AT_BEGIN);
    store<u32>(at, <u32>k + 1, AT_END);
    const soft = softened ? load<f64>(columnE + i) * scale : 0;
    store<f32>(at, <f32>(soft * soft), AT_SOFTENING);
    shift(t, e, spare, e + EXPANSION);
    if (interact(spare, from, to, e + EXPANSION, true, pull, 1) == 0) return false;
    finish(spare, e + EXPANSION);
  }
  return true;
}

/** About how strongly everything pulls at cell t, in units of its size. */
function pullOn(t: usize, from: usize, to: usize, e: usize): f32 {
  const tx = xOf(t);
  const ty = yOf(t);
  const tz = zOf(t);
  const inverse = 1.0 / <f64>load<f32>(recordOf(t), AT_SIZE);
  const unit2 = inverse * inverse;
  const rt = <f64>load<f32>(recordOf(t), AT_RADIUS);
  let ax = <f64>load<f32>(e, 0);
  let ay = <f64>load<f32>(e, 4);
  let az = <f64>load<f32>(e, 8);
  for (let p = from; p < to; p += 4) {
    const s = <usize>load<u32>(p);
    const dx = (tx - xOf(s)) * inverse;
    const dy = (ty - yOf(s)) * inverse;
    const dz = (tz - zOf(s)) * inverse;
    const rms = <f64>load<f32>(cellRms + (s << 2));
    const r2 = dx * dx + dy * dy + dz * dz + (softening2 + rms * rms + rt * rt) * unit2;
    const w = <f64>massOf(s) / (r2 * sqrt(r2));
    ax -= w * dx;
    ay -= w * dy;
    az -= w * dz;
  }
  const own = (0.5 * <f64>massOf(t)) / ((rt * rt + softening2) * unit2 + 0.25);
  return <f32>(sqrt(ax * ax + ay * ay + az * az) + own);
}

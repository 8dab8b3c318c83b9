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
 * with t the target's radius, s the candidate's width and a the pull of everything on the target:
 * the first terms that the expansions leave out, in the size that they have at the edge of the target;
 * times 1 / (1 − (reach / R)²) for the terms after those.
 *
 * A task is the work for one cell of the tree. Tasks share nothing and write only their own bodies'
 * accelerations, so the result is the same whoever does them, in whatever order.
 */
import { interact, placeCandidates, useCandidates } from "./tree/candidates";
import {
  AT_BEGIN,
  AT_END,
  AT_PARENT,
  AT_SIZE,
  linkOf,
  orderA,
  placeBodies,
  placeCells,
  recordOf,
} from "./tree/cell";
import { EXPANSION, shift } from "./tree/expansion";
import { clearFar, farCells, placeFar } from "./tree/far";
import {
  clearLeaves,
  closeTargets,
  finish,
  nearPairs,
  placeNear,
  sumExactly,
  useNear,
  writtenPull,
} from "./tree/near";
import { makePart, part, placePart, useParts } from "./tree/part";
import { isWide, pullOn, usePull } from "./tree/pull";

export { farCells, nearPairs, closeTargets };

/** Expansions are kept for this many levels; a deeper cell is summed as a whole. */
const DEPTH: usize = 512;
/** Wide cells take sources this much farther away; the rest is left to their children. */
const WIDE_REACH: f32 = 4;
/** Cells of more than this many groups have their pull estimated; smaller ones take their parent's. */
const PULL_GROUPS: u32 = 4;
/** A part of a group takes larger cells than a group does, hence more error from each: half of it is allowed. */
const PART_SHARE: f32 = 0.5;
/**
 * Bodies that are pulled less than this share of what their cells were held against are summed again,
 * held against their own pull. They are few: 3 of 10000 in disks and galaxies, fewer in spheres.
 */
const CANCELLED: f64 = 0.1;
/**
 * So few bodies are summed pair by pair in float64: where nothing averages out there is no error to
 * expect, and a tree is no faster (1.8 ms for 512 bodies).
 */
const FEW: u32 = 512;

let targetMost: u32 = 16;
let again: u64 = 0;
/** Share of the strongest pull below which float32 sums are too coarse for what is left. */
let exactShare: f64 = 0;

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
  placePart(spareCell);
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
  angle: f64,
  errorTolerance: f64,
  wide: f64,
  close: f64,
  exact: f64,
): void {
  targetMost = target;
  exactShare = exact;
  const softening2 = epsilon2 * lengths * lengths;
  useParts(lengths, soft, angle);
  usePull(softening2, wide);
  useCandidates(errorTolerance, softening2);
  useNear(ax, ay, az, soft, newton, epsilon2, lengths, masses, close);
}

/** Bodies summed again so far, for profiles. */
export function cancelledBodies(): f64 {
  return <f64>again;
}

/** Accelerations of the bodies of cell `task`. False when a list overflowed. */
export function accelerations(task: usize): bool {
  const bodies = load<u32>(recordOf(0), AT_END);
  if (bodies <= FEW) {
    for (let i: usize = 0; i < (<usize>bodies) << 3; i += 8) sumExactly(i, bodies);
    return true;
  }
  let depth = 0;
  // The ancestors' share is worked out again by every task: it is little, and tasks share nothing.
  for (let c = task; c != 0; c = <usize>load<u32>(recordOf(c), AT_PARENT)) depth++;
  let from = candidates;
  store<u32>(from, 0);
  let to = from + 4;
  let e = expansions;
  let pull: f32 = 0;
  let strongest: f32 = 0;
  memory.fill(e, 0, EXPANSION);
  for (let d = 0, cell: usize = 0; d < depth; d++) {
    pull = pullOn(cell, from, to, e);
    strongest = max(strongest, pull);
    const end = interact(cell, from, to, e, false, pull, isWide(cell, pull) ? WIDE_REACH : 1);
    if (end == 0) return false;
    let next = task;
    for (let k = d + 1; k < depth; k++) next = <usize>load<u32>(recordOf(next), AT_PARENT);
    shift(cell, e, next, e + EXPANSION);
    pull = rescaled(pull, cell, next);
    strongest = rescaled(strongest, cell, next);
    e += EXPANSION;
    from = to;
    to = end;
    cell = next;
  }
  return descend(task, from, to, e, pull, strongest, true);
}

/** A pull in units of cell a, in those of cell b. */
function rescaled(pull: f32, a: usize, b: usize): f32 {
  const ratio = load<f32>(recordOf(b), AT_SIZE) / load<f32>(recordOf(a), AT_SIZE);
  return pull * (ratio * ratio);
}

/**
 * Everything in cell t, given its candidates and the expansion e of what is farther away. `inherited` is
 * the parent's pull, `strongest` the largest of all ancestors'.
 */
function descend(
  t: usize,
  from: usize,
  to: usize,
  e: usize,
  inherited: f32,
  strongest: f32,
  wideParent: bool,
): bool {
  const begin = <usize>load<u32>(recordOf(t), AT_BEGIN);
  const n = load<u32>(recordOf(t), AT_END) - <u32>begin;
  const group = linkOf(t) == 0 || n <= targetMost || e + 2 * EXPANSION >= expansionsEnd;
  const own = wideParent || n > PULL_GROUPS * targetMost;
  const pull = own ? pullOn(t, from, to, e) : inherited;
  const wide = own && isWide(t, pull);
  const most = max(strongest, pull);
  if (group && n > 1 && wide) {
    if (!descendInParts(t, begin, begin + n, from, to, e, pull)) return false;
    sumCancelledAgain(t, to, e, most);
    return true;
  }
  const end = interact(t, from, to, e, group, pull, wide ? WIDE_REACH : 1);
  if (end == 0) return false;
  if (group) {
    finish(t, e);
    sumCancelledAgain(t, to, e, most);
    return true;
  }
  const first = linkOf(t) >> 3;
  const last = first + (linkOf(t) & 7);
  for (let c = first; c <= last; c++) {
    shift(t, e, c, e + EXPANSION);
    const next = e + EXPANSION;
    if (!descend(c, to, end, next, rescaled(pull, t, c), rescaled(most, t, c), wide)) return false;
  }
  return true;
}

/**
 * The bodies begin … end − 1 of group t in parts that are not wide: neighbours in tree order, halved as
 * often as it takes.
 */
function descendInParts(
  t: usize,
  begin: usize,
  end: usize,
  from: usize,
  to: usize,
  e: usize,
  pull: f32,
): bool {
  makePart(t, begin, end);
  if (end - begin > 1 && isWide(part, pull)) {
    const middle = (begin + end) >> 1;
    return (
      descendInParts(t, begin, middle, from, to, e, pull) &&
      descendInParts(t, middle, end, from, to, e, pull)
    );
  }
  clearLeaves();
  shift(t, e, part, e + EXPANSION);
  if (interact(part, from, to, e + EXPANSION, true, pull * PART_SHARE, 1) == 0) return false;
  finish(part, e + EXPANSION);
  return true;
}

/**
 * Sums those bodies of group t again, one by one and from the root, whose pulls cancel: errors that
 * are small beside the pulls are not small beside what is left of them. `list` has room for a candidate.
 */
function sumCancelledAgain(t: usize, list: usize, e: usize, strongest: f32): void {
  const size = <f64>load<f32>(recordOf(t), AT_SIZE);
  const few = CANCELLED * <f64>strongest;
  const fewest = exactShare * <f64>strongest;
  const end = <usize>load<u32>(recordOf(t), AT_END);
  for (let k = <usize>load<u32>(recordOf(t), AT_BEGIN); k < end; k++) {
    const i = (<usize>load<u32>(orderA + (k << 2))) << 3;
    const pull = writtenPull(i, size);
    if (!(pull < few)) continue;
    again++;
    if (pull < fewest || !sumSingly(t, k, list, e + EXPANSION, <f32>pull)) {
      sumExactly(i, <usize>load<u32>(recordOf(0), AT_END));
    }
  }
}

/** The k-th body in tree order, a part of group t, from the root. False when a list overflowed. */
function sumSingly(t: usize, k: usize, list: usize, e: usize, pull: f32): bool {
  makePart(t, k, k + 1);
  clearLeaves();
  memory.fill(e, 0, EXPANSION);
  store<u32>(list, 0);
  if (interact(part, list, list + 4, e, true, pull * PART_SHARE, 1) == 0) {
    clearFar();
    return false;
  }
  finish(part, e);
  return true;
}

/**
 * The near bodies of a group of targets, summed pair by pair in float32 and written out in float64.
 *
 * Positions are relative to the centre of the group's cell t and in units of its size, so a difference
 * of two is good to 2⁻²⁴ of the extent of the list. A pair closer than a share of the extent (of r² + ε²)
 * would lose more than is wanted: it is left out of the float32 sum and counted; a target whose count
 * is not just itself has those pairs added in float64 from the bodies' own columns, exactly as the
 * direct sum has them. That happens to close binaries and to bodies that coincide.
 */
import {
  AT_BEGIN,
  AT_END,
  AT_RADIUS,
  AT_SIZE,
  AT_SOFTENING,
  bodyM,
  bodyX,
  bodyY,
  bodyZ,
  columnE,
  columnM,
  columnX,
  columnY,
  columnZ,
  orderA,
  orderB,
  recordOf,
  xOf,
  yOf,
  zOf,
} from "./cell";
import { evaluate } from "./expansion";
import { accumulate, at, inverseRoot, total, totalOf } from "./lanes";

/** Bodies are summed when this many have come together. */
const NEAR_MOST: usize = 1024;
const COLUMN: usize = NEAR_MOST * 4 + 64;
/** Targets whose accelerations are summed together, and the bytes of a column of theirs. */
const TARGETS: usize = 64;
const T: usize = TARGETS * 4;
/** Square of the share of the extent of a list below which pairs are close. */
let closeShare2: f32 = 0;
const LEAVES_MOST: usize = 32768;

let nearX: usize = 0;
let nearY: usize = 0;
let nearZ: usize = 0;
let nearM: usize = 0;
let nearE: usize = 0;
let nearN: usize = 0;
/** Columns of T bytes: x y z ε², far x y z, near x y z, count of close pairs. */
let targets: usize = 0;
let leaves: usize = 0;
let leavesN: usize = 0;
let nearTotal: u64 = 0;
let redone: u64 = 0;

let outX: usize = 0;
let outY: usize = 0;
let outZ: usize = 0;
let softened: bool = false;
let G: f64 = 1;
/** ε² of all, in the bodies' units and scaled. */
let plummer2: f64 = 0;
let soft2: f64 = 0;
/** What a sum in scaled units is multiplied by. */
let strength: f64 = 1;

/** Gives the lists their room; returns the end of it. */
export function placeNear(start: usize): usize {
  nearX = start;
  nearY = nearX + COLUMN;
  nearZ = nearY + COLUMN;
  nearM = nearZ + COLUMN;
  nearE = nearM + COLUMN;
  targets = nearE + COLUMN;
  leaves = targets + 12 * T;
  return leaves + LEAVES_MOST * 4 + 16;
}

export function useNear(
  ax: usize,
  ay: usize,
  az: usize,
  soft: bool,
  newton: f64,
  epsilon2: f64,
  scale: f64,
  massScale: f64,
  close: f64,
): void {
  closeShare2 = <f32>(close * close);
  outX = ax;
  outY = ay;
  outZ = az;
  softened = soft;
  G = newton;
  plummer2 = epsilon2;
  soft2 = epsilon2 * scale * scale;
  strength = (newton / massScale) * scale * scale;
}

/** Pairs summed so far, and targets with close pairs, for profiles. */
export function nearPairs(): f64 {
  return <f64>nearTotal;
}

export function closeTargets(): f64 {
  return <f64>redone;
}

/** The magnitude of what has been written for body i (byte offset), in units of a cell's size. */
export function writtenPull(i: usize, size: f64): f64 {
  const x = load<f64>(outX + i);
  const y = load<f64>(outY + i);
  const z = load<f64>(outZ + i);
  return (sqrt(x * x + y * y + z * z) / strength) * size * size;
}

export function clearLeaves(): void {
  leavesN = 0;
}

/** Appends n ≤ 4 leaves; false when there is no room. */
// @ts-ignore: decorator
@inline
export function pushLeaves(cells: v128, n: i32): bool {
  v128.store(leaves + (leavesN << 2), cells);
  leavesN += n;
  return leavesN <= LEAVES_MOST - 4;
}

// @ts-ignore: decorator
@inline
function leafAt(l: usize): usize {
  return <usize>load<u32>(leaves + (l << 2));
}

/** Near and far accelerations of the bodies of group t, whose near leaves have been pushed. */
export function finish(t: usize, e: usize): void {
  const record = recordOf(t);
  const inverse = 1.0 / <f64>load<f32>(record, AT_SIZE);
  const epsilon2 = <f32>(soft2 * inverse * inverse);
  const mean = <f32>(<f64>load<f32>(record, AT_SOFTENING) * inverse * inverse);
  const extent = extentOf(t) * <f32>inverse;
  // The least keeps a body that is alone in its list from pulling at itself.
  const close2 = max<f32>(closeShare2 * extent * extent, 1e-30);
  const factor = strength * inverse * inverse;
  const begin = <usize>load<u32>(record, AT_BEGIN);
  const end = <usize>load<u32>(record, AT_END);
  for (let lo = begin; lo < end; lo += TARGETS) {
    const n = min<usize>(end - lo, TARGETS);
    gatherTargets(t, lo, lo + n);
    evaluate(e, targets, T, n, softened ? mean : 0);
    for (let l: usize = 0; l < leavesN; l++) {
      const s = leafAt(l);
      const last = <usize>load<u32>(recordOf(s), AT_END);
      for (let a = <usize>load<u32>(recordOf(s), AT_BEGIN); a < last; ) {
        const b = min<usize>(last, a + NEAR_MOST / 2);
        if (nearN + (b - a) > NEAR_MOST) sumNear(n, epsilon2, close2);
        gather(t, s, a, b);
        a = b;
      }
    }
    sumNear(n, epsilon2, close2);
    for (let k: usize = 0; k < n; k++) write(t, lo + k, targets + (k << 2), factor, epsilon2, close2);
  }
}

/** How far from the centre of t bodies of the list are: what rounding errors scale with. */
function extentOf(t: usize): f32 {
  const tx = xOf(t);
  const ty = yOf(t);
  const tz = zOf(t);
  let most: f64 = 0;
  for (let l: usize = 0; l < leavesN; l++) {
    const s = leafAt(l);
    const dx = xOf(s) - tx;
    const dy = yOf(s) - ty;
    const dz = zOf(s) - tz;
    most = max(most, sqrt(dx * dx + dy * dy + dz * dz) + <f64>load<f32>(recordOf(s), AT_RADIUS));
  }
  return <f32>most + load<f32>(recordOf(t), AT_RADIUS);
}

/** Appends the bodies lo … hi − 1 of leaf s, relative to cell t and in its unit. */
function gather(t: usize, s: usize, lo: usize, hi: usize): void {
  const inverse = 1.0 / <f64>load<f32>(recordOf(t), AT_SIZE);
  const unit = f32x4.splat(<f32>inverse);
  const sx = f32x4.splat(<f32>((xOf(s) - xOf(t)) * inverse));
  const sy = f32x4.splat(<f32>((yOf(s) - yOf(t)) * inverse));
  const sz = f32x4.splat(<f32>((zOf(s) - zOf(t)) * inverse));
  const bytes = (hi - lo) << 2;
  const k = lo << 2;
  const n = nearN << 2;
  // Up to three bodies too many: the next leaf's, or the padding, overwrite them.
  for (let o: usize = 0; o < bytes; o += 16) {
    v128.store(nearX + n + o, f32x4.add(f32x4.mul(v128.load(bodyX + k + o), unit), sx));
    v128.store(nearY + n + o, f32x4.add(f32x4.mul(v128.load(bodyY + k + o), unit), sy));
    v128.store(nearZ + n + o, f32x4.add(f32x4.mul(v128.load(bodyZ + k + o), unit), sz));
    v128.store(nearM + n + o, v128.load(bodyM + k + o));
  }
  nearN += hi - lo;
  if (!softened) return;
  const unit2 = f32x4.mul(unit, unit);
  for (let o: usize = 0; o < bytes; o += 16) {
    v128.store(nearE + n + o, f32x4.mul(v128.load(orderB + k + o), unit2));
  }
}

/** Places bodies lo … hi − 1 of cell t in the target columns and clears their sums. */
function gatherTargets(t: usize, lo: usize, hi: usize): void {
  const inverse = 1.0 / <f64>load<f32>(recordOf(t), AT_SIZE);
  const unit = <f32>inverse;
  memory.fill(targets, 0, 11 * T);
  for (let l: usize = 0; l < leavesN; l++) {
    const s = leafAt(l);
    const a = max<usize>(lo, <usize>load<u32>(recordOf(s), AT_BEGIN));
    const b = min<usize>(hi, <usize>load<u32>(recordOf(s), AT_END));
    if (a >= b) continue;
    const sx = <f32>((xOf(s) - xOf(t)) * inverse);
    const sy = <f32>((yOf(s) - yOf(t)) * inverse);
    const sz = <f32>((zOf(s) - zOf(t)) * inverse);
    for (let k = a; k < b; k++) {
      const o = targets + ((k - lo) << 2);
      store<f32>(o, load<f32>(bodyX + (k << 2)) * unit + sx);
      store<f32>(o, load<f32>(bodyY + (k << 2)) * unit + sy, T);
      store<f32>(o, load<f32>(bodyZ + (k << 2)) * unit + sz, 2 * T);
      if (softened) store<f32>(o, load<f32>(orderB + (k << 2)) * (unit * unit), 3 * T);
    }
  }
}

/** Near sums of n targets over the gathered bodies; empties the list. */
function sumNear(n: usize, epsilon2: f32, close2: f32): void {
  nearTotal += n * nearN;
  const end = nearN << 2;
  // Massless bodies, far away, fill up the last four.
  v128.store(nearX + end, f32x4.splat(1e9));
  v128.store(nearY + end, f32x4.splat(0));
  v128.store(nearZ + end, f32x4.splat(0));
  v128.store(nearM + end, f32x4.splat(0));
  v128.store(nearE + end, f32x4.splat(0));
  for (let o = targets; o < targets + (n << 2); o += 8) {
    if (softened) sumPair(true, o, end, epsilon2, close2);
    else sumPair(false, o, end, epsilon2, close2);
  }
  nearN = 0;
}

/** Near sums of two targets; `soft` is constant where this is inlined. */
// @ts-ignore: decorator
@inline
function sumPair(soft: bool, o: usize, end: usize, epsilon2: f32, close2: f32): void {
  const x0 = at(o, 0);
  const y0 = at(o, T);
  const z0 = at(o, 2 * T);
  const e0 = f32x4.splat(load<f32>(o, 3 * T) + epsilon2);
  const x1 = at(o, 4);
  const y1 = at(o, T + 4);
  const z1 = at(o, 2 * T + 4);
  const e1 = f32x4.splat(load<f32>(o, 3 * T + 4) + epsilon2);
  const least = f32x4.splat(close2);
  let ax0 = f32x4.splat(0);
  let ay0 = f32x4.splat(0);
  let az0 = f32x4.splat(0);
  let ax1 = f32x4.splat(0);
  let ay1 = f32x4.splat(0);
  let az1 = f32x4.splat(0);
  let n0 = i32x4.splat(0);
  let n1 = i32x4.splat(0);
  for (let j: usize = 0; j < end; j += 16) {
    const x = v128.load(nearX + j);
    const y = v128.load(nearY + j);
    const z = v128.load(nearZ + j);
    const m = v128.load(nearM + j);
    const dx0 = f32x4.sub(x, x0);
    const dy0 = f32x4.sub(y, y0);
    const dz0 = f32x4.sub(z, z0);
    const dx1 = f32x4.sub(x, x1);
    const dy1 = f32x4.sub(y, y1);
    const dz1 = f32x4.sub(z, z1);
    const f0 = soft ? f32x4.add(e0, v128.load(nearE + j)) : e0;
    const f1 = soft ? f32x4.add(e1, v128.load(nearE + j)) : e1;
    const r0 = f32x4.add(
      f32x4.add(f32x4.mul(dx0, dx0), f32x4.mul(dy0, dy0)),
      f32x4.add(f32x4.mul(dz0, dz0), f0),
    );
    const r1 = f32x4.add(
      f32x4.add(f32x4.mul(dx1, dx1), f32x4.mul(dy1, dy1)),
      f32x4.add(f32x4.mul(dz1, dz1), f1),
    );
    const close0 = f32x4.lt(r0, least);
    const close1 = f32x4.lt(r1, least);
    n0 = i32x4.sub(n0, close0);
    n1 = i32x4.sub(n1, close1);
    const i0 = inverseRoot(r0);
    const i1 = inverseRoot(r1);
    const w0 = v128.andnot(f32x4.mul(f32x4.mul(m, i0), f32x4.mul(i0, i0)), close0);
    const w1 = v128.andnot(f32x4.mul(f32x4.mul(m, i1), f32x4.mul(i1, i1)), close1);
    ax0 = f32x4.add(ax0, f32x4.mul(w0, dx0));
    ay0 = f32x4.add(ay0, f32x4.mul(w0, dy0));
    az0 = f32x4.add(az0, f32x4.mul(w0, dz0));
    ax1 = f32x4.add(ax1, f32x4.mul(w1, dx1));
    ay1 = f32x4.add(ay1, f32x4.mul(w1, dy1));
    az1 = f32x4.add(az1, f32x4.mul(w1, dz1));
  }
  accumulate(o + 7 * T, total(ax0));
  accumulate(o + 8 * T, total(ay0));
  accumulate(o + 9 * T, total(az0));
  accumulate(o + 7 * T + 4, total(ax1));
  accumulate(o + 8 * T + 4, total(ay1));
  accumulate(o + 9 * T + 4, total(az1));
  store<i32>(o, load<i32>(o, 10 * T) + totalOf(n0), 10 * T);
  store<i32>(o, load<i32>(o, 10 * T + 4) + totalOf(n1), 10 * T + 4);
}

function write(t: usize, k: usize, o: usize, factor: f64, epsilon2: f32, close2: f32): void {
  const i = (<usize>load<u32>(orderA + (k << 2))) << 3;
  const own = load<f32>(o, 3 * T) + epsilon2;
  const self = (softened ? own + load<f32>(o, 3 * T) : own) < close2 ? 1 : 0;
  const x = factor * (<f64>load<f32>(o, 4 * T) + <f64>load<f32>(o, 7 * T));
  const y = factor * (<f64>load<f32>(o, 5 * T) + <f64>load<f32>(o, 8 * T));
  const z = factor * (<f64>load<f32>(o, 6 * T) + <f64>load<f32>(o, 9 * T));
  store<f64>(outX + i, x);
  store<f64>(outY + i, y);
  store<f64>(outZ + i, z);
  if (load<i32>(o, 10 * T) != self) addClose(t, i, o, epsilon2, close2);
}

/** Adds, in float64, the pairs that were too close for float32 and left out. */
function addClose(t: usize, i: usize, o: usize, epsilon2: f32, close2: f32): void {
  redone++;
  const inverse = 1.0 / <f64>load<f32>(recordOf(t), AT_SIZE);
  const unit = <f32>inverse;
  const x = load<f32>(o);
  const y = load<f32>(o, T);
  const z = load<f32>(o, 2 * T);
  const own = load<f32>(o, 3 * T) + epsilon2;
  for (let l: usize = 0; l < leavesN; l++) {
    const s = leafAt(l);
    const sx = <f32>((xOf(s) - xOf(t)) * inverse);
    const sy = <f32>((yOf(s) - yOf(t)) * inverse);
    const sz = <f32>((zOf(s) - zOf(t)) * inverse);
    const end = (<usize>load<u32>(recordOf(s), AT_END)) << 2;
    for (let k = (<usize>load<u32>(recordOf(s), AT_BEGIN)) << 2; k < end; k += 4) {
      const dx = load<f32>(bodyX + k) * unit + sx - x;
      const dy = load<f32>(bodyY + k) * unit + sy - y;
      const dz = load<f32>(bodyZ + k) * unit + sz - z;
      const soft = softened ? own + load<f32>(orderB + k) * (unit * unit) : own;
      if (!(dx * dx + dy * dy + (dz * dz + soft) < close2)) continue;
      const j = (<usize>load<u32>(orderA + k)) << 3;
      if (j != i) addPair(i, j);
    }
  }
}

/** The acceleration of body i (byte offset) by all n bodies, pair by pair in float64. */
export function sumExactly(i: usize, n: usize): void {
  store<f64>(outX + i, 0);
  store<f64>(outY + i, 0);
  store<f64>(outZ + i, 0);
  for (let j: usize = 0; j < n << 3; j += 8) if (j != i) addPair(i, j);
}

/** The pull of body j on body i (byte offsets), as the direct sum has it. */
function addPair(i: usize, j: usize): void {
  const m = load<f64>(columnM + j);
  if (m == 0) return;
  const dx = load<f64>(columnX + j) - load<f64>(columnX + i);
  const dy = load<f64>(columnY + j) - load<f64>(columnY + i);
  const dz = load<f64>(columnZ + j) - load<f64>(columnZ + i);
  const ei = load<f64>(columnE + i);
  const ej = load<f64>(columnE + j);
  const r2 = dx * dx + dy * dy + dz * dz + (plummer2 + ei * ei + ej * ej);
  const w = (G * m) / (r2 * sqrt(r2));
  store<f64>(outX + i, load<f64>(outX + i) + w * dx);
  store<f64>(outY + i, load<f64>(outY + i) + w * dy);
  store<f64>(outZ + i, load<f64>(outZ + i) + w * dz);
}

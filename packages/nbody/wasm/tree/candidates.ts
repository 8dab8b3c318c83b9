/**
 * Sorts the candidates of a target cell: far, near, to be opened, or left to the target's children.
 * Four at a time: either four of a list, or four neighbours among the children of an opened cell.
 */
import {
  AT_RADIUS,
  AT_SIZE,
  AT_SOFTENING,
  cellLink,
  cellMass,
  cellReach,
  cellWidth,
  cellX,
  cellY,
  cellZ,
  linkOf,
  recordOf,
  xOf,
  yOf,
  zOf,
} from "./cell";
import { pushFar, sumFar } from "./far";
import { clearLeaves, pushLeaves } from "./near";

const OPEN_MOST: usize = 16384;

/** Swizzles that move the lanes of a mask to the front: 16 of 16 bytes. */
let patterns: usize = 0;
/** Stack of opened cells. */
let open: usize = 0;
let openEnd: usize = 0;
/** Where lists of candidates must end. */
let limit: usize = 0;
let tolerance: f64 = 0;
let softening2: f64 = 0;

/** Gives the patterns and the stack their room; returns the end of it. Lists of candidates end at `last`. */
export function placeCandidates(start: usize, last: usize): usize {
  patterns = start;
  for (let mask: usize = 0; mask < 16; mask++) {
    let to = patterns + (mask << 4);
    // Lanes left over become 0: indices of candidates are read four at a time, and 0 is a cell.
    v128.store(to, i32x4.splat(-1));
    for (let lane: usize = 0; lane < 4; lane++) {
      if (((mask >> lane) & 1) == 0) continue;
      store<u32>(to, 0x03020100 + 0x04040404 * <u32>lane);
      to += 4;
    }
  }
  open = patterns + 256;
  openEnd = open + OPEN_MOST * 4;
  limit = last;
  return openEnd + 32;
}

export function useCandidates(errorTolerance: f64, soft2: f64): void {
  tolerance = errorTolerance;
  softening2 = soft2;
}

let out: usize = 0;
let top: usize = 0;

/**
 * Sorts the candidates from … to into far cells, summed into e, and the rest: near leaves if t is a
 * group, else candidates for the children of t, written from `to` on. Returns the end of those, 0 if
 * there is no room. `farther` multiplies the target's reach.
 */
export function interact(
  t: usize,
  from: usize,
  to: usize,
  e: usize,
  group: bool,
  pull: f32,
  farther: f32,
): usize {
  const inverse = 1.0 / <f64>load<f32>(recordOf(t), AT_SIZE);
  const unit = f64x2.splat(inverse);
  const tx = f64x2.splat(xOf(t));
  const ty = f64x2.splat(yOf(t));
  const tz = f64x2.splat(zOf(t));
  setTarget(t, inverse, pull, farther);
  out = to;
  top = open;
  clearLeaves();
  for (let p = from; p < to; p += 16) {
    const a = <usize>load<u32>(p, 0);
    const b = <usize>load<u32>(p, 4);
    const c = <usize>load<u32>(p, 8);
    const d = <usize>load<u32>(p, 12);
    const x0 = f64x2.mul(f64x2.sub(tx, f64x2(xOf(a), xOf(b))), unit);
    const x1 = f64x2.mul(f64x2.sub(tx, f64x2(xOf(c), xOf(d))), unit);
    const y0 = f64x2.mul(f64x2.sub(ty, f64x2(yOf(a), yOf(b))), unit);
    const y1 = f64x2.mul(f64x2.sub(ty, f64x2(yOf(c), yOf(d))), unit);
    const z0 = f64x2.mul(f64x2.sub(tz, f64x2(zOf(a), zOf(b))), unit);
    const z1 = f64x2.mul(f64x2.sub(tz, f64x2(zOf(c), zOf(d))), unit);
    const left = <i32>((to - p) >> 2);
    if (
      !visit(
        t,
        e,
        group,
        narrow(x0, x1),
        narrow(y0, y1),
        narrow(z0, z1),
        four(cellReach, a, b, c, d),
        four(cellWidth, a, b, c, d),
        four(cellMass, a, b, c, d),
        four(cellLink, a, b, c, d),
        v128.load(p),
        left >= 4 ? 15 : (1 << left) - 1,
      )
    ) return 0;
    // Opened cells: their children stand in columns.
    while (top > open) {
      top -= 4;
      const link = linkOf(<usize>load<u32>(top));
      const first = link >> 3;
      const last = first + (link & 7);
      for (let s = first; s <= last; s += 4) {
        const u = s << 3;
        const v = s << 2;
        const more = <i32>(last - s);
        const x2 = f64x2.mul(f64x2.sub(tx, v128.load(cellX + u)), unit);
        const x3 = f64x2.mul(f64x2.sub(tx, v128.load(cellX + u, 16)), unit);
        const y2 = f64x2.mul(f64x2.sub(ty, v128.load(cellY + u)), unit);
        const y3 = f64x2.mul(f64x2.sub(ty, v128.load(cellY + u, 16)), unit);
        const z2 = f64x2.mul(f64x2.sub(tz, v128.load(cellZ + u)), unit);
        const z3 = f64x2.mul(f64x2.sub(tz, v128.load(cellZ + u, 16)), unit);
        if (
          !visit(
            t,
            e,
            group,
            narrow(x2, x3),
            narrow(y2, y3),
            narrow(z2, z3),
            v128.load(cellReach + v),
            v128.load(cellWidth + v),
            v128.load(cellMass + v),
            v128.load(cellLink + v),
            i32x4.add(i32x4.splat(<i32>s), i32x4(0, 1, 2, 3)),
            more >= 3 ? 15 : (2 << more) - 1,
          )
        ) return 0;
      }
    }
  }
  sumFar(t, e, softening2);
  return out;
}

// @ts-ignore: decorator
@inline
function narrow(a: v128, b: v128): v128 {
  return v128.shuffle<f64>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2);
}

/** A column's four values of the cells a b c d. */
// @ts-ignore: decorator
@inline
function four(column: usize, a: usize, b: usize, c: usize, d: usize): v128 {
  return f32x4(
    load<f32>(column + (a << 2)),
    load<f32>(column + (b << 2)),
    load<f32>(column + (c << 2)),
    load<f32>(column + (d << 2)),
  );
}

/** The present target, in units of its size: 1 / size, reach, t, 6 t², tolerance × pull, ε². */
let inverseSize: f32 = 1;
let targetReach: f32 = 0;
let targetRadius: f32 = 0;
let allowed: f32 = 0;
let targetSoft: f32 = 0;

function setTarget(t: usize, inverse: f64, pull: f32, farther: f32): void {
  inverseSize = <f32>inverse;
  targetReach = <f32>(<f64>load<f32>(cellReach + (t << 2)) * inverse) * farther;
  targetRadius = <f32>(<f64>load<f32>(recordOf(t), AT_RADIUS) * inverse);
  allowed = <f32>(tolerance * <f64>pull);
  targetSoft = <f32>((softening2 + <f64>load<f32>(recordOf(t), AT_SOFTENING)) * inverse * inverse);
}

/**
 * A bit for each of four candidates that is far: its error at the edge of the target, the first terms
 * that the expansions leave out, is small, and so is the ratio of the radii to the distance R. The
 * terms after those make up about 1 / (1 − (reach / R)²).
 */
// @ts-ignore: decorator
@inline
function farLanes(x: v128, y: v128, z: v128, own: v128, width: v128, mass: v128): i32 {
  const radius = f32x4.splat(targetRadius);
  const r2 = f32x4.add(f32x4.add(f32x4.mul(x, x), f32x4.mul(y, y)), f32x4.mul(z, z));
  const sum = f32x4.add(own, f32x4.splat(targetReach));
  const s = f32x4.mul(width, f32x4.splat(inverseSize));
  const s2 = f32x4.mul(s, s);
  const t2 = f32x4.mul(radius, radius);
  const target = f32x4.mul(t2, f32x4.add(t2, f32x4.mul(s2, f32x4.splat(6))));
  const source = f32x4.mul(
    f32x4.mul(f32x4.mul(s2, s), f32x4.splat(0.5)),
    f32x4.add(f32x4.mul(radius, f32x4.splat(4)), s),
  );
  const soft2 = f32x4.add(r2, f32x4.splat(targetSoft));
  const right = f32x4.mul(f32x4.mul(soft2, f32x4.splat(allowed)), f32x4.mul(soft2, soft2));
  const sum2 = f32x4.mul(sum, sum);
  const small = f32x4.le(
    f32x4.mul(f32x4.mul(mass, f32x4.add(target, source)), r2),
    f32x4.mul(right, f32x4.sub(r2, sum2)),
  );
  return i32x4.bitmask(v128.and(small, f32x4.gt(r2, sum2)));
}

/**
 * Four candidates at distances x y z from cell t, in units of its size: far ones to the far list, the
 * others to the lists where they belong. `valid` has a bit for each lane that counts.
 */
// @ts-ignore: decorator
@inline
function visit(
  t: usize,
  e: usize,
  group: bool,
  x: v128,
  y: v128,
  z: v128,
  reach: v128,
  width: v128,
  mass: v128,
  link: v128,
  cells: v128,
  valid: i32,
): bool {
  const own = f32x4.mul(reach, f32x4.splat(inverseSize));
  const far = farLanes(x, y, z, own, width, mass) & valid;
  if (far != 0) {
    const p = v128.load(patterns + ((<usize>far) << 4));
    pushFar(
      t,
      e,
      i8x16.swizzle(x, p),
      i8x16.swizzle(y, p),
      i8x16.swizzle(z, p),
      i8x16.swizzle(cells, p),
      popcnt(far),
      softening2,
    );
  }
  const rest = valid & ~far;
  if (rest == 0) return true;
  const leaf = i32x4.bitmask(i32x4.eq(link, i32x4.splat(0)));
  const kept = group
    ? rest & leaf
    : rest & (leaf | i32x4.bitmask(f32x4.le(own, f32x4.splat(targetReach))));
  if (kept != 0) {
    const k = i8x16.swizzle(cells, v128.load(patterns + ((<usize>kept) << 4)));
    if (group) {
      if (!pushLeaves(k, popcnt(kept))) return false;
    } else {
      v128.store(out, k);
      out += popcnt(kept) << 2;
      if (out > limit) return false;
    }
  }
  const opened = rest & ~kept;
  if (opened != 0) {
    v128.store(top, i8x16.swizzle(cells, v128.load(patterns + ((<usize>opened) << 4))));
    top += popcnt(opened) << 2;
    if (top > openEnd) return false;
  }
  return true;
}

/**
 * Mass, centre, radius and second and third moments of every cell, from the leaves up, in units of the
 * cell's size. Bodies are written in tree order on the way, relative to their leaf's centre.
 */
import {
  AT_BEGIN,
  AT_END,
  AT_MIXED,
  AT_RADIUS,
  AT_SECOND,
  AT_SIZE,
  AT_SOFTENING,
  AT_SPREAD,
  AT_THIRD,
  bodyM,
  bodyX,
  bodyY,
  bodyZ,
  cellMass,
  cellReach,
  cellWidth,
  cellX,
  cellY,
  cellZ,
  columnE,
  columnM,
  columnX,
  columnY,
  columnZ,
  linkOf,
  massOf,
  orderA,
  orderB,
  recordOf,
  xOf,
  yOf,
  zOf,
} from "./cell";

/**
 * Fields are linear in ε² to first order; this bounds the second: R² ≥ 48 spread, an error below 1e-3.
 */
export const SPREAD_WEIGHT: f64 = 12;

let scale: f64 = 1;
let massScale: f64 = 1;
let softened: bool = false;
/** Σ m r⁴ of the cell whose moments have just been made. */
let fourth: f64 = 0;

/** From the last cell to the first, so that children are done before their parents. */
export function makeMoments(
  cells: u32,
  lengths: f64,
  masses: f64,
  soft: bool,
  reachPerRadius: f64,
): void {
  scale = lengths;
  massScale = masses;
  softened = soft;
  for (let c = <isize>cells - 1; c >= 0; c--) {
    const at = recordOf(c);
    if (linkOf(c) == 0) leafCentre(c, at);
    else innerCentre(c, at);
    const radius = <f64>load<f32>(at, AT_RADIUS);
    const size = <f64>load<f32>(at, AT_SIZE);
    // A floor on radii bounds what an expansion can amount to in units of its size.
    const least = size / 64;
    const spread = SPREAD_WEIGHT * <f64>load<f32>(at, AT_SPREAD);
    const reach = sqrt(max(radius * radius + spread, least * least));
    store<f32>(cellReach + (c << 2), <f32>(reach * reachPerRadius));
    const mass = <f64>massOf(c);
    const width = mass > 0 ? sqrt(sqrt(max(fourth / mass, 0))) : 0;
    store<f32>(cellWidth + (c << 2), <f32>max(width, least));
    store<f32>(at, <f32>mass, AT_MIXED + 12);
    store<f32>(at, <f32>size, AT_THIRD + 40);
    store<f32>(at, 0, AT_THIRD + 44);
  }
}

function setCentre(c: usize, x: f64, y: f64, z: f64): void {
  store<f64>(cellX + (c << 3), x);
  store<f64>(cellY + (c << 3), y);
  store<f64>(cellZ + (c << 3), z);
}

function leafCentre(c: usize, at: usize): void {
  const begin = <usize>load<u32>(at, AT_BEGIN);
  const end = <usize>load<u32>(at, AT_END);
  let m: f64 = 0;
  let x: f64 = 0;
  let y: f64 = 0;
  let z: f64 = 0;
  let gx: f64 = 0;
  let gy: f64 = 0;
  let gz: f64 = 0;
  for (let k = begin; k < end; k++) {
    const i = (<usize>load<u32>(orderA + (k << 2))) << 3;
    const mi = load<f64>(columnM + i) * massScale;
    const xi = load<f64>(columnX + i) * scale;
    const yi = load<f64>(columnY + i) * scale;
    const zi = load<f64>(columnZ + i) * scale;
    m += mi;
    x += mi * xi;
    y += mi * yi;
    z += mi * zi;
    gx += xi;
    gy += yi;
    gz += zi;
  }
  const n = <f64>(end - begin);
  if (m > 0) setCentre(c, x / m, y / m, z / m);
  else setCentre(c, gx / n, gy / n, gz / n);
  store<f32>(cellMass + (c << 2), <f32>m);
  leafMoments(c, at, begin, end);
  leafSoftening(at, begin, end);
}

function leafMoments(c: usize, at: usize, begin: usize, end: usize): void {
  const cx = xOf(c);
  const cy = yOf(c);
  const cz = zOf(c);
  const inverse = 1.0 / <f64>load<f32>(at, AT_SIZE);
  memory.fill(at + AT_THIRD, 0, 40);
  let second = f32x4.splat(0);
  let mixed = f32x4.splat(0);
  let far: f64 = 0;
  fourth = 0;
  for (let k = begin; k < end; k++) {
    const i = (<usize>load<u32>(orderA + (k << 2))) << 3;
    const dx = load<f64>(columnX + i) * scale - cx;
    const dy = load<f64>(columnY + i) * scale - cy;
    const dz = load<f64>(columnZ + i) * scale - cz;
    const m = <f32>(load<f64>(columnM + i) * massScale);
    store<f32>(bodyX + (k << 2), <f32>dx);
    store<f32>(bodyY + (k << 2), <f32>dy);
    store<f32>(bodyZ + (k << 2), <f32>dz);
    store<f32>(bodyM + (k << 2), m);
    const r2 = dx * dx + dy * dy + dz * dz;
    far = max(far, r2);
    fourth += <f64>m * r2 * r2;
    const x = <f32>(dx * inverse);
    const y = <f32>(dy * inverse);
    const z = <f32>(dz * inverse);
    const d = f32x4(x, y, z, 0);
    const own = f32x4.mul(f32x4.mul(d, f32x4.splat(m)), d);
    const cross = f32x4.mul(f32x4(x, x, y, 0), f32x4(m * y, m * z, m * z, 0));
    second = f32x4.add(second, own);
    mixed = f32x4.add(mixed, cross);
    addThird(at + AT_THIRD, own, cross, x, y, z);
  }
  store<f32>(at, <f32>sqrt(far) * 1.0000002, AT_RADIUS);
  v128.store(at, second, AT_SECOND);
  v128.store(at, mixed, AT_MIXED);
}

/** Adds the third moments of a point with the given second moments. */
// @ts-ignore: decorator
@inline
function addThird(at: usize, own: v128, cross: v128, x: f32, y: f32, z: f32): void {
  const xx = f32x4.extract_lane(own, 0);
  const yy = f32x4.extract_lane(own, 1);
  const zz = f32x4.extract_lane(own, 2);
  const a = f32x4.mul(f32x4(xx, yy, zz, xx), f32x4(x, y, z, y));
  const b = f32x4.mul(f32x4(xx, yy, yy, zz), f32x4(z, x, z, x));
  v128.store(at, f32x4.add(v128.load(at, 0), a), 0);
  v128.store(at, f32x4.add(v128.load(at, 16), b), 16);
  store<f32>(at, load<f32>(at, 32) + zz * y, 32);
  store<f32>(at, load<f32>(at, 36) + f32x4.extract_lane(cross, 0) * z, 36);
}

/** Mean squared softening, weighted by mass, and how far the bodies are from it. */
function leafSoftening(at: usize, begin: usize, end: usize): void {
  let sum: f64 = 0;
  let plain: f64 = 0;
  let whole: f64 = 0;
  let low = Infinity;
  let high: f64 = 0;
  if (!softened) low = 0;
  else {
    for (let k = begin; k < end; k++) {
      const i = (<usize>load<u32>(orderA + (k << 2))) << 3;
      const e = load<f64>(columnE + i) * scale;
      const m = load<f64>(columnM + i) * massScale;
      store<f32>(orderB + (k << 2), <f32>(e * e));
      sum += m * e * e;
      plain += e * e;
      whole += m;
      low = min(low, e * e);
      high = max(high, e * e);
    }
  }
  const mean = whole > 0 ? sum / whole : plain / <f64>(end - begin);
  store<f32>(at, <f32>mean, AT_SOFTENING);
  store<f32>(at, <f32>max(mean - low, high - mean), AT_SPREAD);
}

function innerCentre(c: usize, at: usize): void {
  const first = linkOf(c) >> 3;
  const last = first + (linkOf(c) & 7);
  let m: f64 = 0;
  let x: f64 = 0;
  let y: f64 = 0;
  let z: f64 = 0;
  let e: f64 = 0;
  let ge: f64 = 0;
  let gx: f64 = 0;
  let gy: f64 = 0;
  let gz: f64 = 0;
  const n = <f64>(load<u32>(at, AT_END) - load<u32>(at, AT_BEGIN));
  for (let s = first; s <= last; s++) {
    const child = recordOf(s);
    const mc = <f64>massOf(s);
    const nc = <f64>(load<u32>(child, AT_END) - load<u32>(child, AT_BEGIN));
    m += mc;
    x += mc * xOf(s);
    y += mc * yOf(s);
    z += mc * zOf(s);
    gx += nc * xOf(s);
    gy += nc * yOf(s);
    gz += nc * zOf(s);
    const ec = <f64>load<f32>(child, AT_SOFTENING);
    e += mc * ec;
    ge += nc * ec;
  }
  if (m > 0) setCentre(c, x / m, y / m, z / m);
  else setCentre(c, gx / n, gy / n, gz / n);
  store<f32>(cellMass + (c << 2), <f32>m);
  innerMoments(c, at, first, last, <f32>(m > 0 ? e / m : ge / n));
}

/** Moments, radius and spread of softening of cell c from those of its children. */
function innerMoments(c: usize, at: usize, first: usize, last: usize, e: f32): void {
  const size = load<f32>(at, AT_SIZE);
  const inverse: f32 = 1 / size;
  let second = f32x4.splat(0);
  let mixed = f32x4.splat(0);
  let far: f32 = 0;
  let varied: f32 = 0;
  fourth = 0;
  memory.fill(at + AT_THIRD, 0, 40);
  for (let s = first; s <= last; s++) {
    const child = recordOf(s);
    const x = <f32>(xOf(s) - xOf(c)) * inverse;
    const y = <f32>(yOf(s) - yOf(c)) * inverse;
    const z = <f32>(zOf(s) - zOf(c)) * inverse;
    const m = massOf(s);
    const ratio = load<f32>(child, AT_SIZE) * inverse;
    const ratio2 = f32x4.splat(ratio * ratio);
    const ownSecond = f32x4.mul(v128.load(child, AT_SECOND), ratio2);
    const ownMixed = f32x4.mul(v128.load(child, AT_MIXED), ratio2);
    const d = f32x4(x, y, z, 0);
    const own = f32x4.mul(f32x4.mul(d, f32x4.splat(m)), d);
    const cross = f32x4(m * x * y, m * x * z, m * y * z, 0);
    second = f32x4.add(second, f32x4.add(ownSecond, own));
    mixed = f32x4.add(mixed, f32x4.add(ownMixed, cross));
    fourth += fourthOf(s, child, <f64>x * size, <f64>y * size, <f64>z * size);
    addThird(at + AT_THIRD, own, cross, x, y, z);
    shiftThird(at + AT_THIRD, child + AT_THIRD, ratio * ratio * ratio, ownSecond, ownMixed, x, y, z);
    far = max(far, load<f32>(child, AT_RADIUS) + sqrt(x * x + y * y + z * z) * size);
    varied = max(varied, load<f32>(child, AT_SPREAD) + abs(load<f32>(child, AT_SOFTENING) - e));
  }
  v128.store(at, second, AT_SECOND);
  v128.store(at, mixed, AT_MIXED);
  store<f32>(at, e, AT_SOFTENING);
  store<f32>(at, varied, AT_SPREAD);
  store<f32>(at, far * 1.000001, AT_RADIUS);
}

/** Σ m r⁴ of child s about a point that is d = (x, y, z) from its centre. */
function fourthOf(s: usize, child: usize, x: f64, y: f64, z: f64): f64 {
  const m = <f64>massOf(s);
  const width2 = <f64>load<f32>(cellWidth + (s << 2)) * <f64>load<f32>(cellWidth + (s << 2));
  const size = <f64>load<f32>(child, AT_SIZE);
  const xx = <f64>load<f32>(child, AT_SECOND);
  const yy = <f64>load<f32>(child, AT_SECOND + 4);
  const zz = <f64>load<f32>(child, AT_SECOND + 8);
  const mixed =
    <f64>load<f32>(child, AT_MIXED) * x * y +
    <f64>load<f32>(child, AT_MIXED + 4) * x * z +
    <f64>load<f32>(child, AT_MIXED + 8) * y * z;
  const along = xx * x * x + yy * y * y + zz * z * z + 2 * mixed;
  const d2 = x * x + y * y + z * z;
  // Σ m r² r, from the third moments xxx yyy zzz xxy xxz xyy yyz xzz yzz.
  const at = child + AT_THIRD;
  const tx = <f64>load<f32>(at, 0) + <f64>load<f32>(at, 20) + <f64>load<f32>(at, 28);
  const ty = <f64>load<f32>(at, 4) + <f64>load<f32>(at, 12) + <f64>load<f32>(at, 32);
  const tz = <f64>load<f32>(at, 8) + <f64>load<f32>(at, 16) + <f64>load<f32>(at, 24);
  const size2 = size * size;
  return (
    m * (width2 * width2 + d2 * d2) +
    size2 * (4 * along + 2 * d2 * (xx + yy + zz) + 4 * size * (tx * x + ty * y + tz * z))
  );
}

/** Adds what a child's second and third moments come to about its parent's centre, x y z away. */
function shiftThird(
  at: usize,
  child: usize,
  ratio3: f32,
  second: v128,
  mixed: v128,
  x: f32,
  y: f32,
  z: f32,
): void {
  const xx = f32x4.extract_lane(second, 0);
  const yy = f32x4.extract_lane(second, 1);
  const zz = f32x4.extract_lane(second, 2);
  const xy = f32x4.extract_lane(mixed, 0);
  const xz = f32x4.extract_lane(mixed, 1);
  const yz = f32x4.extract_lane(mixed, 2);
  const own = f32x4.splat(ratio3);
  const a = f32x4(3 * xx * x, 3 * yy * y, 3 * zz * z, xx * y + 2 * xy * x);
  const b = f32x4(
    xx * z + 2 * xz * x,
    yy * x + 2 * xy * y,
    yy * z + 2 * yz * y,
    zz * x + 2 * xz * z,
  );
  v128.store(at, f32x4.add(v128.load(at), f32x4.add(a, f32x4.mul(own, v128.load(child)))));
  v128.store(
    at,
    f32x4.add(v128.load(at, 16), f32x4.add(b, f32x4.mul(own, v128.load(child, 16)))),
    16,
  );
  const yzz = zz * y + 2 * yz * z + ratio3 * load<f32>(child, 32);
  const xyz = xy * z + xz * y + yz * x + ratio3 * load<f32>(child, 36);
  store<f32>(at, load<f32>(at, 32) + yzz, 32);
  store<f32>(at, load<f32>(at, 36) + xyz, 36);
}

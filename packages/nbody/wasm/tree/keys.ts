/**
 * Morton keys and their stable radix sort.
 *
 * A key has 63 bits: 21 levels of an octant each, the root's in the top bits. The upper 33 bits,
 * levels 0 … 10, are sorted by three passes; deeper cells are few and small and are partitioned one
 * level at a time.
 */
import { columnX, columnY, columnZ, keysA, keysB, orderA, orderB, RADIX, SORT_BYTES } from "./cell";

export const LEVELS: u32 = 21;
/** The sort leaves these levels in order. */
export const SORTED: u32 = 11;

let lowX: f64 = 0;
let lowY: f64 = 0;
let lowZ: f64 = 0;

/** Finds the lower bounds of the bodies lo … hi − 1 of an order (0: as they stand); their longest edge, or NaN. */
export function boundsOf(lo: u32, hi: u32, order: usize): f64 {
  let ax = Infinity;
  let ay = Infinity;
  let az = Infinity;
  let bx = -Infinity;
  let by = -Infinity;
  let bz = -Infinity;
  for (let k = lo; k < hi; k++) {
    const i: usize = (order == 0 ? <usize>k : <usize>load<u32>(order + ((<usize>k) << 2))) << 3;
    const x = load<f64>(columnX + i);
    const y = load<f64>(columnY + i);
    const z = load<f64>(columnZ + i);
    ax = min(ax, x);
    ay = min(ay, y);
    az = min(az, z);
    bx = max(bx, x);
    by = max(by, y);
    bz = max(bz, z);
  }
  lowX = ax;
  lowY = ay;
  lowZ = az;
  return max(bx - ax, max(by - ay, bz - az));
}

/** Two zero bits between the bits of a 21-bit number. */
// @ts-ignore: decorator
@inline
function spread(value: u64): u64 {
  let v = value;
  v = (v | (v << 32)) & 0x001f00000000ffff;
  v = (v | (v << 16)) & 0x001f0000ff0000ff;
  v = (v | (v << 8)) & 0x100f00f00f00f00f;
  v = (v | (v << 4)) & 0x10c30c30c30c30c3;
  v = (v | (v << 2)) & 0x1249249249249249;
  return v;
}

// @ts-ignore: decorator
@inline
function keyOf(i: usize, perLength: f64): u64 {
  const x = min<u32>(<u32>((load<f64>(columnX + i) - lowX) * perLength), 0x1fffff);
  const y = min<u32>(<u32>((load<f64>(columnY + i) - lowY) * perLength), 0x1fffff);
  const z = min<u32>(<u32>((load<f64>(columnZ + i) - lowZ) * perLength), 0x1fffff);
  return (spread(x) << 2) | (spread(y) << 1) | spread(z);
}

function perLengthOf(edge: f64): f64 {
  return edge > 1e-300 ? <f64>(1 << LEVELS) / edge : 0;
}

// @ts-ignore: decorator
@inline
function bump(at: usize): void {
  store<u32>(at, load<u32>(at) + 1);
}

/** Puts all bodies in key order, into orderA and keysA. boundsOf() must have seen them. */
export function sortBodies(n: u32, edge: f64): void {
  const h = keysA - SORT_BYTES;
  const h1 = h + RADIX * 4;
  const h2 = h1 + RADIX * 4;
  const per = perLengthOf(edge);
  memory.fill(h, 0, 3 * RADIX * 4);
  for (let i: usize = 0; i < <usize>n; i++) {
    const key = keyOf(i << 3, per);
    store<u64>(keysB + (i << 3), key);
    store<u32>(orderB + (i << 2), <u32>i);
    bump(h + ((<usize>((key >> 30) & 2047)) << 2));
    bump(h1 + ((<usize>((key >> 41) & 2047)) << 2));
    bump(h2 + ((<usize>(key >> 52)) << 2));
  }
  pass(n, keysB, orderB, keysA, orderA, h, 30);
  pass(n, keysA, orderA, keysB, orderB, h1, 41);
  pass(n, keysB, orderB, keysA, orderA, h2, 52);
}

function pass(
  n: u32,
  keys: usize,
  order: usize,
  toKeys: usize,
  toOrder: usize,
  histogram: usize,
  shift: u64,
): void {
  let sum: u32 = 0;
  for (let b: usize = 0; b < RADIX * 4; b += 4) {
    const c = load<u32>(histogram + b);
    store<u32>(histogram + b, sum);
    sum += c;
  }
  for (let k: usize = 0; k < <usize>n; k++) {
    const key = load<u64>(keys + (k << 3));
    const slot = histogram + ((<usize>((key >> shift) & 2047)) << 2);
    const to = <usize>load<u32>(slot);
    store<u32>(slot, <u32>to + 1);
    store<u64>(toKeys + (to << 3), key);
    store<u32>(toOrder + (to << 2), load<u32>(order + (k << 2)));
  }
}

/** Octants of a range that is sorted, by bisection: nine bounds. Returns how many are not empty. */
export function findOctants(begin: u32, end: u32, level: u32, bounds: usize): u32 {
  const shift: u64 = 60 - 3 * level;
  let octants: u32 = 0;
  let lo = begin;
  store<u32>(bounds, begin);
  for (let o: u64 = 0; o < 8; o++) {
    let a = lo;
    let b = end;
    while (a < b) {
      const mid = (a + b) >>> 1;
      if (((load<u64>(keysA + ((<usize>mid) << 3)) >> shift) & 7) > o) b = mid;
      else a = mid + 1;
    }
    if (a > lo) octants++;
    store<u32>(bounds + ((<usize>o) << 2), a, 4);
    lo = a;
  }
  return octants;
}

/** Octants of a range that is not: counted and, if there is more than one, partitioned stably. */
export function sortOctants(begin: u32, end: u32, level: u32, bounds: usize): u32 {
  const shift: u64 = 60 - 3 * level;
  const counts = bounds + 64;
  memory.fill(counts, 0, 32);
  for (let k = begin; k < end; k++) {
    bump(counts + ((<usize>((load<u64>(keysA + ((<usize>k) << 3)) >> shift) & 7)) << 2));
  }
  let octants: u32 = 0;
  let sum = begin;
  for (let o: usize = 0; o < 8; o++) {
    const c = load<u32>(counts + (o << 2));
    store<u32>(bounds + (o << 2), sum);
    store<u32>(counts + (o << 2), sum);
    sum += c;
    if (c > 0) octants++;
  }
  store<u32>(bounds, end, 32);
  if (octants < 2) return octants;
  for (let k: usize = begin; k < <usize>end; k++) {
    const key = load<u64>(keysA + (k << 3));
    const slot = counts + ((<usize>((key >> shift) & 7)) << 2);
    const to = <usize>load<u32>(slot);
    store<u32>(slot, <u32>to + 1);
    store<u64>(keysB + (to << 3), key);
    store<u32>(orderB + (to << 2), load<u32>(orderA + (k << 2)));
  }
  const from = <usize>begin;
  memory.copy(keysA + (from << 3), keysB + (from << 3), (<usize>end - from) << 3);
  memory.copy(orderA + (from << 2), orderB + (from << 2), (<usize>end - from) << 2);
  return octants;
}

/** New keys, relative to their own bounds, for bodies that share all 63 bits. Their edge, 0 if they coincide. */
export function rekey(begin: u32, end: u32): f64 {
  const edge = boundsOf(begin, end, orderA);
  if (!(edge > 1e-300)) return 0;
  const per = perLengthOf(edge);
  for (let k: usize = begin; k < <usize>end; k++) {
    const i = (<usize>load<u32>(orderA + (k << 2))) << 3;
    store<u64>(keysA + (k << 3), keyOf(i, per));
  }
  return edge;
}

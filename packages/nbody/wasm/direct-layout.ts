/**
 * From the columns of the bodies to groups of four rows, and back from the shares' forces to columns.
 *
 * Massive rows come first, in the order of the bodies; massless ones start at the next group. Masses
 * are scaled by a power of two so that the largest is between 1 and 2: products of two masses then
 * neither overflow nor vanish, and no bit of the result changes.
 */
import { FORCE_SCALE } from "./direct-stages";

const GROUP: usize = 128;
/** Bodies lighter than this, relative to the heaviest, are treated as massless. */
const NEGLIGIBLE: f64 = 3.872591914849318e-121;
/** Padding rows stand so far away that they feel and exert nothing. */
const FAR_AWAY: f64 = 1e30;

/**
 * Fills rows, map (row position → body, −1 for padding) and soft; all groups up to `groupsTotal` that hold
 * no body become padding. Returns the number of massive bodies. `powers` receives the mass scale.
 */
export function pack(
  n: usize,
  groupsTotal: usize,
  mass: usize,
  x: usize,
  y: usize,
  z: usize,
  softening: usize,
  rows: usize,
  map: usize,
  soft: usize,
  softening2: f64,
): i32 {
  let heaviest: f64 = 0.0;
  for (let k: usize = 0; k < n; k++) heaviest = max(heaviest, abs(load<f64>(mass + (k << 3))));
  const scale = scaleFor(heaviest);
  for (let at: usize = 0; at < groupsTotal << 2; at++) {
    const far = FAR_AWAY * <f64>(at + 1);
    put(rows, at, far, far, far, 0.0);
    store<i32>(map + (at << 2), -1);
    if (soft != 0) store<f64>(soft + (at << 3), softening2);
  }
  let massive: usize = 0;
  for (let k: usize = 0; k < n; k++) {
    const m = load<f64>(mass + (k << 3)) * scale;
    if (abs(m) < NEGLIGIBLE) continue;
    move(k, massive++, m, x, y, z, softening, rows, map, soft, softening2);
  }
  let massless = (massive + 3) & ~3;
  if (massive < n) {
    for (let k: usize = 0; k < n; k++) {
      const m = load<f64>(mass + (k << 3)) * scale;
      if (!(abs(m) < NEGLIGIBLE)) continue;
      move(k, massless++, 0.0, x, y, z, softening, rows, map, soft, softening2);
    }
  }
  return <i32>massive;
}

/** The power of two that brings `heaviest` between 1 and 2; 1 for zero, NaN and infinity. */
function scaleFor(heaviest: f64): f64 {
  const exponent = <i64>((reinterpret<u64>(heaviest) >> 52) & 0x7ff);
  if (exponent == 0 || exponent == 0x7ff) return 1.0;
  return reinterpret<f64>(min(max<i64>(2046 - exponent, 1), 2046) << 52);
}

// @ts-ignore: decorator
@inline
function put(rows: usize, at: usize, x: f64, y: f64, z: f64, m: f64): void {
  const row = rows + (at >> 2) * GROUP + ((at & 3) << 3);
  store<f64>(row, x);
  store<f64>(row, y, 32);
  store<f64>(row, z, 64);
  store<f64>(row, m, 96);
}

function move(
  k: usize,
  at: usize,
  m: f64,
  x: usize,
  y: usize,
  z: usize,
  softening: usize,
  rows: usize,
  map: usize,
  soft: usize,
  softening2: f64,
): void {
  const b = k << 3;
  put(rows, at, load<f64>(x + b), load<f64>(y + b), load<f64>(z + b), m);
  store<i32>(map + (at << 2), <i32>k);
  if (soft == 0) return;
  const own = load<f64>(softening + b);
  store<f64>(soft + (at << 3), 0.5 * softening2 + own * own);
}

/**
 * Sums the forces of all shares in the order of the shares for the groups from first up to last,
 * divides by the masses and writes ax, ay, az. `stride`: bytes from one share's forces to the next's.
 */
export function reduce(
  first: usize,
  last: usize,
  tasks: usize,
  rows: usize,
  map: usize,
  forces: usize,
  stride: usize,
  gravity: f64,
  massScale: f64,
  ax: usize,
  ay: usize,
  az: usize,
): void {
  for (let g = first; g < last; g++) {
    const at = forces + g * GROUP;
    total(at, tasks, stride);
    total(at + 32, tasks, stride);
    total(at + 64, tasks, stride);
    for (let k: usize = 0; k < 4; k++) {
      const body = load<i32>(map + (((g << 2) + k) << 2));
      if (body < 0) continue;
      const m = load<f64>(rows + g * GROUP + (k << 3), 96);
      // Forces are mi mj w with both masses scaled once; massless rows hold accelerations.
      const unit = (FORCE_SCALE * gravity) / massScale;
      const factor = m == 0.0 ? unit : unit / m;
      const to = <usize>body << 3;
      store<f64>(ax + to, factor * load<f64>(at + (k << 3)));
      store<f64>(ay + to, factor * load<f64>(at + (k << 3), 32));
      store<f64>(az + to, factor * load<f64>(at + (k << 3), 64));
    }
  }
}

/** The sum over the shares of four rows in one direction, left in the first share. */
// @ts-ignore: decorator
@inline
function total(at: usize, tasks: usize, stride: usize): void {
  let s0 = v128.load(at);
  let s1 = v128.load(at, 16);
  let from = at + stride;
  for (let task: usize = 1; task < tasks; task++) {
    s0 = f64x2.add(s0, v128.load(from));
    s1 = f64x2.add(s1, v128.load(from, 16));
    from += stride;
  }
  v128.store(at, s0);
  v128.store(at, s1, 16);
}

export function massScaleOf(n: usize, mass: usize): f64 {
  let heaviest: f64 = 0.0;
  for (let k: usize = 0; k < n; k++) heaviest = max(heaviest, abs(load<f64>(mass + (k << 3))));
  return scaleFor(heaviest);
}

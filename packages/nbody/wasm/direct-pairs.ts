/**
 * The direct sum over pairs of massive bodies, each unordered pair once; compiled twice, by
 * direct.as.ts (strict IEEE operations) and direct-fast.as.ts (relaxed multiply-add where the
 * engine may fuse). METHOD.md has the equations and the error; this is how it is made fast.
 *
 * Four rows i against four rows j at a time. One row pair costs 37 operations, in one chain of about
 * 76 cycles; a Zen 4 core looks ahead only far enough to overlap two or three such chains, which left
 * half of its arithmetic idle (measured: 2.5 ns a pair in C as well as here). So the chain is cut
 * into four stages, and one pass of the inner loop runs each stage on a different group j:
 *
 *     stage 1   group j1   r² = |rj − ri|² + ε²                                     → ring: r²
 *     stage 2   group j2   y ≈ 1/(k r), from the exponent trick and a cubic          → ring: y
 *     stage 3   group j3   w = mi mj y³ (d0 − h (d1 − h)), h = r² y²                 → ring: w
 *     stage 4   group j4   f = w (rj − ri), once recomputed; Fi += f, Fj −= f
 *
 * The ring has four slots; slots and groups move up by one each pass. A dummy group of massless rows
 * fills the pipeline; what stage 1 reads past the end is never used. Values go through memory and not
 * through locals because the machine has 16 registers and loads are free here.
 * Every operation is written for two halves of two rows, next to each other, and nothing with an
 * effect stands between the halves: that is what lets V8 join them into 256-bit instructions
 * (src/kernels/wide.ts). No operation mixes lanes, so both widths give the same bits.
 * The module is compiled without Binaryen's optimiser, which would undo the order of statements.
 *
 *   row group   128 bytes: x × 4, y × 4, z × 4, m × 4      forces   128 bytes: Fx × 4, Fy × 4, Fz × 4, –
 *   ring        4 slots × (r² × 16, w or y × 16), then sums of Fi: 4 rows × 3 × two halves
 */
import {
  CONSTANTS,
  FORCE_SCALE,
  prepare,
  push,
  resetRing,
  roots,
  SLOT,
  squares,
  SUMS,
  weights,
} from "./direct-stages";

const GROUP: usize = 128;
/**
 * Groups j are swept in tiles of 4096 rows, whose 256 KiB of positions and forces stay in the second-
 * level cache while all the rows i of a share pass over them.
 */
const TILE: usize = 1024 * GROUP;

/**
 * Group i against the groups from first up to end, softened by softening2 alone. The sums of Fi are
 * left in the ring, the Fj are subtracted in place.
 */
function sweep(
  i: usize,
  first: usize,
  end: usize,
  dummy: usize,
  toForces: usize,
  ring: usize,
  softening2: f64,
): void {
  const e2 = f64x2.splat(softening2);
  const magic = v128.load_splat<u64>(ring + CONSTANTS);
  const c0 = v128.load_splat<u64>(ring + CONSTANTS, 8);
  const c1 = v128.load_splat<u64>(ring + CONSTANTS, 16);
  const c2 = v128.load_splat<u64>(ring + CONSTANTS, 24);
  const d0 = v128.load_splat<u64>(ring + CONSTANTS, 32);
  const d1 = v128.load_splat<u64>(ring + CONSTANTS, 40);
  const sums = ring + SUMS;
  const last = end - GROUP;
  let s1 = ring;
  let s2 = ring + SLOT;
  let s3 = ring + 2 * SLOT;
  let s4 = ring + 3 * SLOT;
  let j1 = first;
  let j2 = dummy;
  let j3 = dummy;
  let j4 = dummy;
  let more = true;
  while (more) {
    more = j4 != last;
    push(s4, i, j4, j4 + toForces, sums);

    const m0 = v128.load(j3, 96);
    const m1 = v128.load(j3, 112);
    weights(s3, i, 0, m0, m1, d0, d1);
    weights(s3, i, 1, m0, m1, d0, d1);
    weights(s3, i, 2, m0, m1, d0, d1);
    weights(s3, i, 3, m0, m1, d0, d1);

    roots(s2, 0, magic, c0, c1, c2);
    roots(s2, 1, magic, c0, c1, c2);
    roots(s2, 2, magic, c0, c1, c2);
    roots(s2, 3, magic, c0, c1, c2);

    const x0 = v128.load(j1);
    const x1 = v128.load(j1, 16);
    const y0 = v128.load(j1, 32);
    const y1 = v128.load(j1, 48);
    const z0 = v128.load(j1, 64);
    const z1 = v128.load(j1, 80);
    squares(s1, i, 0, x0, x1, y0, y1, z0, z1, e2, e2);
    squares(s1, i, 1, x0, x1, y0, y1, z0, z1, e2, e2);
    squares(s1, i, 2, x0, x1, y0, y1, z0, z1, e2, e2);
    squares(s1, i, 3, x0, x1, y0, y1, z0, z1, e2, e2);

    j4 = j3;
    j3 = j2;
    j2 = j1;
    j1 += GROUP;
    const free = s4;
    s4 = s3;
    s3 = s2;
    s2 = s1;
    s1 = free;
  }
}

/** The same with the softening of each body: ei + ej, where e = ε²/2 + (the body's own)². */
function sweepSoftened(
  i: usize,
  first: usize,
  end: usize,
  dummy: usize,
  toForces: usize,
  ring: usize,
  rows: usize,
  soft: usize,
): void {
  const magic = v128.load_splat<u64>(ring + CONSTANTS);
  const c0 = v128.load_splat<u64>(ring + CONSTANTS, 8);
  const c1 = v128.load_splat<u64>(ring + CONSTANTS, 16);
  const c2 = v128.load_splat<u64>(ring + CONSTANTS, 24);
  const d0 = v128.load_splat<u64>(ring + CONSTANTS, 32);
  const d1 = v128.load_splat<u64>(ring + CONSTANTS, 40);
  const sums = ring + SUMS;
  const last = end - GROUP;
  const own = soft + ((i - rows) >> 2);
  let s1 = ring;
  let s2 = ring + SLOT;
  let s3 = ring + 2 * SLOT;
  let s4 = ring + 3 * SLOT;
  let j1 = first;
  let j2 = dummy;
  let j3 = dummy;
  let j4 = dummy;
  let more = true;
  while (more) {
    more = j4 != last;
    push(s4, i, j4, j4 + toForces, sums);

    const m0 = v128.load(j3, 96);
    const m1 = v128.load(j3, 112);
    weights(s3, i, 0, m0, m1, d0, d1);
    weights(s3, i, 1, m0, m1, d0, d1);
    weights(s3, i, 2, m0, m1, d0, d1);
    weights(s3, i, 3, m0, m1, d0, d1);

    roots(s2, 0, magic, c0, c1, c2);
    roots(s2, 1, magic, c0, c1, c2);
    roots(s2, 2, magic, c0, c1, c2);
    roots(s2, 3, magic, c0, c1, c2);

    const x0 = v128.load(j1);
    const x1 = v128.load(j1, 16);
    const y0 = v128.load(j1, 32);
    const y1 = v128.load(j1, 48);
    const z0 = v128.load(j1, 64);
    const z1 = v128.load(j1, 80);
    const ej0 = v128.load(soft + ((j1 - rows) >> 2));
    const ej1 = v128.load(soft + ((j1 - rows) >> 2), 16);
    const e0i = v128.load_splat<f64>(own, 0);
    const e00 = f64x2.add(e0i, ej0);
    const e01 = f64x2.add(e0i, ej1);
    squares(s1, i, 0, x0, x1, y0, y1, z0, z1, e00, e01);
    const e1i = v128.load_splat<f64>(own, 8);
    const e10 = f64x2.add(e1i, ej0);
    const e11 = f64x2.add(e1i, ej1);
    squares(s1, i, 1, x0, x1, y0, y1, z0, z1, e10, e11);
    const e2i = v128.load_splat<f64>(own, 16);
    const e20 = f64x2.add(e2i, ej0);
    const e21 = f64x2.add(e2i, ej1);
    squares(s1, i, 2, x0, x1, y0, y1, z0, z1, e20, e21);
    const e3i = v128.load_splat<f64>(own, 24);
    const e30 = f64x2.add(e3i, ej0);
    const e31 = f64x2.add(e3i, ej1);
    squares(s1, i, 3, x0, x1, y0, y1, z0, z1, e30, e31);

    j4 = j3;
    j3 = j2;
    j2 = j1;
    j1 += GROUP;
    const free = s4;
    s4 = s3;
    s3 = s2;
    s2 = s1;
    s1 = free;
  }
}

/** The six pairs within a group, one by one. */
function withinGroup(i: usize, forces: usize, soft: usize, softening2: f64): void {
  for (let a: usize = 0; a < 24; a += 8) {
    for (let b: usize = a + 8; b < 32; b += 8) {
      const dx = load<f64>(i + b) - load<f64>(i + a);
      const dy = load<f64>(i + b, 32) - load<f64>(i + a, 32);
      const dz = load<f64>(i + b, 64) - load<f64>(i + a, 64);
      const e2 = soft == 0 ? softening2 : load<f64>(soft + a) + load<f64>(soft + b);
      const r2 = dx * dx + e2 + (dz * dz + dy * dy);
      const m = load<f64>(i + a, 96) * load<f64>(i + b, 96);
      const w = m / (r2 * sqrt(r2)) / FORCE_SCALE;
      store<f64>(forces + a, load<f64>(forces + a) + w * dx);
      store<f64>(forces + b, load<f64>(forces + b) - w * dx);
      store<f64>(forces + a, load<f64>(forces + a, 32) + w * dy, 32);
      store<f64>(forces + b, load<f64>(forces + b, 32) - w * dy, 32);
      store<f64>(forces + a, load<f64>(forces + a, 64) + w * dz, 64);
      store<f64>(forces + b, load<f64>(forces + b, 64) - w * dz, 64);
    }
  }
}

/** Adds the sums that a sweep left in the ring to the forces on group i. */
function collect(sums: usize, forces: usize): void {
  for (let k: usize = 0; k < 4; k++) {
    for (let c: usize = 0; c < 3; c++) {
      const at = sums + c * 128 + k * 32;
      const sum = load<f64>(at) + load<f64>(at, 8) + (load<f64>(at, 16) + load<f64>(at, 24));
      const to = forces + c * 32 + k * 8;
      store<f64>(to, load<f64>(to) + sum);
    }
  }
}

/**
 * One of `tasks` equal shares of all pairs. Groups are dealt out forth and back, so that the long
 * sweeps of the first groups and the short ones of the last balance. A share depends on the numbers
 * of groups and of tasks alone, and writes only its own forces and ring: whoever runs it, and when,
 * the bits are the same. soft is 0 where no body has a softening of its own.
 */
export function pairs(
  task: usize,
  tasks: usize,
  groups: usize,
  rows: usize,
  dummy: usize,
  forces: usize,
  ring: usize,
  soft: usize,
  softening2: f64,
): void {
  const end = rows + groups * GROUP;
  const toForces = forces - rows;
  prepare(ring);
  for (let at: usize = forces; at < dummy + GROUP + toForces; at += 16) {
    v128.store(at, f64x2.splat(0.0));
  }
  for (let tile = rows; tile < end; tile += TILE) {
    const tileEnd = min(end, tile + TILE);
    for (let round: usize = 0; round * tasks < groups; round++) {
      const g = round * tasks + (round & 1 ? tasks - 1 - task : task);
      const i = rows + g * GROUP;
      if (i >= tileEnd) continue;
      if (i >= tile) withinGroup(i, i + toForces, soft == 0 ? 0 : soft + (g << 5), softening2);
      const first = max(i + GROUP, tile);
      if (first == tileEnd) continue;
      resetRing(ring);
      if (soft == 0) sweep(i, first, tileEnd, dummy, toForces, ring, softening2);
      else sweepSoftened(i, first, tileEnd, dummy, toForces, ring, rows, soft);
      collect(ring + SUMS, i + toForces);
    }
  }
}

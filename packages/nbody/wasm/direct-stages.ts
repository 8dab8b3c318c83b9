/**
 * The four stages of direct-pairs.ts, each for one row i (k = 0 … 3 of its group) and the four rows of
 * a group j. Every line comes twice, for rows 0, 1 and rows 2, 3: see there.
 */
import { madd, nmadd } from "./multiply-add";

/** Largest relative error of the cubic: 7.5e-7, so that of w before rounding: 7e-18. */
const MAGIC: i64 = 0x5fe6eb50c7b537a9;
const C0: f64 = 6.993465406079198;
const C1: f64 = 7.001093096569823;
const C2: f64 = 4.2019617588570695;
const D0: f64 = 242.9402171433967;
const D1: f64 = 28.570599041703918;
/** A force that comes out of the stages times this is the force. */
export const FORCE_SCALE: f64 = 0.0005525055812565114;

export const SLOT: usize = 256;
export const SUMS: usize = 1024;
/** The constants, splatted from memory: as immediates V8 would build them anew at every use. */
export const CONSTANTS: usize = 1408;

// @ts-ignore: decorator
@inline
export function prepare(ring: usize): void {
  store<i64>(ring + CONSTANTS, MAGIC);
  store<f64>(ring + CONSTANTS + 8, C0);
  store<f64>(ring + CONSTANTS + 16, C1);
  store<f64>(ring + CONSTANTS + 24, C2);
  store<f64>(ring + CONSTANTS + 32, D0);
  store<f64>(ring + CONSTANTS + 40, D1);
}

// @ts-ignore: decorator
@inline
export function resetRing(ring: usize): void {
  for (let at: usize = 0; at < 4 * SLOT; at += 16) {
    v128.store(ring + at, f64x2.splat(at & 128 ? 0.0 : 1.0));
  }
  for (let at: usize = SUMS; at < CONSTANTS; at += 16) v128.store(ring + at, f64x2.splat(0.0));
}

/** Stage 1 for row k of group i; u: the coordinates of group j; e: softening squared. */
// @ts-ignore: decorator
@inline
export function squares(
  slot: usize,
  i: usize,
  k: usize,
  x0: v128,
  x1: v128,
  y0: v128,
  y1: v128,
  z0: v128,
  z1: v128,
  e0: v128,
  e1: v128,
): void {
  const at = slot + 32 * k;
  const row = i + 8 * k;
  const xi = v128.load_splat<f64>(row);
  const dx0 = f64x2.sub(x0, xi);
  const dx1 = f64x2.sub(x1, xi);
  const yi = v128.load_splat<f64>(row, 32);
  const dy0 = f64x2.sub(y0, yi);
  const dy1 = f64x2.sub(y1, yi);
  const zi = v128.load_splat<f64>(row, 64);
  const dz0 = f64x2.sub(z0, zi);
  const dz1 = f64x2.sub(z1, zi);
  const a0 = madd(dx0, dx0, e0);
  const a1 = madd(dx1, dx1, e1);
  const yy0 = f64x2.mul(dy0, dy0);
  const yy1 = f64x2.mul(dy1, dy1);
  const b0 = madd(dz0, dz0, yy0);
  const b1 = madd(dz1, dz1, yy1);
  const r0 = f64x2.add(a0, b0);
  const r1 = f64x2.add(a1, b1);
  v128.store(at, r0);
  v128.store(at, r1, 16);
}

/** Stage 2 for row k: y ≈ 1 / (k r) to 7.5e-7. */
// @ts-ignore: decorator
@inline
export function roots(slot: usize, k: usize, magic: v128, c0: v128, c1: v128, c2: v128): void {
  const at = slot + 32 * k;
  const r0 = v128.load(at);
  const r1 = v128.load(at, 16);
  const h0 = i64x2.shr_u(r0, 1);
  const h1 = i64x2.shr_u(r1, 1);
  const s0 = i64x2.sub(magic, h0);
  const s1 = i64x2.sub(magic, h1);
  const q0 = f64x2.mul(s0, s0);
  const q1 = f64x2.mul(s1, s1);
  const g0 = f64x2.mul(r0, q0);
  const g1 = f64x2.mul(r1, q1);
  const t0 = f64x2.sub(c2, g0);
  const t1 = f64x2.sub(c2, g1);
  const u0 = nmadd(g0, t0, c1);
  const u1 = nmadd(g1, t1, c1);
  const v0 = nmadd(g0, u0, c0);
  const v1 = nmadd(g1, u1, c0);
  const w0 = f64x2.mul(s0, v0);
  const w1 = f64x2.mul(s1, v1);
  v128.store(at, w0, 128);
  v128.store(at, w1, 144);
}

/** Stage 3 for row k: w = mi mj / r³, up to FORCE_SCALE. */
// @ts-ignore: decorator
@inline
export function weights(slot: usize, i: usize, k: usize, m0: v128, m1: v128, d0: v128, d1: v128): void {
  const at = slot + 32 * k;
  const row = i + 8 * k;
  const y0 = v128.load(at, 128);
  const y1 = v128.load(at, 144);
  const r0 = v128.load(at);
  const r1 = v128.load(at, 16);
  const mi = v128.load_splat<f64>(row, 96);
  const q0 = f64x2.mul(y0, y0);
  const q1 = f64x2.mul(y1, y1);
  const h0 = f64x2.mul(r0, q0);
  const h1 = f64x2.mul(r1, q1);
  const p0 = f64x2.mul(y0, q0);
  const p1 = f64x2.mul(y1, q1);
  const n0 = f64x2.mul(mi, m0);
  const n1 = f64x2.mul(mi, m1);
  const o0 = f64x2.sub(d1, h0);
  const o1 = f64x2.sub(d1, h1);
  const v0 = f64x2.mul(p0, n0);
  const v1 = f64x2.mul(p1, n1);
  const c0 = nmadd(h0, o0, d0);
  const c1 = nmadd(h1, o1, d0);
  const w0 = f64x2.mul(v0, c0);
  const w1 = f64x2.mul(v1, c1);
  v128.store(at, w0, 128);
  v128.store(at, w1, 144);
}

/** Adds to the running sums of one row of i in one direction. */
// @ts-ignore: decorator
@inline
function gather(sums: usize, f0: v128, f1: v128): void {
  const a0 = v128.load(sums);
  const a1 = v128.load(sums, 16);
  const b0 = f64x2.add(a0, f0);
  const b1 = f64x2.add(a1, f1);
  v128.store(sums, b0);
  v128.store(sums, b1, 16);
}

/** Stage 4: the forces of group j on group i and back. Written out, for six running Fj. */
// @ts-ignore: decorator
@inline
export function push(slot: usize, i: usize, j: usize, forces: usize, sums: usize): void {
  const x0 = v128.load(j);
  const x1 = v128.load(j, 16);
  const y0 = v128.load(j, 32);
  const y1 = v128.load(j, 48);
  const z0 = v128.load(j, 64);
  const z1 = v128.load(j, 80);
  let fx0 = v128.load(forces);
  let fx1 = v128.load(forces, 16);
  let fy0 = v128.load(forces, 32);
  let fy1 = v128.load(forces, 48);
  let fz0 = v128.load(forces, 64);
  let fz1 = v128.load(forces, 80);

  const w00 = v128.load(slot, 128);
  const w01 = v128.load(slot, 144);
  const xi0 = v128.load_splat<f64>(i);
  const x00 = f64x2.mul(w00, f64x2.sub(x0, xi0));
  const x01 = f64x2.mul(w01, f64x2.sub(x1, xi0));
  fx0 = f64x2.sub(fx0, x00);
  fx1 = f64x2.sub(fx1, x01);
  gather(sums, x00, x01);
  const yi0 = v128.load_splat<f64>(i, 32);
  const y00 = f64x2.mul(w00, f64x2.sub(y0, yi0));
  const y01 = f64x2.mul(w01, f64x2.sub(y1, yi0));
  fy0 = f64x2.sub(fy0, y00);
  fy1 = f64x2.sub(fy1, y01);
  gather(sums + 128, y00, y01);
  const zi0 = v128.load_splat<f64>(i, 64);
  const z00 = f64x2.mul(w00, f64x2.sub(z0, zi0));
  const z01 = f64x2.mul(w01, f64x2.sub(z1, zi0));
  fz0 = f64x2.sub(fz0, z00);
  fz1 = f64x2.sub(fz1, z01);
  gather(sums + 256, z00, z01);

  const w10 = v128.load(slot, 160);
  const w11 = v128.load(slot, 176);
  const xi1 = v128.load_splat<f64>(i, 8);
  const x10 = f64x2.mul(w10, f64x2.sub(x0, xi1));
  const x11 = f64x2.mul(w11, f64x2.sub(x1, xi1));
  fx0 = f64x2.sub(fx0, x10);
  fx1 = f64x2.sub(fx1, x11);
  gather(sums + 32, x10, x11);
  const yi1 = v128.load_splat<f64>(i, 40);
  const y10 = f64x2.mul(w10, f64x2.sub(y0, yi1));
  const y11 = f64x2.mul(w11, f64x2.sub(y1, yi1));
  fy0 = f64x2.sub(fy0, y10);
  fy1 = f64x2.sub(fy1, y11);
  gather(sums + 160, y10, y11);
  const zi1 = v128.load_splat<f64>(i, 72);
  const z10 = f64x2.mul(w10, f64x2.sub(z0, zi1));
  const z11 = f64x2.mul(w11, f64x2.sub(z1, zi1));
  fz0 = f64x2.sub(fz0, z10);
  fz1 = f64x2.sub(fz1, z11);
  gather(sums + 288, z10, z11);

  const w20 = v128.load(slot, 192);
  const w21 = v128.load(slot, 208);
  const xi2 = v128.load_splat<f64>(i, 16);
  const x20 = f64x2.mul(w20, f64x2.sub(x0, xi2));
  const x21 = f64x2.mul(w21, f64x2.sub(x1, xi2));
  fx0 = f64x2.sub(fx0, x20);
  fx1 = f64x2.sub(fx1, x21);
  gather(sums + 64, x20, x21);
  const yi2 = v128.load_splat<f64>(i, 48);
  const y20 = f64x2.mul(w20, f64x2.sub(y0, yi2));
  const y21 = f64x2.mul(w21, f64x2.sub(y1, yi2));
  fy0 = f64x2.sub(fy0, y20);
  fy1 = f64x2.sub(fy1, y21);
  gather(sums + 192, y20, y21);
  const zi2 = v128.load_splat<f64>(i, 80);
  const z20 = f64x2.mul(w20, f64x2.sub(z0, zi2));
  const z21 = f64x2.mul(w21, f64x2.sub(z1, zi2));
  fz0 = f64x2.sub(fz0, z20);
  fz1 = f64x2.sub(fz1, z21);
  gather(sums + 320, z20, z21);

  const w30 = v128.load(slot, 224);
  const w31 = v128.load(slot, 240);
  const xi3 = v128.load_splat<f64>(i, 24);
  const x30 = f64x2.mul(w30, f64x2.sub(x0, xi3));
  const x31 = f64x2.mul(w31, f64x2.sub(x1, xi3));
  fx0 = f64x2.sub(fx0, x30);
  fx1 = f64x2.sub(fx1, x31);
  gather(sums + 96, x30, x31);
  const yi3 = v128.load_splat<f64>(i, 56);
  const y30 = f64x2.mul(w30, f64x2.sub(y0, yi3));
  const y31 = f64x2.mul(w31, f64x2.sub(y1, yi3));
  fy0 = f64x2.sub(fy0, y30);
  fy1 = f64x2.sub(fy1, y31);
  gather(sums + 224, y30, y31);
  const zi3 = v128.load_splat<f64>(i, 88);
  const z30 = f64x2.mul(w30, f64x2.sub(z0, zi3));
  const z31 = f64x2.mul(w31, f64x2.sub(z1, zi3));
  fz0 = f64x2.sub(fz0, z30);
  fz1 = f64x2.sub(fz1, z31);
  gather(sums + 352, z30, z31);

  v128.store(forces, fx0);
  v128.store(forces, fx1, 16);
  v128.store(forces, fy0, 32);
  v128.store(forces, fy1, 48);
  v128.store(forces, fz0, 64);
  v128.store(forces, fz1, 80);
}

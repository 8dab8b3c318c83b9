/**
 * The list of far cells of one cell, and the sum of their fields as an expansion about it.
 *
 * Four cells at a time, one a lane. With R from the far cell's centre to the expansion's, r² = R² + ε²
 * and the derivatives D₁ … D₄ of 1 / r, which are made of g₁ = −1/r³, g₂ = 3/r⁵, g₃ = −15/r⁷, g₄ = 105/r⁹:
 *
 *   C₁ = m D₁ + ½ Q : D₃ − ⅙ O ⋮ D₄      Q, O: second and third moments of the far cell
 *   C₂ = m D₂ + ½ Q : D₄
 *   C₃ = m D₃,  C₄ = m D₄
 *
 * What is a sum over cells of products of R is summed as such; the terms with Kronecker deltas follow
 * from lower sums once at the end. Softening makes D not traceless, so all components are kept.
 */
import { AT_MIXED, AT_SECOND, AT_SIZE, AT_SOFTENING, AT_THIRD, emptyCell, recordOf } from "./cell";
import { AT_SOFT } from "./expansion";
import { accumulate, inverseRoot, total } from "./lanes";

/** Cells are summed when this many have come together. */
export const FAR_MOST: usize = 512;
const COLUMN: usize = FAR_MOST * 4 + 32;

let farX: usize = 0;
let farY: usize = 0;
let farZ: usize = 0;
let farCell: usize = 0;
let farN: usize = 0;
let farTotal: u64 = 0;

/** Gives the list its room; returns the end of it. */
export function placeFar(at: usize): usize {
  farX = at;
  farY = farX + COLUMN;
  farZ = farY + COLUMN;
  farCell = farZ + COLUMN;
  return farCell + COLUMN;
}

/** Cells summed so far, for profiles. */
export function farCells(): f64 {
  return <f64>farTotal;
}

/** Empties the list without summing it. */
export function clearFar(): void {
  farN = 0;
}

/** Appends n ≤ 4 cells: distances in units of the target's size, and indices. */
// @ts-ignore: decorator
@inline
export function pushFar(t: usize, e: usize, x: v128, y: v128, z: v128, cells: v128, n: i32, soft2: f64): void {
  const o = farN << 2;
  v128.store(farX + o, x);
  v128.store(farY + o, y);
  v128.store(farZ + o, z);
  v128.store(farCell + o, cells);
  farN += n;
  if (farN > FAR_MOST - 4) sumFar(t, e, soft2);
}

/**
 * Adds the field of the far cells, four at a time, to the expansion e of cell t; empties the list.
 *
 * In one piece: 19 moments and 45 sums are alive between its parts, a function returns one value, and the
 * formulas above are read against it line by line.
 */
export function sumFar(t: usize, e: usize, softening2: f64): void {
  if (farN == 0) return;
  farTotal += farN;
  const end = farN << 2;
  // A cell without any moments fills up the last four.
  v128.store(farX + end, f32x4.splat(1));
  v128.store(farY + end, f32x4.splat(0));
  v128.store(farZ + end, f32x4.splat(0));
  v128.store(farCell + end, i32x4.splat(<i32>emptyCell));
  const inverse = 1.0 / <f64>load<f32>(recordOf(t), AT_SIZE);
  const unit = f32x4.splat(<f32>inverse);
  const unit2 = f32x4.splat(<f32>(inverse * inverse));
  const soft = f32x4.splat(<f32>((softening2 + <f64>load<f32>(recordOf(t), AT_SOFTENING)) * inverse * inverse));
  let fx = f32x4.splat(0);
  let fy = f32x4.splat(0);
  let fz = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let tx = f32x4.splat(0);
  let ty = f32x4.splat(0);
  let tz = f32x4.splat(0);
  let bxx = f32x4.splat(0);
  let byy = f32x4.splat(0);
  let bzz = f32x4.splat(0);
  let bxy = f32x4.splat(0);
  let bxz = f32x4.splat(0);
  let byz = f32x4.splat(0);
  let wxx = f32x4.splat(0);
  let wyy = f32x4.splat(0);
  let wzz = f32x4.splat(0);
  let wxy = f32x4.splat(0);
  let wxz = f32x4.splat(0);
  let wyz = f32x4.splat(0);
  let axxx = f32x4.splat(0);
  let ayyy = f32x4.splat(0);
  let azzz = f32x4.splat(0);
  let axxy = f32x4.splat(0);
  let axxz = f32x4.splat(0);
  let axyy = f32x4.splat(0);
  let ayyz = f32x4.splat(0);
  let axzz = f32x4.splat(0);
  let ayzz = f32x4.splat(0);
  let axyz = f32x4.splat(0);
  let axxxx = f32x4.splat(0);
  let ayyyy = f32x4.splat(0);
  let azzzz = f32x4.splat(0);
  let axxxy = f32x4.splat(0);
  let axxxz = f32x4.splat(0);
  let axyyy = f32x4.splat(0);
  let ayyyz = f32x4.splat(0);
  let axzzz = f32x4.splat(0);
  let ayzzz = f32x4.splat(0);
  let axxyy = f32x4.splat(0);
  let axxzz = f32x4.splat(0);
  let ayyzz = f32x4.splat(0);
  let axxyz = f32x4.splat(0);
  let axyyz = f32x4.splat(0);
  let axyzz = f32x4.splat(0);
  for (let o: usize = 0; o < end; o += 16) {
    const a = recordOf(<usize>load<u32>(farCell + o, 0));
    const b = recordOf(<usize>load<u32>(farCell + o, 4));
    const c = recordOf(<usize>load<u32>(farCell + o, 8));
    const d = recordOf(<usize>load<u32>(farCell + o, 12));
    const x = v128.load(farX + o);
    const y = v128.load(farY + o);
    const z = v128.load(farZ + o);
    const a0 = v128.load(a, AT_SECOND);
    const b0 = v128.load(b, AT_SECOND);
    const c0 = v128.load(c, AT_SECOND);
    const d0 = v128.load(d, AT_SECOND);
    const p00 = v128.shuffle<f32>(a0, b0, 0, 4, 1, 5);
    const p01 = v128.shuffle<f32>(c0, d0, 0, 4, 1, 5);
    const p02 = v128.shuffle<f32>(a0, b0, 2, 6, 3, 7);
    const p03 = v128.shuffle<f32>(c0, d0, 2, 6, 3, 7);
    const qxx = v128.shuffle<f64>(p00, p01, 0, 2);
    const qyy = v128.shuffle<f64>(p00, p01, 1, 3);
    const qzz = v128.shuffle<f64>(p02, p03, 0, 2);
    const ee = v128.shuffle<f64>(p02, p03, 1, 3);
    const a1 = v128.load(a, AT_MIXED);
    const b1 = v128.load(b, AT_MIXED);
    const c1 = v128.load(c, AT_MIXED);
    const d1 = v128.load(d, AT_MIXED);
    const p10 = v128.shuffle<f32>(a1, b1, 0, 4, 1, 5);
    const p11 = v128.shuffle<f32>(c1, d1, 0, 4, 1, 5);
    const p12 = v128.shuffle<f32>(a1, b1, 2, 6, 3, 7);
    const p13 = v128.shuffle<f32>(c1, d1, 2, 6, 3, 7);
    const qxy = v128.shuffle<f64>(p10, p11, 0, 2);
    const qxz = v128.shuffle<f64>(p10, p11, 1, 3);
    const qyz = v128.shuffle<f64>(p12, p13, 0, 2);
    const m = v128.shuffle<f64>(p12, p13, 1, 3);
    const xx = f32x4.mul(x, x);
    const yy = f32x4.mul(y, y);
    const zz = f32x4.mul(z, z);
    const r2 = f32x4.add(f32x4.add(xx, yy), f32x4.add(zz, f32x4.add(soft, f32x4.mul(ee, unit2))));
    const w1 = inverseRoot(r2);
    const w2 = f32x4.mul(w1, w1);
    const g1 = f32x4.neg(f32x4.mul(w1, w2));
    const g2 = f32x4.mul(f32x4.mul(g1, w2), f32x4.splat(-3));
    const g3 = f32x4.mul(f32x4.mul(g2, w2), f32x4.splat(-5));
    const g4 = f32x4.mul(f32x4.mul(g3, w2), f32x4.splat(-7));
    const mg2 = f32x4.mul(m, g2);
    const mg3 = f32x4.mul(m, g3);
    const mg4 = f32x4.mul(m, g4);
    const xy = f32x4.mul(x, y);
    const xz = f32x4.mul(x, z);
    const yz = f32x4.mul(y, z);
    const a2 = v128.load(a, AT_THIRD);
    const b2 = v128.load(b, AT_THIRD);
    const c2 = v128.load(c, AT_THIRD);
    const d2 = v128.load(d, AT_THIRD);
    const p20 = v128.shuffle<f32>(a2, b2, 0, 4, 1, 5);
    const p21 = v128.shuffle<f32>(c2, d2, 0, 4, 1, 5);
    const p22 = v128.shuffle<f32>(a2, b2, 2, 6, 3, 7);
    const p23 = v128.shuffle<f32>(c2, d2, 2, 6, 3, 7);
    const mxxx = v128.shuffle<f64>(p20, p21, 0, 2);
    const myyy = v128.shuffle<f64>(p20, p21, 1, 3);
    const mzzz = v128.shuffle<f64>(p22, p23, 0, 2);
    const mxxy = v128.shuffle<f64>(p22, p23, 1, 3);
    const a3 = v128.load(a, AT_THIRD + 16);
    const b3 = v128.load(b, AT_THIRD + 16);
    const c3 = v128.load(c, AT_THIRD + 16);
    const d3 = v128.load(d, AT_THIRD + 16);
    const p30 = v128.shuffle<f32>(a3, b3, 0, 4, 1, 5);
    const p31 = v128.shuffle<f32>(c3, d3, 0, 4, 1, 5);
    const p32 = v128.shuffle<f32>(a3, b3, 2, 6, 3, 7);
    const p33 = v128.shuffle<f32>(c3, d3, 2, 6, 3, 7);
    const mxxz = v128.shuffle<f64>(p30, p31, 0, 2);
    const mxyy = v128.shuffle<f64>(p30, p31, 1, 3);
    const myyz = v128.shuffle<f64>(p32, p33, 0, 2);
    const mxzz = v128.shuffle<f64>(p32, p33, 1, 3);
    const a4 = v128.load(a, AT_THIRD + 32);
    const b4 = v128.load(b, AT_THIRD + 32);
    const c4 = v128.load(c, AT_THIRD + 32);
    const d4 = v128.load(d, AT_THIRD + 32);
    const p40 = v128.shuffle<f32>(a4, b4, 0, 4, 1, 5);
    const p41 = v128.shuffle<f32>(c4, d4, 0, 4, 1, 5);
    const p42 = v128.shuffle<f32>(a4, b4, 2, 6, 3, 7);
    const p43 = v128.shuffle<f32>(c4, d4, 2, 6, 3, 7);
    const myzz = v128.shuffle<f64>(p40, p41, 0, 2);
    const mxyz = v128.shuffle<f64>(p40, p41, 1, 3);
    const size = v128.shuffle<f64>(p42, p43, 0, 2);
    const ratio = f32x4.min(f32x4.mul(size, unit), f32x4.splat(1e12));
    const half2 = f32x4.mul(f32x4.mul(ratio, ratio), f32x4.splat(0.5));
    const h2 = f32x4.mul(half2, g2);
    const h3 = f32x4.mul(half2, g3);
    const h4 = f32x4.mul(half2, g4);
    const vx = f32x4.add(f32x4.mul(qxx, x), f32x4.add(f32x4.mul(qxy, y), f32x4.mul(qxz, z)));
    const vy = f32x4.add(f32x4.mul(qxy, x), f32x4.add(f32x4.mul(qyy, y), f32x4.mul(qyz, z)));
    const vz = f32x4.add(f32x4.mul(qxz, x), f32x4.add(f32x4.mul(qyz, y), f32x4.mul(qzz, z)));
    const q = f32x4.add(f32x4.mul(vx, x), f32x4.add(f32x4.mul(vy, y), f32x4.mul(vz, z)));
    const trace = f32x4.add(qxx, f32x4.add(qyy, qzz));
    const ox = f32x4.add(f32x4.mul(mxxy, xy), f32x4.add(f32x4.mul(mxxz, xz), f32x4.mul(mxyz, yz)));
    const ux = f32x4.add(f32x4.add(f32x4.mul(mxxx, xx), f32x4.mul(mxyy, yy)), f32x4.add(f32x4.mul(mxzz, zz), f32x4.add(ox, ox)));
    const oy = f32x4.add(f32x4.mul(mxyy, xy), f32x4.add(f32x4.mul(mxyz, xz), f32x4.mul(myyz, yz)));
    const uy = f32x4.add(f32x4.add(f32x4.mul(mxxy, xx), f32x4.mul(myyy, yy)), f32x4.add(f32x4.mul(myzz, zz), f32x4.add(oy, oy)));
    const oz = f32x4.add(f32x4.mul(mxyz, xy), f32x4.add(f32x4.mul(mxzz, xz), f32x4.mul(myzz, yz)));
    const uz = f32x4.add(f32x4.add(f32x4.mul(mxxz, xx), f32x4.mul(myyz, yy)), f32x4.add(f32x4.mul(mzzz, zz), f32x4.add(oz, oz)));
    const lx = f32x4.add(mxxx, f32x4.add(mxyy, mxzz));
    const ly = f32x4.add(mxxy, f32x4.add(myyy, myzz));
    const lz = f32x4.add(mxxz, f32x4.add(myyz, mzzz));
    const cubic = f32x4.add(f32x4.mul(ux, x), f32x4.add(f32x4.mul(uy, y), f32x4.mul(uz, z)));
    const along3 = f32x4.add(f32x4.mul(lx, x), f32x4.add(f32x4.mul(ly, y), f32x4.mul(lz, z)));
    // −1/6 of the third moments' part: g4 x c + 3 g3 (x (l·x) + u) + 3 g2 l.
    const k3 = f32x4.mul(f32x4.mul(half2, ratio), f32x4.neg(g3));
    const k2 = f32x4.mul(f32x4.mul(half2, ratio), f32x4.neg(g2));
    const k4 = f32x4.mul(f32x4.mul(half2, ratio), f32x4.mul(g4, f32x4.splat(<f32>(-1.0 / 3.0))));
    const along = f32x4.add(f32x4.add(f32x4.mul(m, g1), f32x4.mul(h3, q)), f32x4.add(f32x4.mul(h2, trace), f32x4.add(f32x4.mul(k4, cubic), f32x4.mul(k3, along3))));
    const two2 = f32x4.add(h2, h2);
    fx = f32x4.add(fx, f32x4.add(f32x4.add(f32x4.mul(along, x), f32x4.mul(two2, vx)), f32x4.add(f32x4.mul(k3, ux), f32x4.mul(k2, lx))));
    fy = f32x4.add(fy, f32x4.add(f32x4.add(f32x4.mul(along, y), f32x4.mul(two2, vy)), f32x4.add(f32x4.mul(k3, uy), f32x4.mul(k2, ly))));
    fz = f32x4.add(fz, f32x4.add(f32x4.add(f32x4.mul(along, z), f32x4.mul(two2, vz)), f32x4.add(f32x4.mul(k3, uz), f32x4.mul(k2, lz))));
    s1 = f32x4.add(s1, f32x4.add(f32x4.mul(m, g1), f32x4.add(f32x4.mul(h3, q), f32x4.mul(h2, trace))));
    s2 = f32x4.add(s2, mg2);
    const both = f32x4.add(mg2, f32x4.add(f32x4.mul(h4, q), f32x4.mul(h3, trace)));
    const two3 = f32x4.add(h3, h3);
    const gx = f32x4.mul(two3, vx);
    const gy = f32x4.mul(two3, vy);
    const gz = f32x4.mul(two3, vz);
    bxx = f32x4.add(bxx, f32x4.add(f32x4.mul(both, xx), f32x4.add(f32x4.mul(x, f32x4.add(gx, gx)), f32x4.mul(two2, qxx))));
    byy = f32x4.add(byy, f32x4.add(f32x4.mul(both, yy), f32x4.add(f32x4.mul(y, f32x4.add(gy, gy)), f32x4.mul(two2, qyy))));
    bzz = f32x4.add(bzz, f32x4.add(f32x4.mul(both, zz), f32x4.add(f32x4.mul(z, f32x4.add(gz, gz)), f32x4.mul(two2, qzz))));
    bxy = f32x4.add(bxy, f32x4.add(f32x4.add(f32x4.mul(both, xy), f32x4.mul(x, gy)), f32x4.add(f32x4.mul(y, gx), f32x4.mul(two2, qxy))));
    bxz = f32x4.add(bxz, f32x4.add(f32x4.add(f32x4.mul(both, xz), f32x4.mul(x, gz)), f32x4.add(f32x4.mul(z, gx), f32x4.mul(two2, qxz))));
    byz = f32x4.add(byz, f32x4.add(f32x4.add(f32x4.mul(both, yz), f32x4.mul(y, gz)), f32x4.add(f32x4.mul(z, gy), f32x4.mul(two2, qyz))));
    tx = f32x4.add(tx, f32x4.mul(mg2, x));
    ty = f32x4.add(ty, f32x4.mul(mg2, y));
    tz = f32x4.add(tz, f32x4.mul(mg2, z));
    const yxx = f32x4.mul(mg3, xx);
    wxx = f32x4.add(wxx, yxx);
    const yyy = f32x4.mul(mg3, yy);
    wyy = f32x4.add(wyy, yyy);
    const yzz = f32x4.mul(mg3, zz);
    wzz = f32x4.add(wzz, yzz);
    const yxy = f32x4.mul(mg3, xy);
    wxy = f32x4.add(wxy, yxy);
    const yxz = f32x4.mul(mg3, xz);
    wxz = f32x4.add(wxz, yxz);
    const yyz = f32x4.mul(mg3, yz);
    wyz = f32x4.add(wyz, yyz);
    axxx = f32x4.add(axxx, f32x4.mul(yxx, x));
    ayyy = f32x4.add(ayyy, f32x4.mul(yyy, y));
    azzz = f32x4.add(azzz, f32x4.mul(yzz, z));
    axxy = f32x4.add(axxy, f32x4.mul(yxx, y));
    axxz = f32x4.add(axxz, f32x4.mul(yxx, z));
    axyy = f32x4.add(axyy, f32x4.mul(yxy, y));
    ayyz = f32x4.add(ayyz, f32x4.mul(yyy, z));
    axzz = f32x4.add(axzz, f32x4.mul(yxz, z));
    ayzz = f32x4.add(ayzz, f32x4.mul(yyz, z));
    axyz = f32x4.add(axyz, f32x4.mul(yxy, z));
    const zxx = f32x4.mul(mg4, xx);
    const zyy = f32x4.mul(mg4, yy);
    const zzz = f32x4.mul(mg4, zz);
    const zxy = f32x4.mul(mg4, xy);
    const zxz = f32x4.mul(mg4, xz);
    const zyz = f32x4.mul(mg4, yz);
    axxxx = f32x4.add(axxxx, f32x4.mul(zxx, xx));
    ayyyy = f32x4.add(ayyyy, f32x4.mul(zyy, yy));
    azzzz = f32x4.add(azzzz, f32x4.mul(zzz, zz));
    axxxy = f32x4.add(axxxy, f32x4.mul(zxx, xy));
    axxxz = f32x4.add(axxxz, f32x4.mul(zxx, xz));
    axyyy = f32x4.add(axyyy, f32x4.mul(zxy, yy));
    ayyyz = f32x4.add(ayyyz, f32x4.mul(zyy, yz));
    axzzz = f32x4.add(axzzz, f32x4.mul(zxz, zz));
    ayzzz = f32x4.add(ayzzz, f32x4.mul(zyz, zz));
    axxyy = f32x4.add(axxyy, f32x4.mul(zxx, yy));
    axxzz = f32x4.add(axxzz, f32x4.mul(zxx, zz));
    ayyzz = f32x4.add(ayyzz, f32x4.mul(zyy, zz));
    axxyz = f32x4.add(axxyz, f32x4.mul(zxx, yz));
    axyyz = f32x4.add(axyyz, f32x4.mul(zxy, yz));
    axyzz = f32x4.add(axyzz, f32x4.mul(zxy, zz));
  }
  farN = 0;
  accumulate(e + 0, total(fx));
  accumulate(e + 4, total(fy));
  accumulate(e + 8, total(fz));
  const isotropic = total(s1);
  accumulate(e + 12, total(bxx) + isotropic);
  accumulate(e + 16, total(byy) + isotropic);
  accumulate(e + 20, total(bzz) + isotropic);
  accumulate(e + 24, total(bxy));
  accumulate(e + 28, total(bxz));
  accumulate(e + 32, total(byz));
  const tx1 = total(tx);
  const ty1 = total(ty);
  const tz1 = total(tz);
  accumulate(e + AT_SOFT, tx1);
  accumulate(e + AT_SOFT + 4, ty1);
  accumulate(e + AT_SOFT + 8, tz1);
  accumulate(e + 36, total(axxx) + 3 * tx1);
  accumulate(e + 40, total(ayyy) + 3 * ty1);
  accumulate(e + 44, total(azzz) + 3 * tz1);
  accumulate(e + 48, total(axxy) + ty1);
  accumulate(e + 52, total(axxz) + tz1);
  accumulate(e + 56, total(axyy) + tx1);
  accumulate(e + 60, total(ayyz) + tz1);
  accumulate(e + 64, total(axzz) + tx1);
  accumulate(e + 68, total(ayzz) + ty1);
  accumulate(e + 72, total(axyz));
  const wxx1 = total(wxx);
  const wyy1 = total(wyy);
  const wzz1 = total(wzz);
  const wxy1 = total(wxy);
  const wxz1 = total(wxz);
  const wyz1 = total(wyz);
  const s21 = total(s2);
  accumulate(e + 76, total(axxxx) + 6 * wxx1 + 3 * s21);
  accumulate(e + 80, total(ayyyy) + 6 * wyy1 + 3 * s21);
  accumulate(e + 84, total(azzzz) + 6 * wzz1 + 3 * s21);
  accumulate(e + 88, total(axxxy) + 3 * wxy1);
  accumulate(e + 92, total(axxxz) + 3 * wxz1);
  accumulate(e + 96, total(axyyy) + 3 * wxy1);
  accumulate(e + 100, total(ayyyz) + 3 * wyz1);
  accumulate(e + 104, total(axzzz) + 3 * wxz1);
  accumulate(e + 108, total(ayzzz) + 3 * wyz1);
  accumulate(e + 112, total(axxyy) + wyy1 + wxx1 + s21);
  accumulate(e + 116, total(axxzz) + wzz1 + wxx1 + s21);
  accumulate(e + 120, total(ayyzz) + wzz1 + wyy1 + s21);
  accumulate(e + 124, total(axxyz) + wyz1);
  accumulate(e + 128, total(axyyz) + wxz1);
  accumulate(e + 132, total(axyzz) + wxy1);
}

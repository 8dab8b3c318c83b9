/**
 * The field of far cells about the centre of a cell, to fourth order, in units of the cell's size:
 *
 *   aᵢ(h) = C₁ᵢ + C₂ᵢⱼ hⱼ + ½ C₃ᵢⱼₖ hⱼ hₖ + ⅙ C₄ᵢⱼₖₗ hⱼ hₖ hₗ
 *
 * An expansion is 34 float32: x y z | xx yy zz xy xz yz | xxx yyy zzz xxy xxz xyy yyz xzz yzz xyz |
 * xxxx yyyy zzzz xxxy xxxz xyyy yyyz xzzz yzzz xxyy xxzz yyzz xxyz xyyz xyzz, and the derivative of
 * C₁ to twice the squared softening, x y z, at AT_SOFT: a body whose ε² is not the cell's gets that much
 * more or less.
 */
import { AT_SIZE, AT_SOFTENING, recordOf, xOf, yOf, zOf } from "./cell";
import { at, dot } from "./lanes";

export const AT_SOFT: usize = 136;
export const EXPANSION: usize = 160;

/** Expansion e about cell t, shifted to its child c and to c's unit of length. */
export function shift(t: usize, e: usize, c: usize, to: usize): void {
  const size = <f64>load<f32>(recordOf(t), AT_SIZE);
  const x = <f32>((xOf(c) - xOf(t)) / size);
  const y = <f32>((yOf(c) - yOf(t)) / size);
  const z = <f32>((zOf(c) - zOf(t)) / size);
  const ratio = load<f32>(recordOf(c), AT_SIZE) / <f32>size;
  const r2 = ratio * ratio;
  const r3 = r2 * ratio;
  const r4 = r2 * r2;
  const r5 = r4 * ratio;
  const more = <f64>load<f32>(recordOf(c), AT_SOFTENING) - <f64>load<f32>(recordOf(t), AT_SOFTENING);
  const soft = <f32>((0.5 * more) / (size * size));
  const dxxx = load<f32>(e, 76) * x + load<f32>(e, 88) * y + load<f32>(e, 92) * z;
  const dyyy = load<f32>(e, 96) * x + load<f32>(e, 80) * y + load<f32>(e, 100) * z;
  const dzzz = load<f32>(e, 104) * x + load<f32>(e, 108) * y + load<f32>(e, 84) * z;
  const dxxy = load<f32>(e, 88) * x + load<f32>(e, 112) * y + load<f32>(e, 124) * z;
  const dxxz = load<f32>(e, 92) * x + load<f32>(e, 124) * y + load<f32>(e, 116) * z;
  const dxyy = load<f32>(e, 112) * x + load<f32>(e, 96) * y + load<f32>(e, 128) * z;
  const dyyz = load<f32>(e, 128) * x + load<f32>(e, 100) * y + load<f32>(e, 120) * z;
  const dxzz = load<f32>(e, 116) * x + load<f32>(e, 132) * y + load<f32>(e, 104) * z;
  const dyzz = load<f32>(e, 132) * x + load<f32>(e, 120) * y + load<f32>(e, 108) * z;
  const dxyz = load<f32>(e, 124) * x + load<f32>(e, 128) * y + load<f32>(e, 132) * z;
  const exx = (load<f32>(e, 36) + 0.5 * dxxx) * x + (load<f32>(e, 48) + 0.5 * dxxy) * y + (load<f32>(e, 52) + 0.5 * dxxz) * z;
  const eyy = (load<f32>(e, 56) + 0.5 * dxyy) * x + (load<f32>(e, 40) + 0.5 * dyyy) * y + (load<f32>(e, 60) + 0.5 * dyyz) * z;
  const ezz = (load<f32>(e, 64) + 0.5 * dxzz) * x + (load<f32>(e, 68) + 0.5 * dyzz) * y + (load<f32>(e, 44) + 0.5 * dzzz) * z;
  const exy = (load<f32>(e, 48) + 0.5 * dxxy) * x + (load<f32>(e, 56) + 0.5 * dxyy) * y + (load<f32>(e, 72) + 0.5 * dxyz) * z;
  const exz = (load<f32>(e, 52) + 0.5 * dxxz) * x + (load<f32>(e, 72) + 0.5 * dxyz) * y + (load<f32>(e, 64) + 0.5 * dxzz) * z;
  const eyz = (load<f32>(e, 72) + 0.5 * dxyz) * x + (load<f32>(e, 60) + 0.5 * dyyz) * y + (load<f32>(e, 68) + 0.5 * dyzz) * z;
  const fxx = load<f32>(e, 12) + 0.5 * exx - (dxxx * x + dxxy * y + dxxz * z) * <f32>(1.0 / 12.0);
  const fyy = load<f32>(e, 16) + 0.5 * eyy - (dxyy * x + dyyy * y + dyyz * z) * <f32>(1.0 / 12.0);
  const fzz = load<f32>(e, 20) + 0.5 * ezz - (dxzz * x + dyzz * y + dzzz * z) * <f32>(1.0 / 12.0);
  const fxy = load<f32>(e, 24) + 0.5 * exy - (dxxy * x + dxyy * y + dxyz * z) * <f32>(1.0 / 12.0);
  const fxz = load<f32>(e, 28) + 0.5 * exz - (dxxz * x + dxyz * y + dxzz * z) * <f32>(1.0 / 12.0);
  const fyz = load<f32>(e, 32) + 0.5 * eyz - (dxyz * x + dyyz * y + dyzz * z) * <f32>(1.0 / 12.0);
  store<f32>(to, (load<f32>(e, 0) + soft * load<f32>(e, AT_SOFT + 0) + fxx * x + fxy * y + fxz * z) * r2, 0);
  store<f32>(to, (load<f32>(e, 4) + soft * load<f32>(e, AT_SOFT + 4) + fxy * x + fyy * y + fyz * z) * r2, 4);
  store<f32>(to, (load<f32>(e, 8) + soft * load<f32>(e, AT_SOFT + 8) + fxz * x + fyz * y + fzz * z) * r2, 8);
  store<f32>(to, (load<f32>(e, 12) + exx) * r3, 12);
  store<f32>(to, (load<f32>(e, 16) + eyy) * r3, 16);
  store<f32>(to, (load<f32>(e, 20) + ezz) * r3, 20);
  store<f32>(to, (load<f32>(e, 24) + exy) * r3, 24);
  store<f32>(to, (load<f32>(e, 28) + exz) * r3, 28);
  store<f32>(to, (load<f32>(e, 32) + eyz) * r3, 32);
  store<f32>(to, (load<f32>(e, 36) + dxxx) * r4, 36);
  store<f32>(to, (load<f32>(e, 40) + dyyy) * r4, 40);
  store<f32>(to, (load<f32>(e, 44) + dzzz) * r4, 44);
  store<f32>(to, (load<f32>(e, 48) + dxxy) * r4, 48);
  store<f32>(to, (load<f32>(e, 52) + dxxz) * r4, 52);
  store<f32>(to, (load<f32>(e, 56) + dxyy) * r4, 56);
  store<f32>(to, (load<f32>(e, 60) + dyyz) * r4, 60);
  store<f32>(to, (load<f32>(e, 64) + dxzz) * r4, 64);
  store<f32>(to, (load<f32>(e, 68) + dyzz) * r4, 68);
  store<f32>(to, (load<f32>(e, 72) + dxyz) * r4, 72);
  for (let k: usize = AT_SOFT; k < AT_SOFT + 12; k += 4) store<f32>(to + k, load<f32>(e + k) * r4);
  for (let k: usize = 76; k < 136; k += 4) store<f32>(to + k, load<f32>(e + k) * r5);
}

/** Accelerations at n targets, four at a time: columns x y z ε², then the result. `mean` is the cell's ε². */
export function evaluate(e: usize, targets: usize, column: usize, n: usize, mean: f32): void {
  const half = f32x4.splat(0.5);
  const sixth = f32x4.splat(<f32>(1.0 / 6.0));
  for (let o = targets; o < targets + (n << 2); o += 16) {
    const x = v128.load(o);
    const y = v128.load(o + column);
    const z = v128.load(o + 2 * column);
    const soft = f32x4.mul(half, f32x4.sub(v128.load(o + 3 * column), f32x4.splat(mean)));
    const dxxx = f32x4.add(f32x4.mul(half, at(e, 36)), f32x4.mul(sixth, dot(at(e, 76), at(e, 88), at(e, 92), x, y, z)));
    const dyyy = f32x4.add(f32x4.mul(half, at(e, 40)), f32x4.mul(sixth, dot(at(e, 96), at(e, 80), at(e, 100), x, y, z)));
    const dzzz = f32x4.add(f32x4.mul(half, at(e, 44)), f32x4.mul(sixth, dot(at(e, 104), at(e, 108), at(e, 84), x, y, z)));
    const dxxy = f32x4.add(f32x4.mul(half, at(e, 48)), f32x4.mul(sixth, dot(at(e, 88), at(e, 112), at(e, 124), x, y, z)));
    const dxxz = f32x4.add(f32x4.mul(half, at(e, 52)), f32x4.mul(sixth, dot(at(e, 92), at(e, 124), at(e, 116), x, y, z)));
    const dxyy = f32x4.add(f32x4.mul(half, at(e, 56)), f32x4.mul(sixth, dot(at(e, 112), at(e, 96), at(e, 128), x, y, z)));
    const dyyz = f32x4.add(f32x4.mul(half, at(e, 60)), f32x4.mul(sixth, dot(at(e, 128), at(e, 100), at(e, 120), x, y, z)));
    const dxzz = f32x4.add(f32x4.mul(half, at(e, 64)), f32x4.mul(sixth, dot(at(e, 116), at(e, 132), at(e, 104), x, y, z)));
    const dyzz = f32x4.add(f32x4.mul(half, at(e, 68)), f32x4.mul(sixth, dot(at(e, 132), at(e, 120), at(e, 108), x, y, z)));
    const dxyz = f32x4.add(f32x4.mul(half, at(e, 72)), f32x4.mul(sixth, dot(at(e, 124), at(e, 128), at(e, 132), x, y, z)));
    const exx = f32x4.add(at(e, 12), dot(dxxx, dxxy, dxxz, x, y, z));
    const eyy = f32x4.add(at(e, 16), dot(dxyy, dyyy, dyyz, x, y, z));
    const ezz = f32x4.add(at(e, 20), dot(dxzz, dyzz, dzzz, x, y, z));
    const exy = f32x4.add(at(e, 24), dot(dxxy, dxyy, dxyz, x, y, z));
    const exz = f32x4.add(at(e, 28), dot(dxxz, dxyz, dxzz, x, y, z));
    const eyz = f32x4.add(at(e, 32), dot(dxyz, dyyz, dyzz, x, y, z));
    v128.store(o + 4 * column, f32x4.add(f32x4.add(at(e, 0), f32x4.mul(soft, at(e, AT_SOFT + 0))), dot(exx, exy, exz, x, y, z)));
    v128.store(o + 5 * column, f32x4.add(f32x4.add(at(e, 4), f32x4.mul(soft, at(e, AT_SOFT + 4))), dot(exy, eyy, eyz, x, y, z)));
    v128.store(o + 6 * column, f32x4.add(f32x4.add(at(e, 8), f32x4.mul(soft, at(e, AT_SOFT + 8))), dot(exz, eyz, ezz, x, y, z)));
  }
}

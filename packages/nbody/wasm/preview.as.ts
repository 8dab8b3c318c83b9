// asc: --optimizeLevel 0 --shrinkLevel 0 --runtime stub --enable simd --enable threads --importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536 --noAssert --runPasses remove-unused-brs,remove-unused-names,merge-blocks,vacuum
/**
 * The direct sum in float32, for pictures: eight targets at a time against one source after the other.
 * Columns of float32, padded to a multiple of eight with massless rows; `soft` has the bodies' own softenings
 * squared. Two bodies at one place feel
 * nothing of each other. Relative error of an acceleration about 1e-6.
 */
export function preview(
  first: usize,
  last: usize,
  sources: usize,
  m: usize,
  x: usize,
  y: usize,
  z: usize,
  soft: usize,
  ax: usize,
  ay: usize,
  az: usize,
  softening2: f32,
): void {
  const e2 = f32x4.splat(softening2);
  const zero = f32x4.splat(0.0);
  const end = sources << 2;
  for (let i = first << 2; i < last << 2; i += 32) {
    const x0 = v128.load(x + i);
    const x1 = v128.load(x + i, 16);
    const y0 = v128.load(y + i);
    const y1 = v128.load(y + i, 16);
    const z0 = v128.load(z + i);
    const z1 = v128.load(z + i, 16);
    const e0 = f32x4.add(v128.load(soft + i), e2);
    const e1 = f32x4.add(v128.load(soft + i, 16), e2);
    let ax0 = f32x4.splat(0.0);
    let ax1 = f32x4.splat(0.0);
    let ay0 = f32x4.splat(0.0);
    let ay1 = f32x4.splat(0.0);
    let az0 = f32x4.splat(0.0);
    let az1 = f32x4.splat(0.0);
    for (let j: usize = 0; j < end; j += 4) {
      const xj = v128.load_splat<f32>(x + j);
      const dx0 = f32x4.sub(xj, x0);
      const dx1 = f32x4.sub(xj, x1);
      const yj = v128.load_splat<f32>(y + j);
      const dy0 = f32x4.sub(yj, y0);
      const dy1 = f32x4.sub(yj, y1);
      const zj = v128.load_splat<f32>(z + j);
      const dz0 = f32x4.sub(zj, z0);
      const dz1 = f32x4.sub(zj, z1);
      const ej = v128.load_splat<f32>(soft + j);
      const a0 = f32x4.add(f32x4.mul(dx0, dx0), f32x4.add(e0, ej));
      const a1 = f32x4.add(f32x4.mul(dx1, dx1), f32x4.add(e1, ej));
      const b0 = f32x4.add(f32x4.mul(dy0, dy0), f32x4.mul(dz0, dz0));
      const b1 = f32x4.add(f32x4.mul(dy1, dy1), f32x4.mul(dz1, dz1));
      const r0 = f32x4.add(a0, b0);
      const r1 = f32x4.add(a1, b1);
      const q0 = f32x4.mul(r0, f32x4.sqrt(r0));
      const q1 = f32x4.mul(r1, f32x4.sqrt(r1));
      const mj = v128.load_splat<f32>(m + j);
      const d0 = f32x4.div(mj, q0);
      const d1 = f32x4.div(mj, q1);
      const w0 = v128.and(d0, f32x4.gt(q0, zero));
      const w1 = v128.and(d1, f32x4.gt(q1, zero));
      ax0 = f32x4.add(ax0, f32x4.mul(w0, dx0));
      ax1 = f32x4.add(ax1, f32x4.mul(w1, dx1));
      ay0 = f32x4.add(ay0, f32x4.mul(w0, dy0));
      ay1 = f32x4.add(ay1, f32x4.mul(w1, dy1));
      az0 = f32x4.add(az0, f32x4.mul(w0, dz0));
      az1 = f32x4.add(az1, f32x4.mul(w1, dz1));
    }
    v128.store(ax + i, ax0);
    v128.store(ax + i, ax1, 16);
    v128.store(ay + i, ay0);
    v128.store(ay + i, ay1, 16);
    v128.store(az + i, az0);
    v128.store(az + i, az1, 16);
  }
}

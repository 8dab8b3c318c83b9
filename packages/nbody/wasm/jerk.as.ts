// asc: -O3 --runtime stub --enable simd --enable threads --importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536 --noAssert
/**
 * Accelerations and jerks of some bodies by direct summation in f64x2, two sources at a time:
 *     a = G Σ m d / s³,   ȧ = G Σ m (w − 3 (d·w) d / s²) / s³,   s² = d² + ε² + εᵢ² + εⱼ²,
 * where d and w are the differences of positions and velocities. `motion` holds x, y, z, vx, vy, vz and
 * `result` takes ax, ay, az, jx, jy, jz, `stride` bytes from one to the next. Reference:
 * src/reference/jerk.ts.
 */
export function jerks(
  n: i32,
  mass: usize,
  softening: usize,
  motion: usize,
  result: usize,
  stride: usize,
  targets: usize,
  targetCount: i32,
  gravity: f64,
  softening2: f64,
): void {
  const bytes: usize = ((<usize>n + 1) >> 1) << 4;
  const y = motion + stride;
  const z = y + stride;
  const vx = z + stride;
  const vy = vx + stride;
  const vz = vy + stride;
  for (let k: i32 = 0; k < targetCount; k++) {
    const i = (<usize>load<u32>(targets + ((<usize>k) << 2))) << 3;
    const xi = v128.load_splat<f64>(motion + i);
    const yi = v128.load_splat<f64>(y + i);
    const zi = v128.load_splat<f64>(z + i);
    const vxi = v128.load_splat<f64>(vx + i);
    const vyi = v128.load_splat<f64>(vy + i);
    const vzi = v128.load_splat<f64>(vz + i);
    const ei = load<f64>(softening + i);
    const e2 = f64x2.splat(softening2 + ei * ei);
    const own = i & ~15;
    let ax = f64x2.splat(0);
    let ay = f64x2.splat(0);
    let az = f64x2.splat(0);
    let jx = f64x2.splat(0);
    let jy = f64x2.splat(0);
    let jz = f64x2.splat(0);
    for (let j: usize = 0; j < bytes; j += 16) {
      const dx = f64x2.sub(v128.load(motion + j), xi);
      const dy = f64x2.sub(v128.load(y + j), yi);
      const dz = f64x2.sub(v128.load(z + j), zi);
      const wx = f64x2.sub(v128.load(vx + j), vxi);
      const wy = f64x2.sub(v128.load(vy + j), vyi);
      const wz = f64x2.sub(v128.load(vz + j), vzi);
      const ej = v128.load(softening + j);
      const s2 = f64x2.add(
        f64x2.add(f64x2.mul(dx, dx), f64x2.mul(dy, dy)),
        f64x2.add(f64x2.mul(dz, dz), f64x2.add(e2, f64x2.mul(ej, ej))),
      );
      const dw = f64x2.add(f64x2.add(f64x2.mul(dx, wx), f64x2.mul(dy, wy)), f64x2.mul(dz, wz));
      // One division: 1 / (s² s), from which 1 / s² is that times s.
      const s = f64x2.sqrt(s2);
      const inverse = f64x2.div(f64x2.splat(1), f64x2.mul(s2, s));
      let w = f64x2.mul(v128.load(mass + j), inverse);
      let q = f64x2.mul(f64x2.mul(f64x2.splat(3), dw), f64x2.mul(inverse, s));
      if (j == own) {
        w = i & 8 ? f64x2.replace_lane(w, 1, 0) : f64x2.replace_lane(w, 0, 0);
        q = i & 8 ? f64x2.replace_lane(q, 1, 0) : f64x2.replace_lane(q, 0, 0);
      }
      ax = f64x2.add(ax, f64x2.mul(w, dx));
      ay = f64x2.add(ay, f64x2.mul(w, dy));
      az = f64x2.add(az, f64x2.mul(w, dz));
      jx = f64x2.add(jx, f64x2.mul(w, f64x2.sub(wx, f64x2.mul(q, dx))));
      jy = f64x2.add(jy, f64x2.mul(w, f64x2.sub(wy, f64x2.mul(q, dy))));
      jz = f64x2.add(jz, f64x2.mul(w, f64x2.sub(wz, f64x2.mul(q, dz))));
    }
    const out = result + i;
    store<f64>(out, gravity * (f64x2.extract_lane(ax, 0) + f64x2.extract_lane(ax, 1)));
    store<f64>(out + stride, gravity * (f64x2.extract_lane(ay, 0) + f64x2.extract_lane(ay, 1)));
    store<f64>(out + 2 * stride, gravity * (f64x2.extract_lane(az, 0) + f64x2.extract_lane(az, 1)));
    store<f64>(out + 3 * stride, gravity * (f64x2.extract_lane(jx, 0) + f64x2.extract_lane(jx, 1)));
    store<f64>(out + 4 * stride, gravity * (f64x2.extract_lane(jy, 0) + f64x2.extract_lane(jy, 1)));
    store<f64>(out + 5 * stride, gravity * (f64x2.extract_lane(jz, 0) + f64x2.extract_lane(jz, 1)));
  }
}

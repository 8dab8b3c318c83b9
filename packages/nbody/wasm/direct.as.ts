// asc: -O3 --runtime stub --enable simd --enable threads --importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536 --noAssert
/**
 * Direct summation in f64x2: each target i against all sources, two at a time.
 *
 * Columns are 16-byte aligned and padded to an even length with massless bodies that are far away,
 * so there is no tail. Reference: src/reference/direct.ts.
 */
export function accelerations(
  n: i32,
  mass: usize,
  x: usize,
  y: usize,
  z: usize,
  softening: usize,
  ax: usize,
  ay: usize,
  az: usize,
  gravity: f64,
  softening2: f64,
): void {
  const bytes: usize = ((<usize>n + 1) >> 1) << 4;
  for (let i: usize = 0; i < (<usize>n) << 3; i += 8) {
    const xi = v128.load_splat<f64>(x + i);
    const yi = v128.load_splat<f64>(y + i);
    const zi = v128.load_splat<f64>(z + i);
    const ei = load<f64>(softening + i);
    const e2 = f64x2.splat(softening2 + ei * ei);
    let sx = f64x2.splat(0.0);
    let sy = f64x2.splat(0.0);
    let sz = f64x2.splat(0.0);
    const own = i & ~15;
    for (let j: usize = 0; j < bytes; j += 16) {
      const dx = f64x2.sub(v128.load(x + j), xi);
      const dy = f64x2.sub(v128.load(y + j), yi);
      const dz = f64x2.sub(v128.load(z + j), zi);
      const ej = v128.load(softening + j);
      const r2 = f64x2.add(
        f64x2.add(f64x2.mul(dx, dx), f64x2.mul(dy, dy)),
        f64x2.add(f64x2.mul(dz, dz), f64x2.add(e2, f64x2.mul(ej, ej))),
      );
      let w = f64x2.div(v128.load(mass + j), f64x2.mul(r2, f64x2.sqrt(r2)));
      if (j == own) {
        w = i & 8 ? f64x2.replace_lane(w, 1, 0.0) : f64x2.replace_lane(w, 0, 0.0);
      }
      sx = f64x2.add(sx, f64x2.mul(w, dx));
      sy = f64x2.add(sy, f64x2.mul(w, dy));
      sz = f64x2.add(sz, f64x2.mul(w, dz));
    }
    store<f64>(ax + i, gravity * (f64x2.extract_lane(sx, 0) + f64x2.extract_lane(sx, 1)));
    store<f64>(ay + i, gravity * (f64x2.extract_lane(sy, 0) + f64x2.extract_lane(sy, 1)));
    store<f64>(az + i, gravity * (f64x2.extract_lane(sz, 0) + f64x2.extract_lane(sz, 1)));
  }
}

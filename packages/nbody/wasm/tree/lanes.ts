/** Arithmetic on four float32 lanes. */

/**
 * 1 / √v of each lane, to 7e-7: an estimate from the exponent bits and two of Newton's steps, whose
 * constants lie a little above 3/2 so that errors of both signs remain (Moroz et al. 2018, Computation
 * 6, 1). The steps are plain products and differences, so every machine gets the same bits.
 */
// @ts-ignore: decorator
@inline
export function inverseRoot(v: v128): v128 {
  const half = f32x4.mul(v, f32x4.splat(0.5));
  let y = i32x4.sub(i32x4.splat(0x5f376908), i32x4.shr_u(v, 1));
  y = f32x4.mul(y, f32x4.sub(f32x4.splat(1.5008789), f32x4.mul(f32x4.mul(half, y), y)));
  return f32x4.mul(y, f32x4.sub(f32x4.splat(1.5000006), f32x4.mul(f32x4.mul(half, y), y)));
}

/** Sum of the lanes. */
// @ts-ignore: decorator
@inline
export function total(v: v128): f32 {
  const pairs = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 2, 3));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

// @ts-ignore: decorator
@inline
export function totalOf(v: v128): i32 {
  const pairs = i32x4.add(v, v128.shuffle<i32>(v, v, 2, 3, 2, 3));
  return i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1);
}

// @ts-ignore: decorator
@inline
export function dot(a: v128, b: v128, c: v128, x: v128, y: v128, z: v128): v128 {
  return f32x4.add(f32x4.mul(a, x), f32x4.add(f32x4.mul(b, y), f32x4.mul(c, z)));
}

/** Adds to a float32 in memory. */
// @ts-ignore: decorator
@inline
export function accumulate(at: usize, v: f32): void {
  store<f32>(at, load<f32>(at) + v);
}

/** The float32 at a + k in all lanes. */
// @ts-ignore: decorator
@inline
export function at(a: usize, k: usize): v128 {
  return v128.load32_splat(a + k);
}

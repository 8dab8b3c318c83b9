/**
 * a b + c and c − a b: two roundings, or relaxed ones where the module is compiled with relaxed SIMD
 * (one rounding on machines with a fused instruction: faster, and not the same bits everywhere).
 * One expression each: a statement with `return` inside would be inlined as a block of its own, and
 * V8 joins halves into 256 bits only within one block.
 */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD
    ? f64x2.relaxed_madd(a, b, c)
    : f64x2.add(f64x2.mul(a, b), c);
}

// @ts-ignore: decorator
@inline
export function nmadd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD
    ? f64x2.relaxed_nmadd(a, b, c)
    : f64x2.sub(c, f64x2.mul(a, b));
}

/**
 * A seeded source of random numbers whose values are the same on every machine and engine.
 *
 * xoshiro128** (Blackman & Vigna 2018) over 32-bit integers, seeded by splitmix32. Everything that is derived from it
 * uses only + − × ÷ and √, which IEEE 754 rounds exactly; sines, logarithms and powers are left out
 * on purpose, because their last bit is the engine's own.
 */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Uniform on the unit circle. */
  direction2(): readonly [number, number];
  /** Uniform on the unit sphere. */
  direction3(): readonly [number, number, number];
  /** Close to a standard normal: twelve uniforms less six; within ±6. */
  normal(): number;
}

export function createRandom(seed: number): Random {
  const next = xoshiro(seed);
  const uniform = (): number => ((next() >>> 5) * 67_108_864 + (next() >>> 6)) / 2 ** 53;

  /** A point in the unit disc, its squared radius last. */
  function disc(): readonly [number, number, number] {
    for (;;) {
      const a = 2 * uniform() - 1;
      const b = 2 * uniform() - 1;
      const s = a * a + b * b;
      if (s < 1 && s > 1e-12) return [a, b, s];
    }
  }

  return {
    uniform,
    direction2() {
      const [a, b, s] = disc();
      const r = Math.sqrt(s);
      return [a / r, b / r];
    },
    direction3() {
      // Marsaglia 1972
      const [a, b, s] = disc();
      const f = 2 * Math.sqrt(1 - s);
      return [a * f, b * f, 1 - 2 * s];
    },
    normal() {
      let sum = -6;
      for (let k = 0; k < 12; k++) sum += uniform();
      return sum;
    },
  };
}

function xoshiro(seed: number): () => number {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`seed must be an integer in 0 … 2⁵³ − 1, not ${seed}`);
  }
  let s = (seed ^ Math.floor(seed / 2 ** 32)) | 0;
  const split = (): number => {
    s = (s + 0x9e_37_79_b9) | 0;
    let t = s ^ (s >>> 16);
    t = Math.imul(t, 0x21_f0_aa_ad);
    t ^= t >>> 15;
    t = Math.imul(t, 0x73_5a_2d_97);
    return t ^ (t >>> 15);
  };
  let a = split();
  let b = split();
  let c = split();
  let d = split() | 1;
  return () => {
    const five = Math.imul(b, 5);
    const result = Math.imul((five << 7) | (five >>> 25), 9);
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };
}

/** Cube root by Newton's method, from + − × ÷ only; within two units in the last place. */
export function cubeRoot(value: number): number {
  if (value === 0) return 0;
  const negative = value < 0;
  let scale = 1;
  let v = Math.abs(value);
  while (v > 8) {
    v /= 8;
    scale *= 2;
  }
  while (v < 1) {
    v *= 8;
    scale /= 2;
  }
  let root = (v + 11) / 9.5;
  for (let k = 0; k < 6; k++) root -= (root * root * root - v) / (3 * root * root);
  return (negative ? -1 : 1) * root * scale;
}

/** Arithmetic with error terms (Dekker 1971, Knuth): sums and products without rounding. */

/** a + b = sum + error, exactly. */
export function twoSum(a: number, b: number): readonly [sum: number, error: number] {
  const sum = a + b;
  const other = sum - a;
  return [sum, a - (sum - other) + (b - other)];
}

/** a × b = product + error, exactly, unless something overflows. */
export function twoProduct(a: number, b: number): readonly [product: number, error: number] {
  const product = a * b;
  const [ah, al] = split(a);
  const [bh, bl] = split(b);
  return [product, al * bl - (product - ah * bh - al * bh - ah * bl)];
}

function split(a: number): readonly [high: number, low: number] {
  const scaled = 134_217_729 * a;
  const high = scaled - (scaled - a);
  return [high, a - high];
}

/**
 * (m a + k b) / (m + k) to the last bit or two, so that fl(m + k) times the answer is m a + k b to
 * rounding; the plain mean when both weights are 0.
 */
export function weightedMean(m: number, a: number, k: number, b: number): number {
  if (a === b) return a;
  if (m === 0 && k === 0) return (a + b) / 2;
  const total = m + k;
  const [p, pe] = twoProduct(m, a);
  const [q, qe] = twoProduct(k, b);
  const [sum, se] = twoSum(p, q);
  const rest = pe + qe + se;
  const quotient = (sum + rest) / total;
  // One step of iterative refinement: what quotient × total misses of the exact numerator.
  const [back, be] = twoProduct(quotient, total);
  return quotient + (sum - back - be + rest) / total;
}

/** A repeatable sequence of whole numbers below what is asked (xorshift; Marsaglia 2003). */
export function sequence(seed: number): (below: number) => number {
  let state = Math.imul(seed, 2_654_435_761) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Roots by Newton's iteration: + × ÷ give the same bits on every engine, Math.pow need not. */

/** ⁷√value, for a value in 0 … 1. */
export function seventhRoot(value: number): number {
  let root = 1;
  for (let last = Infinity; root < last;) {
    last = root;
    const cube = root * root * root;
    root = (6 * root + value / (cube * cube)) / 7;
  }
  return root;
}

/** Ranges and marks of a logarithmic axis: whole powers of ten. */

/** From the decade below the least to the decade above the greatest positive value. */
export function decadeRange(values: readonly (number | null)[]): readonly [number, number] {
  let least = Infinity;
  let greatest = 0;
  for (const value of values) {
    if (value === null || !(value > 0)) continue;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  if (greatest === 0) return [1e-16, 1e-12];
  const low = Math.floor(Math.log10(least));
  const high = Math.max(low + 1, Math.ceil(Math.log10(greatest)));
  return [10 ** low, 10 ** high];
}

/** Powers of ten in a range, at most `most` of them, evenly spaced and with the last one. */
export function decadeMarks(low: number, high: number, most: number): number[] {
  const first = Math.round(Math.log10(low));
  const last = Math.round(Math.log10(high));
  const every = Math.max(1, Math.ceil((last - first) / Math.max(1, most - 1)));
  const marks: number[] = [];
  for (let exponent = last; exponent >= first; exponent -= every) marks.push(10 ** exponent);
  return marks.reverse();
}

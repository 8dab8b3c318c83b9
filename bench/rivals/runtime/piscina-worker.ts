/** The work of cpu-fanout, word for word. */
export default function work(seed: number): number {
  let hash = seed | 0;
  for (let k = 0; k < 400_000; k++) {
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash = (hash + 0x6d2b79f5) | 0;
  }
  return hash >>> 0;
}

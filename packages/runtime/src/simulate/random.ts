/**
 * A small seeded generator (splitmix32 mixing of a counter): the same numbers on every machine, and
 * streams that do not disturb one another: `fork("network")` depends on the seed and the name alone.
 */
export class Random {
  readonly #seed: number;
  #state: number;

  constructor(seed: number) {
    this.#seed = seed | 0;
    this.#state = seed | 0;
  }

  /** An integer in [0, 2³²). */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    return mix(this.#state);
  }

  /** A number in [0, 1). */
  fraction(): number {
    return this.next() / 0x1_0000_0000;
  }

  /** An integer in [0, count). */
  below(count: number): number {
    return Math.floor(this.fraction() * count);
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  fork(name: string): Random {
    let hash = this.#seed;
    for (let k = 0; k < name.length; k++) hash = mix((hash ^ name.charCodeAt(k)) + 0x632be5ab);
    return new Random(hash);
  }
}

function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

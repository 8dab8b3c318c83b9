/**
 * A fixed list of whole numbers in as few bits as their range needs: the smallest is the base, each is
 * kept as its distance from it. Equal numbers need no bits at all. Distances are below 2^53; those of
 * more than 31 bits are kept as 64-bit floats.
 */
export class PackedNumbers {
  readonly length: number;
  readonly #base: number;
  readonly #bits: number;
  readonly #words: Uint32Array;
  readonly #wide: Float64Array | undefined;

  constructor(values: Float64Array) {
    this.length = values.length;
    let least = Infinity;
    let most = -Infinity;
    for (const value of values) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
    this.#base = values.length === 0 ? 0 : least;
    const span = values.length === 0 ? 0 : most - least;
    this.#bits = span === 0 ? 0 : Math.floor(Math.log2(span)) + 1;
    if (this.#bits > 31) {
      this.#wide = values.slice();
      this.#words = new Uint32Array(0);
      return;
    }
    this.#wide = undefined;
    this.#words = new Uint32Array(Math.ceil((values.length * this.#bits) / 32));
    for (let index = 0; index < values.length; index++) this.#put(index, values[index]! - least);
  }

  get sizeBytes(): number {
    return this.#wide?.byteLength ?? this.#words.byteLength;
  }

  at(index: number): number {
    if (this.#wide !== undefined) return this.#wide[index]!;
    const bits = this.#bits;
    if (bits === 0) return this.#base;
    const first = index * bits;
    const word = first >>> 5;
    const shift = first & 31;
    let distance = this.#words[word]! >>> shift;
    if (shift + bits > 32) distance |= this.#words[word + 1]! << (32 - shift);
    return this.#base + (distance & (2 ** bits - 1));
  }

  #put(index: number, distance: number): void {
    const first = index * this.#bits;
    const word = first >>> 5;
    const shift = first & 31;
    this.#words[word]! |= distance << shift;
    if (shift + this.#bits > 32) this.#words[word + 1]! |= distance >>> (32 - shift);
  }
}

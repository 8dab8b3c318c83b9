/**
 * Between f64 columns and what the shader reads and writes (shader.ts has the layouts).
 *
 * Lengths are scaled by the half width L of the box that holds all bodies, masses by the total mass M.
 * Every body has a unit of acceleration, a power of two some 2⁻²⁶ of what it felt last time: fine enough
 * that nothing is lost, coarse enough that partial sums 32 times as large still fit an integer.
 */
import type { Bodies } from "../bodies/bodies.ts";

export const BODY_BYTES = 32;
export const RESULT_BYTES = 24;
/** Counts to the edge of the box: differences stay within ±2³⁰. */
const GRID = 2 ** 29;
const UNIT_BITS = 26;

export class FixedPoint {
  readonly n: number;
  /** Integer counts per unit of scaled acceleration, one for each body. */
  readonly unit: Float32Array<ArrayBuffer>;
  readonly #words: ArrayBuffer;
  #halfBox = 1;
  #totalMass = 1;

  constructor(n: number) {
    this.n = n;
    this.unit = new Float32Array(n).fill(1);
    this.#words = new ArrayBuffer(n * BODY_BYTES);
  }

  encode(bodies: Bodies): ArrayBuffer {
    const { n, mass, x, y, z, softening } = bodies;
    const centre = [middle(x), middle(y), middle(z)] as const;
    const half = Math.max(halfWidth(x), halfWidth(y), halfWidth(z));
    this.#halfBox = half > 0 ? half : 1;
    this.#totalMass = mass.reduce((sum, m) => sum + m, 0) || 1;
    const integers = new Int32Array(this.#words);
    const floats = new Float32Array(this.#words);
    const columns = [x, y, z] as const;
    for (let i = 0; i < n; i++) {
      const at = i * 8;
      for (let k = 0; k < 3; k++) {
        const scaled = (columns[k]![i]! - centre[k]!) / this.#halfBox;
        const grid = Math.round(scaled * GRID);
        integers[at + k] = grid;
        floats[at + 4 + k] = scaled - grid / GRID;
      }
      floats[at + 3] = mass[i]! / this.#totalMass;
      floats[at + 7] = (softening[i]! / this.#halfBox) ** 2;
    }
    return this.#words;
  }

  settings(share: number, softening: number): ArrayBuffer {
    const words = new ArrayBuffer(16);
    new Uint32Array(words).set([this.n, share]);
    new Float32Array(words).set([(softening / this.#halfBox) ** 2, 1 / GRID], 2);
    return words;
  }

  /** Adds up the splits into ax, ay, az, and chooses the units of the next evaluation. */
  decode(result: ArrayBuffer, splits: number, bodies: Bodies, gravity: number): void {
    const { n } = this;
    const whole = new Int32Array(result);
    const remainder = new Float32Array(result);
    const scale = (gravity * this.#totalMass) / (this.#halfBox * this.#halfBox);
    const axes = [bodies.ax, bodies.ay, bodies.az] as const;
    for (let i = 0; i < n; i++) {
      const unit = 1 / this.unit[i]!;
      let largest = 0;
      for (let k = 0; k < 3; k++) {
        let sum = 0;
        for (let split = 0; split < splits; split++) {
          const at = (split * n + i) * 6 + k;
          sum += whole[at]! * unit + remainder[at + 3]!;
        }
        axes[k]![i] = sum * scale;
        largest = Math.max(largest, Math.abs(sum));
      }
      this.unit[i] =
        largest > 0 ? 2 ** clamp(UNIT_BITS - Math.ceil(Math.log2(largest)), -90, 90) : 1;
    }
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

function middle(column: Float64Array): number {
  const [low, high] = range(column);
  return low + (high - low) / 2;
}

function halfWidth(column: Float64Array): number {
  const [low, high] = range(column);
  return (high - low) / 2;
}

function range(column: Float64Array): readonly [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of column) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/**
 * MEGNO, the mean exponential growth of nearby orbits: tells regular motion from chaotic in a short run
 * (Cincotta, Giordano & Simó, Physica D 182, 151, 2003). With δ the distance in phase space of an orbit that
 * starts infinitely close,
 *     Y(t) = (2/t) ∫ s (δ̇/δ) ds,     MEGNO(t) = (1/t) ∫ Y ds.
 * It tends to 2 for quasi-periodic motion, to 0 for a stable periodic orbit seen along itself, and grows as
 * λt/2 for a chaotic orbit of Lyapunov exponent λ.
 *
 * δ follows the variational equations, δä = Σ G m (δd − 3 (d·δd) d / s²) / s³. These are the equations of
 * the jerk with δ in place of the velocities, so the jerk kernel gives both. Orbit and δ take the same steps, the
 * fourth-order triple jump, whose derivative is exactly the step of δ.
 */
import type { Bodies } from "../bodies/bodies.ts";
import { createRandom } from "../initial/random.ts";
import type { JerkRequest, Units } from "../kernels/forces.ts";
import { directJerks } from "../kernels/jerk.ts";
import { loadKernels } from "../kernels/load.ts";

export interface MegnoOptions {
  readonly bodies: Bodies;
  readonly units: Units;
  readonly dt: number;
  readonly steps: number;
  /** Of the direction in which the neighbour starts. Default 1. */
  readonly seed?: number;
}

export interface Megno {
  readonly megno: number;
  /** ln(δ/δ₀) / t: an estimate from above of the largest Lyapunov exponent. */
  readonly lyapunov: number;
}

const OUTER = 1.3512071919596575;
const WEIGHTS = [OUTER, 1 - 2 * OUTER, OUTER] as const;

/** Follows a copy of the bodies; they themselves stay as they are. Costs 3 evaluations of all jerks a step. */
export async function megno(options: MegnoOptions): Promise<Megno> {
  const { units, dt, steps, seed = 1 } = options;
  if (!Number.isFinite(dt) || dt === 0) throw new RangeError(`dt must not be 0, but is ${dt}`);
  if (!Number.isSafeInteger(steps) || steps < 1) {
    throw new RangeError(`steps must be an integer ≥ 1, not ${steps}`);
  }
  const kernels = await loadKernels();
  const bodies = options.bodies.clone();
  const tangent = new TangentMotion(bodies, directJerks(kernels, bodies, units), seed);
  let growth = 0;
  let weighted = 0;
  let mean = 0;
  for (let k = 0; k < steps; k++) {
    for (const weight of WEIGHTS) tangent.leap(weight * dt);
    const logarithm = Math.log(tangent.normalize());
    growth += logarithm;
    weighted += (k + 0.5) * logarithm;
    mean += (2 * weighted) / (k + 1);
  }
  return { megno: mean / steps, lyapunov: growth / Math.abs(steps * dt) };
}

/** Positions and their δ stand in the kernel's arrays, velocities and theirs here. */
class TangentMotion {
  readonly #n: number;
  readonly #jerks: (request: JerkRequest) => void;
  readonly #request: JerkRequest;
  /** x, y, z, δx, δy, δz: rows of `capacity`. */
  readonly #places: Float64Array;
  readonly #rates: Float64Array;
  /** Accelerations, and what they differ by at δ. */
  readonly #result: Float64Array;
  readonly #capacity: number;
  #current = false;

  constructor(bodies: Bodies, jerks: (request: JerkRequest) => void, seed: number) {
    const { n, capacity, memory, offsets } = bodies;
    this.#n = n;
    this.#capacity = capacity;
    this.#jerks = jerks;
    const rows = capacity * 6;
    const base = bodies.reserve(8 * (2 * rows + capacity));
    this.#places = new Float64Array(memory.buffer, base, rows);
    this.#result = new Float64Array(memory.buffer, base + 8 * rows, rows);
    this.#rates = new Float64Array(rows);
    const targets = base + 16 * rows;
    new Uint32Array(memory.buffer, targets, n).forEach((_, i, list) => (list[i] = i));
    this.#request = {
      motion: base,
      result: base + 8 * rows,
      stride: capacity * 8,
      targets,
      targetCount: n,
    };
    const random = createRandom(seed);
    (["x", "y", "z"] as const).forEach((name, c) => {
      // The padding too: it keeps the kernel's second lane away from the bodies.
      this.#places.set(new Float64Array(memory.buffer, offsets[name], capacity), c * capacity);
      this.#rates.set(bodies[`v${name}`], c * capacity);
      for (let i = 0; i < n; i++) {
        this.#places[(c + 3) * capacity + i] = random.normal();
        this.#rates[(c + 3) * capacity + i] = random.normal();
      }
    });
    this.normalize();
  }

  /** Kick, drift, kick, of orbit and δ. */
  leap(h: number): void {
    this.#kick(h / 2);
    this.#each((k) => (this.#places[k] = this.#places[k]! + h * this.#rates[k]!));
    this.#current = false;
    this.#kick(h / 2);
  }

  /** Returns |δ| and makes it 1. */
  normalize(): number {
    let sum = 0;
    for (let c = 3; c < 6; c++) {
      for (let i = 0, k = c * this.#capacity; i < this.#n; i++, k++) {
        sum += this.#places[k]! * this.#places[k]! + this.#rates[k]! * this.#rates[k]!;
      }
    }
    const size = Math.sqrt(sum);
    for (let c = 3; c < 6; c++) {
      for (let i = 0, k = c * this.#capacity; i < this.#n; i++, k++) {
        this.#places[k] = this.#places[k]! / size;
        this.#rates[k] = this.#rates[k]! / size;
        // Linear in δ, so that what is known stays known.
        this.#result[k] = this.#result[k]! / size;
      }
    }
    return size;
  }

  #kick(h: number): void {
    if (!this.#current) this.#jerks(this.#request);
    this.#current = true;
    this.#each((k) => (this.#rates[k] = this.#rates[k]! + h * this.#result[k]!));
  }

  #each(act: (k: number) => void): void {
    for (let c = 0; c < 6; c++) {
      const start = c * this.#capacity;
      for (let k = start; k < start + this.#n; k++) act(k);
    }
  }
}

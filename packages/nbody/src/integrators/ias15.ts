/**
 * IAS15: a 15th-order Gauss–Radau integrator that chooses its own steps and is exact to rounding
 * (Everhart 1985; Rein & Spiegel, MNRAS 446, 1424, 2015, arXiv 1409.4779).
 *
 * In a step of length h from (x₀, v₀), with t in 0 … 1, the acceleration of a body is the series
 *     a(t) = a₀ + b₀ t + … + b₆ t⁷,
 *     x(t) = x₀ + h t v₀ + h² t² (a₀/2 + b₀ t/6 + b₁ t²/12 + … + b₆ t⁷/72),
 *     v(1) = v₀ + h (a₀ + b₀/2 + b₁/3 + … + b₆/8).
 * The b make a(t) right at the seven Gauss–Radau nodes; they are found by predicting the positions at
 * the nodes from the b so far and correcting the b by the accelerations there, until b₆ changes by less
 * than rounding. The first guess is the last step's series continued, plus what that missed before.
 *
 * The next step is √(min over bodies of 2|a|² / (|ȧ|² + |a||ä|)) × ⁷√(5040 ε) (Pham, Rein & Spiegel,
 * OJAp 7, 1, 2024, arXiv 2401.02849): unlike the original choice by b₆/a it takes each body by itself and
 * does not look at the noisiest term. A step that turns out four times too long is done again.
 *
 * The last two steps of an output interval dt share what is left of it, so that outputs are hit exactly
 * and without a short last step, which would spoil the guess. x and v are summed with compensation, and
 * h² and h × node are used without their rounding, which would be the same in every step: in the outer solar
 * system that alone is 3e-14 of the energy in 1000 Jupiter years. What is left grows like √steps (Brouwer's
 * law) where steps vary by themselves, and by up to 2e-14 per 41,000 steps where they are all the same,
 * that is when dt is less than two natural steps.
 */
import { fillGaussRadau, GAUSS_RADAU_LENGTH } from "./gauss-radau.ts";
import type { Integrator, Motion } from "./integrator.ts";
import { nearestTo } from "./nearest.ts";
import { seventhRoot } from "./roots.ts";

interface Ias15Kernel {
  bindArrays(n: number, row: number, kept: number, scratch: number, tables: number): void;
  bindColumns(...columns: readonly number[]): void;
  begin(): void;
  guess(q: number): void;
  blank(): void;
  predict(n: number, dt: number): void;
  correct(n: number): void;
  change(): number;
  shortest(n: number): number;
  quickestBody(): number;
  finish(dt: number): void;
}

const KEPT_FIELDS = 16;
const SCRATCH_FIELDS = 24;
/** A step is done again when the wanted one is shorter by this factor, and grows by no more than it. */
const SAFETY = 0.25;
const MOST_PASSES = 12;
/** Past this growth of the step the last series says nothing about the next. */
const LONGEST_SHIFT = 20;

/** The two numbers that live from step to step: length of the last step, and wanted of the next. */
const LAST = 0;
const WANTED = 1;

export const ias15: Integrator = {
  name: "ias15",
  order: 15,
  symplectic: false,
  adaptive: true,
  needs: "exact-forces",
  step(motion) {
    let left = motion.dt;
    let kernel = bound(motion);
    let clock = motion.state.floats("ias15.clock", 2);
    for (;;) {
      if (clock[WANTED] === 0) clock[WANTED] = firstStep(motion);
      const wanted = clock[WANTED]!;
      const pieces = Math.max(1, Math.ceil((Math.abs(left) / wanted) * (1 - 1e-12)));
      const h = pieces > 2 ? Math.sign(left) * wanted : left / pieces;
      if (pieces > 1 && left - h === left) underflow(motion, kernel, h);
      if (!attempt(motion, kernel, clock, h)) continue;
      if (pieces === 1) return;
      left -= h;
      if (motion.settle(h)) {
        kernel = bound(motion);
        clock = motion.state.floats("ias15.clock", 2);
      }
    }
  },
};

/** Does a step of h, or finds that it is too long and leaves everything but WANTED as it was. */
function attempt(motion: Motion, kernel: Ias15Kernel, clock: Float64Array, h: number): boolean {
  const { bodies } = motion;
  motion.accelerate();
  kernel.begin();
  const q = clock[LAST] === 0 ? Infinity : h / clock[LAST]!;
  if (q > LONGEST_SHIFT || q < 0) kernel.blank();
  else kernel.guess(q);
  converge(motion, kernel, h);
  const scale = seventhRoot(5040 * motion.settings.epsilon);
  const shortest = kernel.shortest(bodies.n);
  // No body feels anything: any step is right.
  const ratio = shortest === Infinity ? 1 / SAFETY : Math.sqrt(shortest) * scale;
  if (!(ratio >= SAFETY)) {
    // A series that did not converge may say anything, so no more than a factor of 64 at once.
    clock[WANTED] = Math.abs(h) * Math.max(ratio || 0, 1 / 64);
    undo(motion);
    return false;
  }
  clock[LAST] = h;
  clock[WANTED] = Math.abs(h) * Math.min(ratio, 1 / SAFETY);
  kernel.finish(h);
  motion.moved();
  return true;
}

function converge(motion: Motion, kernel: Ias15Kernel, h: number): void {
  let last = Infinity;
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    for (let node = 1; node < 8; node++) {
      kernel.predict(node, h);
      motion.moved();
      motion.accelerate();
      kernel.correct(node);
    }
    const change = kernel.change();
    // Below rounding, or no longer falling: more passes only stir the noise.
    if (!(change > 1e-16) || (pass >= 2 && change >= last)) return;
    last = change;
  }
}

/** Puts the bodies back to where the attempt began. */
function undo(motion: Motion): void {
  const { n, capacity, x, y, z } = motion.bodies;
  const start = scratchOf(motion);
  x.set(start.subarray(0, n));
  y.set(start.subarray(capacity, capacity + n));
  z.set(start.subarray(2 * capacity, 2 * capacity + n));
  motion.moved();
}

/**
 * Short enough for any start: a hundredth of the time in which a velocity changes by itself. The steps
 * grow fourfold until they are as long as wanted.
 */
function firstStep(motion: Motion): number {
  motion.accelerate();
  const { n, vx, vy, vz, ax, ay, az } = motion.bodies;
  let shortest = Math.abs(motion.dt) / 1024;
  for (let i = 0; i < n; i++) {
    const v2 = vx[i]! * vx[i]! + vy[i]! * vy[i]! + vz[i]! * vz[i]!;
    const a2 = ax[i]! * ax[i]! + ay[i]! * ay[i]! + az[i]! * az[i]!;
    if (v2 > 0 && a2 > 0) shortest = Math.min(shortest, 0.01 * Math.sqrt(v2 / a2));
  }
  return shortest;
}

function scratchOf({ state, bodies }: Motion): Float64Array {
  return state.scratch("ias15.scratch", SCRATCH_FIELDS * 3 * bodies.capacity);
}

function bound(motion: Motion): Ias15Kernel {
  const { bodies, state } = motion;
  const kernel = motion.kernel("ias15") as Ias15Kernel;
  const kept = state.floats("ias15.kept", KEPT_FIELDS * 3 * bodies.capacity);
  const table = state.scratch("ias15.table", GAUSS_RADAU_LENGTH);
  if (table[1] === 0) fillGaussRadau(table);
  const scratch = scratchOf(motion);
  kernel.bindArrays(
    bodies.n,
    bodies.capacity * 8,
    kept.byteOffset,
    scratch.byteOffset,
    table.byteOffset,
  );
  const at = bodies.offsets;
  kernel.bindColumns(at.x, at.y, at.z, at.vx, at.vy, at.vz, at.ax, at.ay, at.az);
  return kernel;
}

function underflow(motion: Motion, kernel: Ias15Kernel, h: number): never {
  const body = kernel.quickestBody();
  const culprits = body < 0 ? [] : [body, nearestTo(motion.bodies, motion.bodies.n, body)[0]];
  motion.fail(
    "step-underflow",
    `a step of ${h} no longer advances the time, for the sake of bodies ${culprits.join(" and ")}`,
    culprits,
  );
}

/**
 * A Wisdom–Holman integrator for bodies that orbit one heavy body, bodies[0] (Wisdom & Holman 1991; Rein &
 * Tamayo, MNRAS 452, 376, 2015, arXiv 1506.01084): in Jacobi coordinates
 *     H = H_Kepler + H_interaction,     step = D(dt/2) K(dt) D(dt/2),
 * where D moves every body along its Kepler orbit about the mass within, exactly, and K kicks by what the
 * bodies do to each other. The error is of the order of planet masses × dt², so a few dozen steps an orbit
 * are plenty; encounters closer than some Hill radii are beyond it.
 *
 * Neighbouring half drifts are one drift, so between steps the state is that of half a step ago, and
 * bodies are only made those of the present time, on a copy, by synchronize().
 *
 * The symplectic corrector (Wisdom, Holman & Touma 1996; Wisdom, AJ 131, 2294, 2006) is a change of
 * coordinates that takes away the leading error terms that are linear in the planets' masses. It is applied
 * once at the start and at every synchronize(): C = ∏ Z(aᵢ, bᵢ) Z(−aᵢ, −bᵢ), Z(a, b) = D(a) K(b) D(−2a)
 * K(−b) D(a). To first order in K that adds 4 Σ bᵢ sinh(aᵢ x), x = dt {·, H_Kepler}, to the generator, and
 * the bᵢ for aᵢ = i √(7/40) make it (1 − (x/2) / sinh(x/2)) / x, which is what the step gets wrong, as far
 * as they reach.
 */
import type { CorrectorOrder } from "./settings.ts";
import type { Integrator, Motion } from "./integrator.ts";

interface WhfastKernel {
  bind(n: number, row: number, mass: number, eta: number, gravity: number): void;
  toJacobi(column: number, out: number): void;
  fromJacobi(jacobi: number, column: number): void;
  kick(base: number, ax: number, ay: number, az: number, dt: number): void;
  drift(base: number, dt: number): void;
}

const SPACING = 0.4183300132670378;

/** bᵢ by order; computed from the definition with 60 digits. */
const CORRECTORS: Readonly<Record<CorrectorOrder, readonly number[]>> = {
  0: [],
  3: [0.024900596027799867],
  5: [0.041500993379666444, -0.008300198675933288],
  7: [0.0539643990931275, -0.018270923246702132, 0.0024926811426922105],
  11: [
    0.07259339474884274, -0.03812161368128865, 0.012309078592019946, -0.0023487215292295354,
    0.0002036157964785465,
  ],
  17: [
    0.09305610377142595, -0.0651928635763779, 0.03242219886471358, -0.01207176082234229,
    0.0033132577069380654, -0.0006359998307581766, 7.643635522793574e-5, -4.334741547337358e-6,
  ],
};

const POSITIONS = ["x", "y", "z"] as const;
const COLUMNS = ["x", "y", "z", "vx", "vy", "vz"] as const;

export const whfast: Integrator = {
  name: "whfast",
  order: 2,
  symplectic: true,
  adaptive: false,
  accept(bodies) {
    if (!(bodies.mass[0]! > 0)) {
      throw new RangeError("whfast needs a central body: the mass of bodies[0] must be above 0");
    }
  },
  step(motion) {
    const { state, bodies, dt } = motion;
    const first = state.fresh;
    const set = state.floats("whfast.jacobi", 6 * bodies.capacity);
    const base = set.byteOffset;
    const kernel = bound(motion);
    if (first) {
      COLUMNS.forEach((name, c) =>
        kernel.toJacobi(bodies.offsets[name], base + c * 8 * bodies.capacity),
      );
      correct(motion, kernel, base, -1);
    }
    kernel.drift(base, first ? dt / 2 : dt);
    kick(motion, kernel, base, dt);
    state.floats("whfast.synchronized", 1)[0] = 0;
  },
  synchronize(motion) {
    const { state, bodies, dt } = motion;
    if (state.fresh) return;
    const flag = state.floats("whfast.synchronized", 1);
    if (flag[0] === 1) return;
    const copy = state.scratch("whfast.copy", 6 * bodies.capacity);
    copy.set(state.floats("whfast.jacobi", 6 * bodies.capacity));
    const base = copy.byteOffset;
    const kernel = bound(motion);
    kernel.drift(base, dt / 2);
    correct(motion, kernel, base, 1);
    COLUMNS.forEach((name, c) =>
      kernel.fromJacobi(base + c * 8 * bodies.capacity, bodies.offsets[name]),
    );
    motion.moved();
    flag[0] = 1;
  },
};

function bound(motion: Motion): WhfastKernel {
  const { bodies, units, state } = motion;
  const kernel = motion.kernel("whfast") as WhfastKernel;
  const eta = state.scratch("whfast.eta", bodies.capacity);
  const { n, capacity, offsets } = bodies;
  kernel.bind(n, capacity * 8, offsets.mass, eta.byteOffset, units.G);
  return kernel;
}

function kick(motion: Motion, kernel: WhfastKernel, base: number, h: number): void {
  const { offsets, capacity } = motion.bodies;
  POSITIONS.forEach((name, c) => kernel.fromJacobi(base + c * 8 * capacity, offsets[name]));
  motion.moved();
  motion.accelerate();
  kernel.kick(base, offsets.ax, offsets.ay, offsets.az, h);
}

/** C for a sign of 1, its inverse for −1. */
function correct(motion: Motion, kernel: WhfastKernel, base: number, sign: 1 | -1): void {
  const weights = CORRECTORS[motion.settings.corrector];
  const { dt } = motion;
  const z = (a: number, b: number): void => {
    kernel.drift(base, a * dt);
    kick(motion, kernel, base, b * dt);
    kernel.drift(base, -2 * a * dt);
    kick(motion, kernel, base, -b * dt);
    kernel.drift(base, a * dt);
  };
  const stages = weights.map((b, i) => [SPACING * (i + 1), b] as const);
  if (sign === 1) {
    for (const [a, b] of stages) {
      z(a, b);
      z(-a, -b);
    }
  } else {
    for (const [a, b] of stages.toReversed()) {
      z(a, -b);
      z(-a, b);
    }
  }
}

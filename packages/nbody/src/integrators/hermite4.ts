/**
 * Hermite's fourth-order scheme with individual block time steps (Makino & Aarseth, PASJ 44, 141, 1992):
 * the predictor-corrector of collisional stellar dynamics. Every body has a step of its own, dt over a
 * power of two, by Aarseth's criterion
 *     √(η (|a||a⁽²⁾| + |ȧ|²) / (|ȧ||a⁽³⁾| + |a⁽²⁾|²));
 * bodies that are due at the same time are a block. All bodies are predicted to the time of the block
 * from their last accelerations and jerks, those of the block get new ones, and are corrected.
 *
 * dt is the largest step: at its end all bodies are at the same time. Steps are powers of two of dt, so
 * that times are exact. Where bodies may touch, a block that finds some that do ends for all there and then. Energy drifts, as η⁴; few-body orbits over very many periods belong to ias15.
 */
import type { Bodies } from "../bodies/bodies.ts";
import type { JerkRequest } from "../kernels/forces.ts";
import type { Integrator, Motion } from "./integrator.ts";
import { nearestTo } from "./nearest.ts";

interface HermiteKernel {
  bind(
    n: number,
    row: number,
    kept: number,
    predicted: number,
    result: number,
    targets: number,
    dt: number,
    eta: number,
  ): void;
  all(): void;
  nextBlock(): number;
  touching(count: number, radius: number): number;
  gather(): void;
  now(): number;
  predict(x: number, v: number, component: number): void;
  begin(): number;
  correct(count: number, ...columns: readonly number[]): number;
  wrap(): void;
}

const KEPT_ROWS = 8;

export const hermite4: Integrator = {
  name: "hermite4",
  order: 4,
  symplectic: false,
  adaptive: true,
  needs: "jerks",
  step(motion) {
    let left = motion.dt;
    while (left !== 0) left = run(motion, left);
  },
};

/** Goes on for `left`, or until bodies touch; returns what is then left. */
function run(motion: Motion, left: number): number {
  const { bodies, forces } = motion;
  const first = motion.state.fresh;
  const { kernel, request } = bound(motion, left);
  const at = bodies.offsets;
  const evaluate = (count: number): void => {
    kernel.predict(at.x, at.vx, 0);
    kernel.predict(at.y, at.vy, 1);
    kernel.predict(at.z, at.vz, 2);
    forces.jerks!({ ...request, targetCount: count });
  };
  const correct = (count: number): void => {
    requireGood(motion, kernel.correct(count, at.x, at.y, at.z, at.vx, at.vy, at.vz));
  };
  if (first) {
    kernel.all();
    evaluate(bodies.n);
    requireGood(motion, kernel.begin());
  }
  do {
    const count = kernel.nextBlock();
    evaluate(count);
    if (motion.collides && kernel.now() < 1 && kernel.touching(count, at.radius) !== 0) {
      const h = kernel.now() * left;
      kernel.gather();
      evaluate(bodies.n);
      correct(bodies.n);
      motion.moved();
      motion.settle(h);
      motion.state.clear();
      return left - h;
    }
    correct(count);
  } while (kernel.now() < 1);
  kernel.wrap();
  motion.moved();
  return 0;
}

function bound(
  motion: Motion,
  left: number,
): {
  kernel: HermiteKernel;
  request: Omit<JerkRequest, "targetCount">;
} {
  const { bodies, state, settings } = motion;
  const { n, capacity } = bodies;
  const kernel = motion.kernel("hermite4") as HermiteKernel;
  const kept = state.floats("hermite4.kept", KEPT_ROWS * capacity).byteOffset;
  const predicted = state.scratch("hermite4.predicted", 6 * capacity).byteOffset;
  const result = state.scratch("hermite4.result", 6 * capacity).byteOffset;
  const targets = state.scratch("hermite4.targets", capacity / 2).byteOffset;
  const stride = capacity * 8;
  kernel.bind(n, stride, kept, predicted, result, targets, left, settings.eta);
  return { kernel, request: { motion: predicted, result, stride, targets } };
}

function requireGood(motion: Motion, culprit: number): void {
  if (culprit < 0) return;
  const { bodies } = motion;
  const { n, x, y, z, vx, vy, vz } = bodies;
  for (let i = 0; i < n; i++) {
    if (Number.isFinite(x[i]! + y[i]! + z[i]! + vx[i]! + vy[i]! + vz[i]!)) continue;
    motion.fail("non-finite-state", `body ${i} has a value that is not finite`, [i]);
  }
  const [other, distance] = nearestTo(predictedPlaces(motion), n, culprit);
  const pair = other < 0 ? [culprit] : [culprit, other].sort((a, b) => a - b);
  const softened = motion.units.softening > 0 || pair.some((body) => bodies.softening[body]! > 0);
  if (distance === 0 && !softened) {
    motion.fail("coincident-bodies", `bodies ${pair.join(", ")} coincide without softening`, pair);
  }
  const kept = motion.state.floats("hermite4.kept", KEPT_ROWS * bodies.capacity);
  if (!Number.isFinite(kept[culprit]!)) {
    motion.fail("non-finite-state", `body ${culprit} has a value that is not finite`, [culprit]);
  }
  motion.fail(
    "step-underflow",
    `the step of body ${culprit}, next to ${other}, is less than dt / 2⁵⁰`,
    pair,
  );
}

type Places = Pick<Bodies, "x" | "y" | "z">;

function predictedPlaces({ state, bodies: { capacity } }: Motion): Places {
  const predicted = state.scratch("hermite4.predicted", 6 * capacity);
  return {
    x: predicted.subarray(0, capacity),
    y: predicted.subarray(capacity, 2 * capacity),
    z: predicted.subarray(2 * capacity, 3 * capacity),
  };
}

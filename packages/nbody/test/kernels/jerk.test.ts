import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bodies } from "../../src/bodies/bodies.ts";
import type { Units } from "../../src/kernels/forces.ts";
import { directJerks } from "../../src/kernels/jerk.ts";
import { loadKernels } from "../../src/kernels/load.ts";
import { referenceJerk } from "../../src/reference/jerk.ts";
import { randomCloud } from "../systems.ts";

const kernels = await loadKernels();

/** The kernel's answer for these targets, by target. */
function jerksOf(bodies: Bodies, units: Units, targets: readonly number[]): number[][] {
  const { capacity, memory } = bodies;
  const room = capacity * 6;
  const base = bodies.reserve(8 * (2 * room + capacity));
  const motion = new Float64Array(memory.buffer, base, room);
  const result = new Float64Array(memory.buffer, base + room * 8, room);
  const list = new Uint32Array(memory.buffer, base + room * 16, capacity);
  (["x", "y", "z", "vx", "vy", "vz"] as const).forEach((name, c) => {
    motion.set(new Float64Array(memory.buffer, bodies.offsets[name], capacity), c * capacity);
  });
  list.set(targets);
  directJerks(
    kernels,
    bodies,
    units,
  )({
    motion: base,
    result: base + room * 8,
    stride: capacity * 8,
    targets: base + room * 16,
    targetCount: targets.length,
  });
  return targets.map((i) => [0, 1, 2, 3, 4, 5].map((c) => result[c * capacity + i]!));
}

test("the kernel agrees with the reference for every n, any targets, with softening of single bodies", () => {
  for (let n = 2; n <= 33; n++) {
    const bodies = randomCloud(n, n, { soft: n % 2 === 0 });
    const units = { G: 0.5 + n, softening: n % 3 === 0 ? 0.1 : 0 };
    const targets = Array.from({ length: n }, (_, i) => i).filter((i) => (i * 7 + n) % 3 !== 0);
    jerksOf(bodies, units, targets).forEach((got, k) => {
      const expected = referenceJerk(bodies, units, targets[k]!);
      for (const start of [0, 3]) {
        const size = Math.hypot(...expected.slice(start, start + 3));
        const error = Math.hypot(...[0, 1, 2].map((c) => got[start + c]! - expected[start + c]!));
        assert.ok(error < 1e-13 * size, `n = ${n}, body ${targets[k]}: ${error / size}`);
      }
    });
  }
});

test("the jerk is the derivative of the acceleration along the motion", () => {
  const bodies = randomCloud(20, 9);
  const units = { G: 1, softening: 0.3 };
  const h = 1e-6;
  const moved = (sign: number): Bodies => {
    const copy = bodies.clone();
    for (let i = 0; i < copy.n; i++) {
      copy.x[i] = copy.x[i]! + sign * h * copy.vx[i]!;
      copy.y[i] = copy.y[i]! + sign * h * copy.vy[i]!;
      copy.z[i] = copy.z[i]! + sign * h * copy.vz[i]!;
    }
    return copy;
  };
  for (let i = 0; i < bodies.n; i++) {
    const [, , , jx, jy, jz] = referenceJerk(bodies, units, i);
    const after = referenceJerk(moved(1), units, i);
    const before = referenceJerk(moved(-1), units, i);
    [jx, jy, jz].forEach((j, c) => {
      const slope = (after[c]! - before[c]!) / (2 * h);
      assert.ok(Math.abs(slope - j) < 1e-6 * (1 + Math.hypot(jx, jy, jz)), `body ${i}`);
    });
  }
});

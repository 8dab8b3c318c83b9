import assert from "node:assert/strict";
import { test } from "node:test";
import { disk } from "../../src/initial/disk.ts";
import { createSystem } from "../../src/system/system.ts";

test("the disk stays a disk: after three turns of its middle, radii and thickness are as they were", async () => {
  const units = { G: 1, softening: 0.01 };
  const bodies = disk(400, 4, units.softening);
  const before = shape(bodies);
  const turn = 2 * Math.PI * before.radius ** 1.5;
  const dt = 0.01;
  const system = await createSystem({ bodies, units, integrator: "leapfrog", dt });
  system.step(Math.round((3 * turn) / dt));
  const after = shape(bodies);
  assert.ok(
    Math.abs(after.radius / before.radius - 1) < 0.05,
    `radius ${before.radius} → ${after.radius}`,
  );
  assert.ok(after.height < 0.1 * after.radius, `height ${before.height} → ${after.height}`);
});

/** Median distance from the axis and median height, of the light bodies about the heavy one. */
function shape(bodies: ReturnType<typeof disk>): {
  readonly radius: number;
  readonly height: number;
} {
  const { x, y, z } = bodies;
  const radii = Float64Array.from(x, (value, i) => Math.hypot(value - x[0]!, y[i]! - y[0]!)).sort();
  const heights = Float64Array.from(z, (value) => Math.abs(value - z[0]!)).sort();
  return { radius: radii[radii.length >> 1]!, height: heights[heights.length >> 1]! };
}

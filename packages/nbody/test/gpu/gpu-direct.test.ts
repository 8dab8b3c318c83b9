import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Bodies } from "../../src/bodies/bodies.ts";
import { NbodyError } from "../../src/errors.ts";
import { FixedPoint } from "../../src/gpu/fixed-point.ts";
import { GpuDirect } from "../../src/gpu/gpu-direct.ts";
import { fakeGpu } from "./device.ts";

const refused = (code: string) => (error: unknown) =>
  error instanceof NbodyError && error.code === code;

test("a device whose answers are wrong is refused by the self-test", async () => {
  await assert.rejects(GpuDirect.open(fakeGpu()), refused("device-inaccurate"));
  const noise = fakeGpu((result) => new Int32Array(result).fill(1));
  await assert.rejects(GpuDirect.open(noise), refused("device-inaccurate"));
});

test("no adapter is an error of its own", async () => {
  await assert.rejects(
    GpuDirect.open({ requestAdapter: async () => null }),
    refused("device-unavailable"),
  );
});

test("FixedPoint keeps positions to 2⁻⁵⁰ of the box, the farthest pair included", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 40 }),
      (values) => {
        const bodies = Bodies.allocate(values.length);
        values.forEach((value, i) => (bodies.x[i] = value));
        const words = new FixedPoint(values.length).encode(bodies);
        const grid = new Int32Array(words);
        const rest = new Float32Array(words);
        const box = Math.max(...values) - Math.min(...values);
        for (let i = 1; i < values.length; i++) {
          const cells = (grid[i * 8]! - grid[0]!) | 0;
          const difference = (cells * 2 ** -29 + (rest[i * 8 + 4]! - rest[4]!)) * (box / 2 || 1);
          const wanted = values[i]! - values[0]!;
          assert.ok(Math.abs(difference - wanted) <= box * 2 ** -50, `${difference} for ${wanted}`);
        }
      },
    ),
  );
});

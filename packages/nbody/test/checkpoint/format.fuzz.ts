/** A checkpoint that is torn, damaged or invented is refused, never half believed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeSnapshot } from "../../src/checkpoint/format.ts";
import { restoreSystem } from "../../src/checkpoint/restore.ts";
import { NbodyError } from "../../src/errors.ts";
import { generate } from "../../src/initial/presets.ts";
import { createSystem } from "../../src/system/system.ts";

const seed = Number(process.env["FUZZ_SEED"] ?? Date.now() % 2 ** 31);
console.log(`seed ${seed}`);

const system = await createSystem({
  bodies: generate("figure-eight"),
  units: { G: 1, softening: 0 },
  integrator: "leapfrog",
  dt: 0.01,
});
system.step(3);
const whole = system.checkpoint();

const refused = (bytes: Uint8Array): void => {
  assert.throws(
    () => decodeSnapshot(bytes),
    (error) => error instanceof NbodyError && error.code === "bad-format",
  );
};

test("a checkpoint cut short anywhere is refused", () => {
  for (let length = 0; length < whole.length; length++) refused(whole.subarray(0, length));
  refused(new Uint8Array([...whole, 0, 0, 0, 0, 0, 0, 0, 0]));
});

test("a checkpoint with any bit turned is refused", () => {
  const bit = fc.record({ at: fc.nat(whole.length - 1), bit: fc.nat(7) });
  fc.assert(
    fc.property(
      fc.uniqueArray(bit, { minLength: 1, maxLength: 3, selector: (b) => b.at }),
      (bits) => {
        const bytes = whole.slice();
        for (const { at, bit } of bits) bytes[at] = bytes[at]! ^ (1 << bit);
        refused(bytes);
      },
    ),
    { seed, numRuns: 2000 },
  );
});

test("bytes at any offset of a larger buffer are read", async () => {
  for (const offset of [0, 1, 7, 8]) {
    const larger = new Uint8Array(whole.length + offset);
    larger.set(whole, offset);
    const restored = await restoreSystem(larger.subarray(offset));
    assert.equal(restored.stepsDone, 3);
    assert.deepEqual(restored.bodies.vx, system.bodies.vx);
  }
});

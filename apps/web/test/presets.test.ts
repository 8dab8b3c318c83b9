import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { generate, presets } from "@hotpath/nbody";
import type { Preset } from "../src/api/resources.ts";
import { initialState } from "../src/presets/initial-state.ts";
import { isPlanar } from "../src/viewer/subject.ts";
import { drawingOf, HALF_HEIGHT, HALF_WIDTH } from "../src/presets/thumbnail-drawing.ts";

function presetOf(kind: string): Preset {
  return presets.find((preset) => preset.kind === kind) as Preset;
}

describe("initialState()", () => {
  test("is what the generators of the service make", () => {
    const state = initialState("plummer", 50, 9)!;
    const bodies = generate("plummer", { n: 50, seed: 9 });
    assert.equal(state.positions[3 * 7 + 1], Math.fround(bodies.y[7]!));
    assert.equal(state.velocities[3 * 49 + 2], Math.fround(bodies.vz[49]!));
    assert.equal(state.masses.length, 50);
  });

  test("is absent while the form holds numbers that make none", () => {
    for (const n of [Number.NaN, 0, -3, 1.5, 1e9]) {
      assert.equal(initialState("plummer", n, 1), undefined, `${n} particles`);
    }
    assert.equal(initialState("of the future", 10, 1), undefined);
  });
});

describe("drawingOf()", () => {
  test("fills the card of every preset and stays in it", () => {
    for (const preset of presets as readonly Preset[]) {
      const { dots, paths, rings } = drawingOf(preset);
      assert.ok(dots.length > 0, preset.kind);
      const inside = dots.filter(
        ({ x, y }) => Math.abs(x) <= HALF_WIDTH && Math.abs(y) <= HALF_HEIGHT,
      );
      assert.ok(inside.length >= 0.85 * dots.length, `${preset.kind}: ${inside.length} inside`);
      for (const value of [...paths.flat(), ...rings]) {
        assert.ok(Math.abs(value) <= HALF_WIDTH, `${preset.kind}: ${value}`);
      }
    }
  });

  test("a closed curve is drawn once around: it ends where it began", () => {
    for (const kind of ["figure-eight", "butterfly"]) {
      for (const path of drawingOf(presetOf(kind)).paths) {
        const gap = Math.hypot(path.at(-2)! - path[0]!, path.at(-1)! - path[1]!);
        assert.ok(gap < 0.05, `${kind} stays open by ${gap}`);
      }
    }
  });

  test("planets are dots on rings, each in its order", () => {
    const { dots, rings } = drawingOf(presetOf("solar-system"));
    assert.equal(dots.length, 11);
    assert.equal(rings[0], 0);
    const [, mercury, venus, earth, , mars, jupiter] = rings;
    assert.ok(mercury! < venus! && venus! < earth! && earth! < mars! && mars! < jupiter!);
  });
});

test("isPlanar() tells closed curves in the plane from planets and clouds", () => {
  const planar = (kind: string): boolean => isPlanar(initialState(kind, undefined, 1)!.positions);
  assert.ok(planar("figure-eight") && planar("butterfly"));
  assert.ok(!planar("solar-system") && !planar("disk"));
});

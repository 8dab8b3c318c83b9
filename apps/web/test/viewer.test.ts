import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Frame } from "../src/api/frames.ts";
import { FrameStore } from "../src/frames/frame-store.ts";
import { byMass, girthsOf, heaviestOf, isCloud, massScalars } from "../src/viewer/body-style.ts";
import { placeLabels } from "../src/viewer/label-layout.ts";
import {
  approached,
  eyeOf,
  HOME,
  MOST_ELEVATION,
  panned,
  rotated,
  zoomed,
} from "../src/viewer/orbit-camera.ts";
import { drawnRadius, ringRadii, wantsCompression } from "../src/viewer/radial-scale.ts";
import { speedRange } from "../src/viewer/speed-range.ts";
import { momentAt } from "../src/playback/interpolation.ts";
import { momentsBehind, MOST_TURNING, tracePath } from "../src/viewer/trail-path.ts";

function circling(frames: number, perTurn: number, radius = 1): FrameStore {
  const store = new FrameStore(1, 1e7, 1);
  for (let index = 0; index < frames; index += 1) {
    const angle = (index / perTurn) * 2 * Math.PI;
    const positions = Float32Array.of(radius * Math.cos(angle), radius * Math.sin(angle), 0);
    const frame: Frame = { index, step: index, time: index, energyError: 0, positions };
    store.add(frame);
  }
  return store;
}

describe("radial scale", () => {
  test("keeps the view's radius, the centre and the order of distances", () => {
    assert.ok(Math.abs(drawnRadius("compressed", 1) - 1) < 1e-5);
    assert.equal(drawnRadius("compressed", 0), 0);
    assert.equal(drawnRadius("true", 0.3), 0.3);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2, noNaN: true }), (r) => {
        assert.ok(drawnRadius("compressed", r * 1.01 + 1e-9) > drawnRadius("compressed", r));
      }),
    );
  });

  test("brings Mercury out of the Sun while Pluto stays in view", () => {
    assert.ok(drawnRadius("compressed", 0.39 / 42) > 0.2);
    assert.ok(drawnRadius("compressed", 39.5 / 42) < 1);
  });

  test("is wanted for planets and not for a figure-eight", () => {
    assert.ok(wantsCompression(Float32Array.of(0, 0, 0, 0.39, 0, 0, 39, 0, 0), 0));
    assert.ok(!wantsCompression(Float32Array.of(0, 0, 0, 0.97, -0.2, 0, -0.97, 0.2, 0), 0));
  });

  test("rings have round radii inside the view", () => {
    assert.deepEqual(ringRadii("compressed", 42), [0.3, 1, 3, 10, 30]);
    assert.deepEqual(ringRadii("true", 42), [20, 40]);
    assert.deepEqual(ringRadii("true", 1.4), [0.5, 1]);
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), (radius) => {
        for (const mode of ["true", "compressed"] as const) {
          const rings = ringRadii(mode, radius);
          assert.ok(rings.length >= 1 && rings.length <= 8, `${rings.length} rings for ${radius}`);
          assert.ok(rings.at(-1)! <= radius * 1.06);
        }
      }),
    );
  });
});

describe("trail", () => {
  test("of an orbit ends before it meets itself", () => {
    const moments = momentsBehind(circling(200, 20), 150, 400, 2);
    const path = new Float32Array(3 * moments.length);
    const samples = tracePath(moments, 0, path);
    const turns = (samples - 1) / 2 / 20;
    assert.ok(turns > 0.8 && turns < 1, `${turns} turns`);
    assert.ok(MOST_TURNING < 2 * Math.PI);
  });

  test("starts at the playhead and lies on a fixed lattice of times behind it", () => {
    const store = circling(50, 20);
    const times = (index: number): number[] =>
      momentsBehind(store, index, 4, 2).map((moment) => moment.index);
    assert.deepEqual(times(10.3), [10.3, 10, 9.5, 9]);
    assert.deepEqual(times(10.4), [10.4, 10, 9.5, 9]);
    assert.deepEqual(times(0), [0]);
  });
});

describe("speedRange()", () => {
  test("spans the speeds, and at least a factor of 1.5", () => {
    const moment = momentAt(circling(50, 20, 3), 7)!;
    const [low, high] = speedRange(moment)!;
    const speed = (2 * Math.PI * 3) / 20;
    assert.ok(low < Math.log(speed) && high > Math.log(speed));
    assert.ok(Math.abs(high - low - Math.log(1.5)) < 1e-9);
  });

  test("is undefined where nothing moves", () => {
    assert.equal(speedRange(momentAt(circling(1, 20), 0)!), undefined);
  });
});

describe("body style", () => {
  const masses = Float32Array.of(1e-7, 1, 1e-3);

  test("the heaviest body is the largest, the lightest is still seen", () => {
    const girths = girthsOf(masses);
    assert.ok(girths[1]! > girths[2]! && girths[2]! > girths[0]! && girths[0]! >= 1);
    assert.equal(heaviestOf(masses), 1);
    assert.deepEqual(byMass(3, masses), [1, 2, 0]);
    assert.deepEqual([...girthsOf(new Float32Array(2))], [1, 1]);
  });

  test("a cloud has many particles and no ruler", () => {
    assert.ok(isCloud(100, new Float32Array(100).fill(1)));
    assert.ok(!isCloud(100, new Float32Array(100).fill(1).fill(90, 0, 1)));
    assert.ok(!isCloud(3, Float32Array.of(1, 1, 1)));
    assert.ok(isCloud(100, undefined));
  });

  test("mass scalars run from 0 to 1, and are equal for equal masses", () => {
    const scalars = massScalars(masses);
    assert.deepEqual([scalars[0], scalars[1]], [0, 1]);
    assert.deepEqual([...massScalars(Float32Array.of(2, 2))], [0.5, 0.5]);
  });
});

describe("placeLabels()", () => {
  const box = (id: number, x: number, y: number) => ({ id, x, y, gap: 8, width: 40, height: 15 });

  test("a label stands right of its point, or left of it where that is taken", () => {
    assert.deepEqual([...placeLabels([box(7, 100, 50)], 300, 100)], [[7, 108]]);
    // The second point lies where the first label's text would be.
    const places = placeLabels([box(7, 100, 50), box(3, 130, 52)], 300, 100);
    assert.deepEqual([...places].flat(), [7, 52, 3, 138]);
  });

  test("of labels that have no place at all the less important are left out", () => {
    const crowd = [0, 1, 2, 3].map((id) => box(id, 100, 50));
    const places = placeLabels(crowd, 300, 100);
    assert.deepEqual(
      [...places],
      [
        [0, 108],
        [1, 52],
      ],
    );
  });

  test("at the right edge a label turns to the left; beyond the edges there is none", () => {
    assert.equal(placeLabels([box(0, 290, 50)], 300, 100).get(0), 242);
    assert.equal(placeLabels([box(1, 100, 98), box(2, -80, 50)], 300, 100).size, 0);
  });
});

describe("orbit camera", () => {
  const distance = (a: readonly number[], b: readonly number[]): number =>
    Math.hypot(...a.map((value, k) => value - b[k]!));

  test("turning keeps the distance and never goes over the pole", () => {
    const up = rotated(HOME, 1, 99);
    assert.equal(up.elevation, MOST_ELEVATION);
    assert.ok(Math.abs(distance(eyeOf(up), up.target) - HOME.distance) < 1e-12);
  });

  test("zooming is bounded on both sides", () => {
    assert.ok(zoomed(HOME, 0).distance > 0);
    assert.ok(Number.isFinite(zoomed(HOME, Infinity).distance));
  });

  test("panning right moves the target to the left of the screen, at right angles to the view", () => {
    const pose = panned(HOME, 0.5, 0, 0.7);
    const eye = eyeOf(HOME);
    const view = HOME.target.map((value, k) => value - eye[k]!);
    const moved = pose.target.map((value, k) => value - HOME.target[k]!);
    const dot = view.reduce((sum, value, k) => sum + value * moved[k]!, 0);
    assert.ok(Math.abs(dot) < 1e-12);
    assert.ok(distance(pose.target, HOME.target) > 0.5);
  });

  test("follows its goal and arrives; at once where motion is reduced", () => {
    const goal = rotated(zoomed(HOME, 3), 2, 0.2);
    let pose = HOME;
    for (let k = 0; k < 300; k += 1) pose = approached(pose, goal, 1 / 60, false);
    assert.equal(pose, goal);
    assert.equal(approached(HOME, goal, 1 / 60, true), goal);
  });
});

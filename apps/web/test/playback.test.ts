import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Frame } from "../src/api/frames.ts";
import { FrameStore } from "../src/frames/frame-store.ts";
import { momentAt, positionAt, positionsAt, weightsAt } from "../src/playback/interpolation.ts";
import { advance, expectedFrames, naturalRate, spanOf } from "../src/playback/playhead.ts";

function frame(index: number, positions: readonly number[], time = index): Frame {
  return { index, step: index, time, energyError: 0, positions: Float32Array.from(positions) };
}

describe("weightsAt()", () => {
  const apply = (w: readonly number[], values: readonly number[]): number =>
    w.reduce((sum, weight, k) => sum + weight * values[k]!, 0);
  const gap = fc.double({ min: 0.1, max: 5, noNaN: true });
  const unit = fc.double({ min: 0, max: 1, noNaN: true });

  test("reproduces any quadratic and its slope on uneven frames", () => {
    fc.assert(
      fc.property(gap, gap, gap, unit, (a, b, c, s) => {
        const t = [0, a, a + b, a + b + c] as const;
        const f = (x: number): number => 0.7 * x * x - 2 * x + 3;
        const at = t[1] + s * b;
        const { position, velocity } = weightsAt(...t, at);
        assert.ok(Math.abs(apply(position, t.map(f)) - f(at)) < 1e-9);
        assert.ok(Math.abs(apply(velocity, t.map(f)) - (1.4 * at - 2)) < 1e-8);
      }),
    );
  });

  test("passes exactly through the frames, and is a straight line between only two", () => {
    assert.deepEqual(weightsAt(0, 1, 2, 3, 1).position, [0, 1, 0, 0]);
    assert.deepEqual(weightsAt(0, 1, 2, 3, 2).position, [0, 0, 1, 0]);
    assert.ok(Math.abs(weightsAt(4, 4, 8, 8, 5).position[1] - 0.75) < 1e-15);
  });

  test("with a neighbour on one side only, still reproduces a quadratic", () => {
    const f = (x: number): number => x * x;
    const first = weightsAt(0, 0, 1, 3, 0.5).position;
    assert.ok(Math.abs(apply(first, [0, 0, 1, 3].map(f)) - 0.25) < 1e-12);
    const last = weightsAt(0, 2, 3, 3, 2.5).position;
    assert.ok(Math.abs(apply(last, [0, 2, 3, 3].map(f)) - 6.25) < 1e-12);
  });

  test("one frame alone stands still", () => {
    const { position, velocity } = weightsAt(5, 5, 5, 5, 5);
    assert.deepEqual(
      [position, velocity],
      [
        [0, 1, 0, 0],
        [0, 0, 0, 0],
      ],
    );
  });

  test("a circle of nine frames is followed within a fifth of the chord's error", () => {
    const point = (k: number): [number, number, number] => {
      const angle = (k / 9) * 2 * Math.PI;
      return [Math.cos(angle), Math.sin(angle), 0];
    };
    const store = new FrameStore(1, 1e6, 1);
    for (let k = 0; k <= 9; k += 1) store.add(frame(k, point(k)));
    const out = new Float32Array(3);
    positionAt(momentAt(store, 4.5)!, 0, out);
    const chordError = 1 - Math.cos(Math.PI / 9);
    assert.ok(Math.abs(1 - Math.hypot(out[0]!, out[1]!)) < chordError / 5);
  });
});

describe("momentAt()", () => {
  const store = new FrameStore(2, 1e6, 1);
  for (const k of [0, 1, 2, 3]) store.add(frame(k, [k, 0, 0, 0, k, 1], 10 * k));

  test("interpolates positions and time", () => {
    const moment = momentAt(store, 1.5)!;
    assert.deepEqual([...positionsAt(moment)], [1.5, 0, 0, 0, 1.5, 1]);
    assert.equal(moment.time, 15);
  });

  test("stays inside what is loaded", () => {
    assert.equal(momentAt(store, -4)!.index, 0);
    assert.equal(momentAt(store, 99)!.index, 3);
    assert.deepEqual([...positionsAt(momentAt(store, 99)!)], [3, 0, 0, 0, 3, 1]);
    assert.equal(momentAt(new FrameStore(2, 1e6, 1), 0), undefined);
  });
});

describe("advance()", () => {
  const at = (position: number, playing = true) => ({ position, playing });

  test("moves at the rate where frames are there", () => {
    assert.equal(advance(at(0), 0.5, 20, 1000, false).position, 10);
  });

  test("approaches the newest frame of a running simulation without reaching it", () => {
    let state = at(0);
    let last = 0;
    for (let k = 0; k < 200; k += 1) {
      state = advance(state, 1 / 60, 60, 10, false);
      assert.ok(state.position >= last && state.position < 10);
      last = state.position;
    }
    assert.ok(state.playing && state.position > 9.5);
  });

  test("plays a finished run to its last frame, then stops", () => {
    assert.deepEqual(advance(at(9.9), 1, 20, 10, true), { position: 10, playing: false });
  });

  test("does nothing while paused or before the first frame", () => {
    assert.deepEqual(advance(at(3, false), 1, 20, 10, false), at(3, false));
    assert.deepEqual(advance(at(0), 1, 20, -1, false), at(0));
  });
});

test("naturalRate() shows a run in about 20 seconds within sane bounds", () => {
  assert.deepEqual([10, 400, 1e6].map(naturalRate), [8, 20, 60]);
});

test("expectedFrames() counts the initial state and a last odd step", () => {
  assert.equal(expectedFrames(100, 10), 11);
  assert.equal(expectedFrames(101, 10), 12);
});

test("spanOf() is the whole run, or where it was stopped", () => {
  const simulation = { status: "running", steps: 10, dt: 2, time: 6 };
  assert.equal(spanOf(simulation as never), 20);
  assert.equal(spanOf({ ...simulation, status: "dismissed" } as never), 6);
});

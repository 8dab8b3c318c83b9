import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decodeFrames, FRAME_MAGIC, frameBytes, type Frame } from "../src/api/frames.ts";
import { decodeNpy } from "../src/api/npy.ts";
import { ApiProblem } from "../src/api/problem.ts";
import { EnergySeries } from "../src/frames/energy-series.ts";
import { nextRange } from "../src/frames/fetch-plan.ts";
import { FrameStore } from "../src/frames/frame-store.ts";

function encoded(indices: readonly number[], particles: number): ArrayBuffer {
  const buffer = new ArrayBuffer(indices.length * frameBytes(particles));
  const view = new DataView(buffer);
  for (const [k, index] of indices.entries()) {
    const at = k * frameBytes(particles);
    view.setUint32(at, FRAME_MAGIC, true);
    view.setUint32(at + 4, index, true);
    view.setUint32(at + 8, index * 10, true);
    view.setUint32(at + 12, particles, true);
    view.setFloat64(at + 16, index / 8, true);
    view.setFloat64(at + 24, 1e-9 * index, true);
    for (let i = 0; i < 3 * particles; i += 1) {
      view.setFloat32(at + 32 + 4 * i, index + i / 4, true);
    }
  }
  return buffer;
}

function frame(index: number, particles = 2): Frame {
  return decodeFrames(encoded([index], particles)).frames[0]!;
}

describe("decodeFrames()", () => {
  test("reads every field of frames laid end to end", () => {
    const { frames } = decodeFrames(encoded([3, 4], 2));
    assert.equal(frames.length, 2);
    const { positions, ...header } = frames[1]!;
    assert.deepEqual(header, { index: 4, step: 40, time: 0.5, energyError: 4e-9 });
    assert.deepEqual([...positions], [4, 4.25, 4.5, 4.75, 5, 5.25]);
  });

  test("an empty response holds no frames", () => {
    assert.deepEqual(decodeFrames(new ArrayBuffer(0)).frames, []);
  });

  test("names the byte at which a response is cut off or is something else", () => {
    const whole = encoded([0, 1], 2);
    const unreadable = (message: RegExp) => (error: unknown) =>
      error instanceof ApiProblem && error.code === "unreadable" && message.test(error.message);
    assert.throws(() => decodeFrames(whole.slice(0, 60)), unreadable(/byte 56 is cut off/));
    assert.throws(() => decodeFrames(whole.slice(0, 100)), unreadable(/byte 56 is cut off/));
    new DataView(whole).setUint32(56, 7, true);
    assert.throws(() => decodeFrames(whole), unreadable(/byte 56 is not a frame/));
  });
});

describe("decodeNpy()", () => {
  const npy = (header: string, values: readonly number[]): ArrayBuffer => {
    const padded = header.padEnd(117) + "\n";
    const bytes = new Uint8Array(10 + padded.length + 8 * values.length);
    bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, padded.length, 0]);
    bytes.set(new TextEncoder().encode(padded), 10);
    const view = new DataView(bytes.buffer);
    for (const [i, value] of values.entries()) {
      view.setFloat64(10 + padded.length + 8 * i, value, true);
    }
    return bytes.buffer;
  };
  const header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }";

  test("reads shape and values", () => {
    const matrix = decodeNpy(npy(header, [1, 2, 3, 4, 5, 6.5]));
    assert.deepEqual([matrix.rows, matrix.columns], [2, 3]);
    assert.deepEqual([...matrix.values], [1, 2, 3, 4, 5, 6.5]);
  });

  test("refuses another type, a cut-off file and another format", () => {
    assert.throws(() => decodeNpy(npy(header.replace("<f8", "<f4"), [1])), /not float64/);
    assert.throws(() => decodeNpy(npy(header, [1, 2, 3])), /cut off/);
    assert.throws(() => decodeNpy(new ArrayBuffer(64)), /does not start/);
  });
});

describe("FrameStore", () => {
  const indices = (store: FrameStore): number[] =>
    Array.from({ length: store.length }, (_, i) => store.at(i)!.index);

  test("thins out to every other frame when full, and keeps the newest", () => {
    const store = new FrameStore(2, 5 * 24, 1);
    for (let index = 0; index <= 9; index += 1) {
      store.add(frame(index));
      assert.ok(store.length <= 5, `holds ${store.length}`);
      assert.equal(store.newest?.index, index);
    }
    assert.equal(store.stride, 4);
    assert.deepEqual(indices(store), [0, 4, 8, 9]);
  });

  test("starts with the stride that a known length will need", () => {
    assert.equal(new FrameStore(2, 100 * 24, 100).stride, 1);
    assert.equal(new FrameStore(2, 100 * 24, 101).stride, 2);
    assert.equal(new FrameStore(2, 100 * 24, 1000).stride, 16);
  });

  test("passes over frames that it has, and owns its copies", () => {
    const store = new FrameStore(2, 1000, 1);
    const first = frame(0);
    store.add(first);
    store.add(frame(0));
    first.positions.fill(9);
    assert.equal(store.length, 1);
    assert.equal(store.at(0)!.positions[0], 0);
  });

  test("placeOf() finds the last frame at or before an index", () => {
    const store = new FrameStore(1, 1000, 1);
    for (const index of [0, 2, 5]) store.add(frame(index, 1));
    assert.deepEqual(
      [-1, 0, 1.5, 2, 4.9, 5, 99].map((index) => store.placeOf(index)),
      [-1, 0, 0, 1, 1, 2, 2],
    );
  });
});

describe("nextRange()", () => {
  const store = (newest: number | undefined, stride = 1) => ({
    newest: newest === undefined ? undefined : frame(newest),
    stride,
  });

  test("asks for what follows, as much as one response may hold", () => {
    assert.deepEqual(nextRange(store(undefined), 10, 40, false), { from: 0, to: 40 });
    assert.deepEqual(nextRange(store(9), 10, 1000, false), { from: 10, to: 266 });
    assert.deepEqual(nextRange(store(9), 1_000_000, 1000, false), { from: 10, to: 11 });
    assert.equal(nextRange(store(39), 10, 40, false), undefined);
  });

  test("asks for single frames once only every few are kept, and for the last one at the end", () => {
    assert.deepEqual(nextRange(store(8, 4), 10, 40, false), { from: 12, to: 13 });
    assert.equal(nextRange(store(36, 4), 10, 39, false), undefined);
    assert.deepEqual(nextRange(store(36, 4), 10, 39, true), { from: 38, to: 39 });
    assert.equal(nextRange(store(38, 4), 10, 39, true), undefined);
  });
});

describe("EnergySeries", () => {
  test("keeps at most its capacity, evenly spread over the run", () => {
    const series = new EnergySeries(8);
    for (let index = 0; index < 100; index += 1) series.add(index, index / 2, -index);
    assert.ok(series.times.length <= 8);
    const gaps = series.times.slice(1).map((time, i) => time - series.times[i]!);
    assert.equal(new Set(gaps).size, 1, `uneven: ${series.times.join(" ")}`);
    assert.deepEqual(
      series.errors,
      series.times.map((time) => 2 * time),
    );
  });

  test("leaves out what is not a number", () => {
    const series = new EnergySeries();
    series.add(0, 0, Number.NaN);
    assert.equal(series.times.length, 0);
  });
});

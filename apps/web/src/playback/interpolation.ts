/**
 * Between two frames a particle follows the cubic Hermite curve whose tangents are three-point
 * differences of its neighbours (Catmull-Rom on uneven spacing). The curve is linear in the four
 * positions, so one set of weights serves every particle: the vertex shader applies them to 100,000
 * particles, and `positionAt` to the few that get a label.
 */
import type { Frame } from "../api/frames.ts";
import type { FrameStore } from "../frames/frame-store.ts";

export type Four<T> = readonly [T, T, T, T];

export interface Weights {
  /** position = Σ position[k] · frame k */
  readonly position: Four<number>;
  /** velocity = Σ velocity[k] · frame k, per unit of the parameter */
  readonly velocity: Four<number>;
}

/** A moment of the replay: four frames around it, and how to mix them. */
export interface Moment {
  readonly frames: Four<Frame>;
  readonly weights: Weights;
  /** The playhead, in frames. */
  readonly index: number;
  readonly time: number;
}

/**
 * Weights at `t` between knots t1 and t2. A knot that repeats its neighbour (t0 = t1, t3 = t2) means
 * that there is no such frame: the end tangent is then the quadratic's through the three others.
 */
export function weightsAt(t0: number, t1: number, t2: number, t3: number, t: number): Weights {
  const h = t2 - t1;
  if (!(h > 0)) return { position: [0, 1, 0, 0], velocity: [0, 0, 0, 0] };
  const s = Math.min(1, Math.max(0, (t - t1) / h));
  const before = t1 - t0;
  const after = t3 - t2;
  // Tangents times h, each as weights of (p0, p1, p2, p3).
  let left = before > 0 ? threePoint(before, h, 0) : undefined;
  let right = after > 0 ? threePoint(h, after, 1) : undefined;
  left = left?.map((weight) => weight * h);
  right = right?.map((weight) => weight * h);
  const chord = [0, -1, 1, 0];
  const one = left ?? chord.map((c, k) => (right === undefined ? c : 2 * c - right[k]!));
  const two = right ?? chord.map((c, k) => (left === undefined ? c : 2 * c - left[k]!));
  const s2 = s * s;
  const s3 = s2 * s;
  const mix = (p1: number, p2: number, m1: number, m2: number): Four<number> => {
    const w = [0, p1, p2, 0].map((base, k) => base + m1 * one[k]! + m2 * two[k]!);
    return [w[0]!, w[1]!, w[2]!, w[3]!];
  };
  return {
    position: mix(2 * s3 - 3 * s2 + 1, 3 * s2 - 2 * s3, s3 - 2 * s2 + s, s3 - s2),
    velocity: mix(
      (6 * s2 - 6 * s) / h,
      (6 * s - 6 * s2) / h,
      (3 * s2 - 4 * s + 1) / h,
      (3 * s2 - 2 * s) / h,
    ),
  };
}

/** Derivative at the middle of three knots `a` and `b` apart, as weights placed from slot `from`. */
function threePoint(a: number, b: number, from: number): number[] {
  const weights = [0, 0, 0, 0];
  weights[from] = -b / (a * (a + b));
  weights[from + 1] = (b - a) / (a * b);
  weights[from + 2] = a / (b * (a + b));
  return weights;
}

/** The four frames around `index` with their weights; undefined while nothing is loaded. */
export function momentAt(store: FrameStore, index: number): Moment | undefined {
  if (store.length === 0) return undefined;
  const place = Math.min(Math.max(store.placeOf(index), 0), Math.max(0, store.length - 2));
  const one = store.at(place)!;
  const two = store.at(place + 1) ?? one;
  const zero = store.at(place - 1) ?? one;
  const three = store.at(place + 2) ?? two;
  const weights = weightsAt(zero.index, one.index, two.index, three.index, index);
  const span = two.index - one.index;
  const share = span > 0 ? Math.min(1, Math.max(0, (index - one.index) / span)) : 0;
  return {
    frames: [zero, one, two, three],
    weights,
    index: one.index + share * span,
    time: one.time + share * (two.time - one.time),
  };
}

/** Writes particle `i`'s position at a moment to `out[at .. at + 2]`. */
export function positionAt(moment: Moment, i: number, out: Float32Array, at = 0): void {
  const [f0, f1, f2, f3] = moment.frames;
  const [w0, w1, w2, w3] = moment.weights.position;
  for (let axis = 0; axis < 3; axis += 1) {
    const k = 3 * i + axis;
    out[at + axis] =
      w0 * f0.positions[k]! + w1 * f1.positions[k]! + w2 * f2.positions[k]! + w3 * f3.positions[k]!;
  }
}

/** All particles' positions at a moment. */
export function positionsAt(moment: Moment): Float32Array {
  const out = new Float32Array(moment.frames[1].positions.length);
  for (let i = 0; i < out.length / 3; i += 1) positionAt(moment, i, out, 3 * i);
  return out;
}

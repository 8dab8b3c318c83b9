/**
 * The stretch of path behind a particle that its trail shows: sampled back in time from the playhead
 * until the path has turned far enough, so that a fast inner orbit shows most of one revolution
 * instead of winding over itself, and a slow outer one shows all that was recorded.
 */
import type { FrameStore } from "../frames/frame-store.ts";
import { momentAt, positionAt, type Moment } from "../playback/interpolation.ts";

/** 320 degrees: an orbit's trail ends just before the body that draws it. */
export const MOST_TURNING = (320 / 180) * Math.PI;
/** For the closed curves of three bodies, which turn more than once before they return. */
export const CURVE_TURNING: number = 5 * Math.PI;

/** Moments from the playhead back in time, at most `samples`, `perFrame` to each frame. */
export function momentsBehind(
  store: FrameStore,
  index: number,
  samples: number,
  perFrame: number,
): Moment[] {
  const moments: Moment[] = [];
  const step = store.stride / perFrame;
  const first = Math.floor(index / step) * step;
  const now = momentAt(store, index);
  if (now !== undefined) moments.push(now);
  // On a fixed lattice of times, so that the drawn polyline does not crawl as the playhead moves.
  for (let at = first; at >= 0 && moments.length < samples; at -= step) {
    if (index - at < step * 0.01) continue;
    const moment = momentAt(store, at);
    if (moment !== undefined) moments.push(moment);
  }
  return moments;
}

/** Writes particle `i`'s path to `out` (x, y, z per sample) and returns how many samples it has. */
export function tracePath(
  moments: readonly Moment[],
  i: number,
  out: Float32Array,
  mostTurning = MOST_TURNING,
): number {
  let turned = 0;
  for (let s = 0; s < moments.length; s += 1) {
    positionAt(moments[s]!, i, out, 3 * s);
    if (s < 2) continue;
    turned += turning(out, s);
    if (turned > mostTurning) return s + 1;
  }
  return moments.length;
}

/** The angle between the last two legs of a path. */
function turning(path: Float32Array, s: number): number {
  const ax = path[3 * s - 3]! - path[3 * s - 6]!;
  const ay = path[3 * s - 2]! - path[3 * s - 5]!;
  const az = path[3 * s - 1]! - path[3 * s - 4]!;
  const bx = path[3 * s]! - path[3 * s - 3]!;
  const by = path[3 * s + 1]! - path[3 * s - 2]!;
  const bz = path[3 * s + 2]! - path[3 * s - 1]!;
  const lengths = Math.hypot(ax, ay, az) * Math.hypot(bx, by, bz);
  if (lengths === 0) return 0;
  return Math.acos(Math.min(1, Math.max(-1, (ax * bx + ay * by + az * bz) / lengths)));
}

/** The logarithms of speed between which the colour ramp runs: percentiles of a sample of particles. */
import type { Moment } from "../playback/interpolation.ts";

const SAMPLE = 800;

export type SpeedRange = readonly [low: number, high: number];

/** Undefined where nothing moves (a single frame). */
export function speedRange(moment: Moment): SpeedRange | undefined {
  const n = moment.frames[1].positions.length / 3;
  const stride = Math.max(1, Math.ceil(n / SAMPLE));
  const logs: number[] = [];
  for (let i = 0; i < n; i += stride) {
    let square = 0;
    for (let k = 3 * i; k < 3 * i + 3; k += 1) {
      let v = 0;
      for (let f = 0; f < 4; f += 1) {
        v += moment.weights.velocity[f]! * moment.frames[f]!.positions[k]!;
      }
      square += v * v;
    }
    if (square > 0) logs.push(Math.log(square) / 2);
  }
  if (logs.length === 0) return undefined;
  logs.sort((a, b) => a - b);
  const low = logs[Math.floor(0.04 * (logs.length - 1))]!;
  const high = logs[Math.ceil(0.97 * (logs.length - 1))]!;
  // At least a factor of 1.5 from end to end, so that equal speeds do not show rounding as colour.
  const pad = Math.max(0, (Math.log(1.5) - (high - low)) / 2);
  return [low - pad, high + pad];
}

/** `shown` moved a little towards `now`, so that colours drift instead of flickering. */
export function drifted(shown: SpeedRange | undefined, now: SpeedRange, share = 0.08): SpeedRange {
  if (shown === undefined) return now;
  return [shown[0] + (now[0] - shown[0]) * share, shown[1] + (now[1] - shown[1]) * share];
}

/**
 * Where the replay stands, in frames (a fraction between two). It moves at `rate` frames a second and
 * never passes the newest loaded frame: near it, it slows down smoothly instead of stopping and
 * starting, so a run that computes more slowly than it plays is watched without jerks.
 */
import { isOver, type Simulation } from "../api/resources.ts";

export interface PlayheadState {
  readonly position: number;
  readonly playing: boolean;
}

/** Seconds of replay over which the playhead closes the distance to the edge. */
const EASE_S = 0.5;
/** Nearer than this to the last frame of a finished run, the replay is over. */
const END = 1e-3;

export function advance(
  state: PlayheadState,
  seconds: number,
  rate: number,
  newest: number,
  over: boolean,
): PlayheadState {
  if (!state.playing || newest < 0) return state;
  const distance = newest - state.position;
  if (distance <= END) return over ? { position: newest, playing: false } : state;
  // A finished run is played at full rate to its last frame; a growing one is approached.
  const eased = over ? rate * seconds : distance * (1 - Math.exp(-seconds / EASE_S));
  const step = Math.min(rate * seconds, eased, distance);
  const position = state.position + step;
  return over && newest - position <= END
    ? { position: newest, playing: false }
    : { position, playing: true };
}

/** Frames a second at which a run of so many frames is watched in about 20 seconds. */
export function naturalRate(frames: number): number {
  return Math.min(60, Math.max(8, frames / 20));
}

/** Frames that a run will have recorded in all, its initial state included. */
export function expectedFrames(steps: number, snapshotEvery: number): number {
  return 1 + Math.ceil(steps / Math.max(1, snapshotEvery));
}

/** Where the time axis ends: the whole run, or where a run that ended early stopped. */
export function spanOf(simulation: Simulation | undefined): number {
  if (simulation === undefined) return 1;
  const whole = simulation.steps * simulation.dt;
  return isOver(simulation.status) && simulation.time > 0 ? simulation.time : whole;
}

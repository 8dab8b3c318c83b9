/** The Io of a simulation: virtual time and seeded chance. */
import type { Alarm, Clock, Io, Turns } from "../io/io.ts";
import type { Random } from "./random.ts";

/** Time that passes only when the scheduler says so. */
export class VirtualClock implements Clock {
  nowMs = 0;
  readonly #startWallMs: number;

  constructor(startWallMs: number) {
    this.#startWallMs = startWallMs;
  }

  monotonicMs(): number {
    return this.nowMs;
  }

  wallMs(): number {
    return this.#startWallMs + this.nowMs;
  }
}

/** The scheduler asks the timer heap itself, so nothing ever has to ring. */
const alarm: Alarm = { set: () => {}, off: () => {} };

const turns: Turns = {
  after: (next) => process.nextTick(next),
  onIdle: () => () => {},
};

export function simulatedIo(clock: VirtualClock, random: Random): Io {
  return { clock, alarm, turns, random: () => random.fraction() };
}

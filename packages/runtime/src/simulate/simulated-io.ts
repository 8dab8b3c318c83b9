/** The Io of a simulation: virtual time and seeded chance. */
import type { Alarm, Clock, Io, Turns } from "../io/io.ts";
import type { TimerHeap } from "../time/timer-heap.ts";
import { SimulatedDatagrams } from "./datagrams.ts";
import { SimulatedDisk, type DiskConditions } from "./disk.ts";
import { SimulatedDns } from "./dns.ts";
import { SimulatedNetwork, type NetworkConditions } from "./network.ts";
import { SimulatedPrograms } from "./programs.ts";
import type { Random } from "./random.ts";
import { SimulatedTerminal } from "./terminal.ts";

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

export interface WorldOptions {
  /** How the simulated network behaves; `simulatedNetwork()` changes it while the program runs. */
  readonly network?: NetworkConditions;
  /** How the simulated disk behaves; `simulatedDisk()` changes it while the program runs. */
  readonly disk?: DiskConditions;
}

/** `timers` are those of the runtime that is made with this Io. */
export function simulatedIo(
  clock: VirtualClock,
  random: Random,
  timers: () => TimerHeap,
  options: WorldOptions = {},
): Io {
  const chance = random.fork("network");
  const net = new SimulatedNetwork(() => chance.fraction(), timers, options.network);
  const terminal = new SimulatedTerminal(net);
  return {
    clock,
    alarm,
    turns,
    random: () => random.fraction(),
    net,
    datagrams: new SimulatedDatagrams(net),
    dns: new SimulatedDns(net),
    files: new SimulatedDisk(net, clock, options.disk),
    processes: new SimulatedPrograms(net, terminal),
    signals: terminal,
    stdio: terminal,
  };
}

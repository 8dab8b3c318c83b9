/**
 * The boundary between the runtime and the host.
 *
 * Everything that the runtime learns from outside or does to it goes through one Io: time, timers,
 * chance, sockets, files, processes, signals. There are two: the real one (`node-io.ts`) and the
 * simulated one (`../simulate/`), where time is virtual and the network and the disk are in memory and
 * can be told to fail. A runtime is given its Io when it is made: `run(main, { io })`.
 */

import type { Datagrams } from "./datagrams.ts";
import type { Dns } from "./dns.ts";
import type { Files } from "./files.ts";
import type { Net } from "./net.ts";
import type { Processes } from "./processes.ts";
import type { Signals } from "./signals.ts";
import type { StandardStreams } from "./standard-streams.ts";

export interface Clock {
  /** Milliseconds with a fraction, from an arbitrary origin; never goes back. */
  monotonicMs(): number;
  /** Milliseconds since 1970 UTC; may be set back by an administrator. */
  wallMs(): number;
}

/** The one host timer of a runtime. The timer heap in front of it owns every deadline. */
export interface Alarm {
  /** Rings once, at or soon after `dueMs` on the monotonic clock; replaces what was set before. */
  set(dueMs: number, ring: () => void): void;
  off(): void;
}

/** When the runtime lets the host do other work: poll sockets, run timers. */
export interface Turns {
  /** Calls `next` once, after the host has had its turn. */
  after(next: () => void): void;
  /**
   * Calls `idle` whenever the host has nothing left that could ever call us back: what is parked then
   * stays parked. Returns how to stop listening.
   */
  onIdle(idle: () => void): () => void;
}

export interface Io {
  readonly clock: Clock;
  readonly alarm: Alarm;
  readonly turns: Turns;
  /** A number in [0, 1). */
  random(): number;
  readonly net: Net;
  readonly datagrams: Datagrams;
  readonly dns: Dns;
  readonly files: Files;
  readonly processes: Processes;
  readonly signals: Signals;
  readonly stdio: StandardStreams;
}

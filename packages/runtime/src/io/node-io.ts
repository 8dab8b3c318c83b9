/** The real Io: Node itself. */
import { performance } from "node:perf_hooks";
import { nodeDatagrams } from "./datagrams.ts";
import { nodeDns } from "./dns.ts";
import type { Alarm, Clock, Io, Turns } from "./io.ts";
import { nodeFiles } from "./node-files.ts";
import { nodeNet } from "./node-net.ts";
import { nodeProcesses } from "./processes.ts";
import { nodeSignals } from "./signals.ts";
import { nodeStandardStreams } from "./standard-streams.ts";

/** setTimeout silently fires at once beyond this; a later alarm rings early and is set again. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * What is due within this is waited for by turns of the event loop, which take about a microsecond and
 * poll the host's sockets as ever: a timeout would take one to two milliseconds. Where thousands of
 * timers are due one after another, that was most of what the last of them came late by.
 */
const SHORT_MS = 0.02;

const clock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
};

const idleListeners = new Set<() => void>();

function notifyIdle(): void {
  // Promises alone do not keep the process alive: what idle() wakes needs one more turn.
  setImmediate(() => {});
  for (const idle of idleListeners) idle();
}

const turns: Turns = {
  after: (next) => {
    setImmediate(next);
  },
  onIdle: (idle) => {
    // One listener on the process however many runtimes there are.
    if (idleListeners.size === 0) process.on("beforeExit", notifyIdle);
    idleListeners.add(idle);
    return () => {
      idleListeners.delete(idle);
      if (idleListeners.size === 0) process.off("beforeExit", notifyIdle);
    };
  },
};

class NodeAlarm implements Alarm {
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;

  set(dueMs: number, ring: () => void): void {
    this.off();
    const leftMs = dueMs - performance.now();
    if (leftMs <= SHORT_MS) {
      this.#turn = setImmediate(ring);
      return;
    }
    // Node's timers count whole milliseconds: rounding up saves the ring that would come too early.
    this.#timer = setTimeout(ring, Math.min(Math.ceil(leftMs), LONGEST_TIMEOUT_MS));
  }

  off(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    if (this.#turn !== undefined) clearImmediate(this.#turn);
    this.#timer = undefined;
    this.#turn = undefined;
  }
}

/** A new real Io. Each runtime has its own, because each has its own alarm. */
export function nodeIo(): Io {
  return {
    clock,
    turns,
    alarm: new NodeAlarm(),
    random: Math.random,
    net: nodeNet(),
    datagrams: nodeDatagrams,
    dns: nodeDns,
    files: nodeFiles,
    processes: nodeProcesses,
    signals: nodeSignals,
    stdio: nodeStandardStreams,
  };
}

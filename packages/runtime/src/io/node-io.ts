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

  set(dueMs: number, ring: () => void): void {
    clearTimeout(this.#timer);
    // Node's timers count whole milliseconds: rounding up saves the ring that would come too early.
    const delayMs = Math.ceil(dueMs - performance.now());
    this.#timer = setTimeout(ring, Math.min(Math.max(delayMs, 0), LONGEST_TIMEOUT_MS));
  }

  off(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
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

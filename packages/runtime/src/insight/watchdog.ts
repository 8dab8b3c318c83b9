/**
 * Names the task that does not yield, while it does not yield.
 *
 * Nothing on a thread can notice that the thread is busy, so a second thread watches a heartbeat. When
 * it stops, the watcher attaches a debugger to this thread, pauses it between two statements, asks which
 * task is running and where, reports that, and lets it go on. Nothing is paid until then except one
 * unreferenced timer; attaching slows the paused code for some milliseconds, once a stall.
 */
import { writeSync } from "node:fs";
import {
  MessageChannel,
  Worker,
  receiveMessageOnPort,
  type MessagePort,
} from "node:worker_threads";
import { RuntimeError } from "../errors.ts";
import { ambient } from "../task/scope.ts";
import { stallEvent } from "./events.ts";

/** What the watcher saw. */
export interface Stall {
  /** `task "crunch" (spawned at …)`. */
  readonly task: string;
  /** How long the thread had been busy when it was looked at. */
  readonly ms: number;
  /** The innermost calls, innermost first: `spin (file:///…:12:5)`. */
  readonly stack: readonly string[];
}

export interface WatchOptions {
  readonly stallMs: number;
  /** Called on this thread once it is free again. Default: prints to stderr, while it is stalled. */
  readonly onStall: ((error: RuntimeError, stall: Stall) => void) | undefined;
}

/** Where the paused thread is asked for its task; see watchdog-thread.ts. */
const QUESTION = Symbol.for("hotpath.runtime.runningTask");

export class Watchdog {
  readonly #beat: NodeJS.Timeout;
  readonly #worker: Worker;
  readonly #stalls: MessagePort;
  readonly #onStall: ((error: RuntimeError, stall: Stall) => void) | undefined;

  constructor(options: WatchOptions) {
    Reflect.set(globalThis, QUESTION, () => ambient.getStore()?.describe() ?? "the program");
    const { stallMs, onStall } = options;
    this.#onStall = onStall;
    const heart = new Int32Array(new SharedArrayBuffer(4));
    const { port1, port2 } = new MessageChannel();
    this.#stalls = port1;
    const workerData = { heart, stallMs, port: port2, print: onStall === undefined };
    this.#worker = new Worker(new URL("watchdog-thread.ts", import.meta.url), {
      workerData,
      transferList: [port2],
      // Not the host's flags: some, such as --input-type, are refused here.
      execArgv: [],
    });
    this.#worker.unref();
    this.#worker.on("error", (error) => writeSync(2, `The watchdog failed: ${String(error)}\n`));
    this.#beat = setInterval(() => {
      Atomics.add(heart, 0, 1);
      Atomics.notify(heart, 0);
      this.#collect();
    }, stallMs / 4);
    this.#beat.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#beat);
    this.#collect();
    this.#stalls.close();
    await this.#worker.terminate();
  }

  /** Reads what the watcher has seen: there is no event for it while the thread is busy. */
  #collect(): void {
    for (;;) {
      const message = receiveMessageOnPort(this.#stalls) as { readonly message: Stall } | undefined;
      if (message === undefined) return;
      const stall = message.message;
      if (stallEvent.hasSubscribers) stallEvent.publish(stall);
      this.#onStall?.(stallError(stall), stall);
    }
  }
}

function stallError(stall: Stall): RuntimeError {
  const where = stall.stack[0] ?? "unknown code";
  return new RuntimeError(
    "STALLED",
    `${stall.task} has kept its thread for ${Math.round(stall.ms)} ms without yielding, in ${where}`,
  );
}

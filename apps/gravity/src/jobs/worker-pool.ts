/**
 * Threads that run orders, kept warm. A job leases a thread before it loads its particles, so that
 * waiting jobs hold no memory.
 *
 * Invariants:
 *  1. A thread has at most one lease, and a lease at most one order at a time.
 *  2. A thread that dies rejects the order that it held; its lease, once released, frees the place for
 *     a new thread.
 *  3. stop(order) only asks: the thread answers at its next step boundary with a `stopped` outcome.
 */
import { Worker } from "node:worker_threads";
import {
  CONTROL,
  type Failure,
  type Order,
  type Outcome,
  type Progress,
  type WorkerMessage,
} from "./order.ts";

/** The simulation itself went wrong: a state that is not finite, a disk that is full, a lost thread. */
export class RunFailed extends Error {
  override readonly name = "RunFailed";
  readonly reason: Failure["reason"];
  readonly lastGood: Failure["lastGood"];

  constructor(message: string, failure?: Failure) {
    super(message);
    this.reason = failure?.reason;
    this.lastGood = failure?.lastGood;
  }
}

/** Asks the thread that runs the order to stop at its next step boundary. */
export function stop(order: Order): void {
  Atomics.store(order.control, 0, CONTROL.stop);
}

export interface Lease extends Disposable {
  run(order: Order, onProgress?: (progress: Progress) => void): Promise<Outcome>;
}

export class WorkerPool {
  readonly #size: number;
  readonly #idle: Thread[] = [];
  readonly #waiting: ((thread: Thread) => void)[] = [];
  #leased = 0;
  #closed = false;

  constructor(size: number) {
    this.#size = size;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get running(): number {
    return this.#leased;
  }

  /** Starts one thread now, so that the first order does not wait for it. */
  warm(): void {
    this.#idle.push(new Thread());
  }

  /** The next free thread, in order of asking; undefined when `signal` aborted before there was one. */
  async acquire(signal: AbortSignal): Promise<Lease | undefined> {
    if (this.#closed || signal.aborted) return undefined;
    const thread = this.#take() ?? (await this.#wait(signal));
    if (thread === undefined) return undefined;
    return {
      run: (order, onProgress) => thread.run(order, onProgress ?? (() => {})),
      [Symbol.dispose]: () => this.#release(thread),
    };
  }

  /** Ends every thread at once; orders that still run are rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#idle.map((thread) => thread.terminate()));
  }

  #take(): Thread | undefined {
    if (this.#leased >= this.#size) return undefined;
    this.#leased++;
    return this.#idle.pop() ?? new Thread();
  }

  #wait(signal: AbortSignal): Promise<Thread | undefined> {
    return new Promise((resolve) => {
      const grant = (thread: Thread): void => {
        signal.removeEventListener("abort", leave);
        resolve(thread);
      };
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(grant), 1);
        resolve(undefined);
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.push(grant);
    });
  }

  #release(thread: Thread): void {
    const usable = thread.alive ? thread : new Thread();
    const next = this.#waiting.shift();
    if (next !== undefined && !this.#closed) {
      next(usable);
      return;
    }
    this.#leased--;
    if (this.#closed) void usable.terminate();
    else this.#idle.push(usable);
  }
}

interface Current {
  readonly onProgress: (progress: Progress) => void;
  readonly result: PromiseWithResolvers<Outcome>;
}

class Thread {
  readonly #worker = new Worker(new URL("worker.ts", import.meta.url), { name: "gravity-job" });
  #current: Current | undefined;
  #error: unknown;

  constructor() {
    this.#worker.on("message", (message: WorkerMessage) => this.#receive(message));
    this.#worker.on("error", (error) => this.#lost(error));
    this.#worker.on("exit", (code) =>
      this.#lost(new RunFailed(`its thread exited with code ${code}`)),
    );
    this.#worker.unref();
  }

  get alive(): boolean {
    return this.#error === undefined;
  }

  run(order: Order, onProgress: (progress: Progress) => void): Promise<Outcome> {
    if (this.#error !== undefined) return Promise.reject(this.#error as Error);
    const result = Promise.withResolvers<Outcome>();
    this.#current = { onProgress, result };
    this.#worker.postMessage(order);
    return result.promise;
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #receive(message: WorkerMessage): void {
    const current = this.#current;
    if (current === undefined) return;
    if (message.kind === "progress") {
      current.onProgress(message);
      return;
    }
    this.#current = undefined;
    if (message.kind === "failed") current.result.reject(new RunFailed(message.message, message));
    else current.result.resolve(message);
  }

  #lost(error: unknown): void {
    this.#error ??= error;
    this.#current?.result.reject(error as Error);
    this.#current = undefined;
  }
}

/**
 * Forces on several threads, with the same bytes as on one: the shares of a job are fixed by the bodies,
 * and only who runs them varies (see direct-job.ts and tree-job.ts).
 *
 * Workers are started once and stay warm. In Node they are worker_threads, in a browser Web Workers;
 * the page must be cross-origin isolated. accelerations() blocks: call it on a thread that may.
 */
import type { Bodies } from "../bodies/bodies.ts";
import { NbodyError } from "../errors.ts";
import { DirectJob, instantiate } from "../kernels/direct-job.ts";
import { moduleFor, nameOf, type Arithmetic } from "../kernels/direct.ts";
import type { Forces, Units } from "../kernels/forces.ts";
import { directJerks } from "../kernels/jerk.ts";
import type { Kernels } from "../kernels/load.ts";
import { openingFor, type Accuracy } from "../tree/accuracy.ts";
import { treeName, type TreeForces } from "../tree/tree-forces.ts";
import { TreeJob } from "../tree/tree-job.ts";
import {
  CONTROL_BYTES,
  openJob,
  shareDone,
  SPINS,
  takeShare,
  WORD,
  type Control,
} from "./control.ts";
import { startWorker, type WorkerHandle } from "./start-worker.ts";

export const MAX_THREADS = 64;

/**
 * Bodies from which on a direct sum is shared between threads (docs/decisions/008-threads-from-256-bodies.md). The
 * bytes do not depend on it: with fewer the calling thread does the same shares by itself.
 */
export const SHARED_FROM = 256;

/** A share that has not come back after this long will not: its thread was ended from outside. */
const LOST_AFTER_MS = 600_000;

export interface ThreadedDirectOptions {
  readonly arithmetic?: Arithmetic;
  /** Fewer bodies than this are left to the calling thread. The bytes are the same either way. */
  readonly sharedFrom?: number;
}

export class ForceThreads {
  /** Threads that work on a force evaluation, the caller's included. */
  readonly count: number;
  readonly #control: Control = new Int32Array(new SharedArrayBuffer(CONTROL_BYTES));
  readonly #workers: readonly WorkerHandle[];
  #attachments = 0;
  #closed = false;

  private constructor(workers: readonly WorkerHandle[]) {
    this.#workers = workers;
    this.count = workers.length + 1;
    for (const worker of workers) worker.post({ kind: "start", control: this.#control });
  }

  /** Starts count − 1 workers. */
  static async start(count: number): Promise<ForceThreads> {
    if (!Number.isSafeInteger(count) || count < 1 || count > MAX_THREADS) {
      throw new RangeError(`threads must be an integer in 1 … ${MAX_THREADS}, not ${count}`);
    }
    return new ForceThreads(await Promise.all(Array.from({ length: count - 1 }, startWorker)));
  }

  /** A force solver for these bodies on these threads. Threads may serve many, one at a time. */
  async forces(
    kernels: Kernels,
    bodies: Bodies,
    units: Units,
    options: ThreadedDirectOptions = {},
  ): Promise<Forces> {
    if (this.#closed) throw new TypeError("these threads are closed");
    const { arithmetic = "reproducible", sharedFrom = SHARED_FROM } = options;
    const module = moduleFor(kernels, arithmetic);
    const { memory } = bodies;
    const job = new DirectJob(instantiate(module, memory), bodies, units);
    const attachment = ++this.#attachments;
    const message = { kind: "attach", attachment, module, memory, job: job.address } as const;
    await Promise.all(this.#workers.map((worker) => worker.attach(message)));
    return {
      name: nameOf(kernels, arithmetic),
      bodies,
      units,
      accelerations: () => this.#run(job, attachment, bodies.n >= sharedFrom),
      jerks: directJerks(kernels, bodies, units),
      close: () => {
        for (const worker of this.#workers) worker.post({ kind: "detach", attachment });
      },
    };
  }

  /** The same for a tree: the calling thread builds it, all walk it. */
  async treeForces(
    kernels: Kernels,
    bodies: Bodies,
    units: Units,
    accuracy: Accuracy = {},
  ): Promise<TreeForces> {
    if (this.#closed) throw new TypeError("these threads are closed");
    const opening = openingFor(accuracy);
    const job = new TreeJob(kernels, bodies, units, opening);
    const attachment = ++this.#attachments;
    await Promise.all(
      this.#workers.map((worker, k) =>
        worker.attach({ kind: "attach-tree", attachment, tree: job.attachment(k + 1) }),
      ),
    );
    return {
      name: treeName(accuracy),
      expectedError: opening.expectedError,
      approximate: true,
      bodies,
      units,
      get counts() {
        return job.counts;
      },
      accelerations: () => this.#run(job, attachment),
      close: () => {
        for (const worker of this.#workers) worker.post({ kind: "detach", attachment });
      },
    };
  }

  /** Ends the workers. */
  async close(): Promise<void> {
    this.#closed = true;
    Atomics.store(this.#control, WORD.closing, 1);
    Atomics.add(this.#control, WORD.generation, 1);
    Atomics.notify(this.#control, WORD.generation);
    await Promise.all(this.#workers.map((worker) => worker.end()));
  }

  #run(job: DirectJob | TreeJob, attachment: number, shared = true): void {
    if (this.#closed) throw new TypeError("these threads are closed");
    const shares = job.open();
    if (!shared || shares <= 1 || this.count === 1) {
      for (let share = 0; share < shares; share++) job.run(share);
    } else {
      openJob(this.#control, attachment, shares);
      for (let s = takeShare(this.#control); s !== undefined; s = takeShare(this.#control)) {
        job.run(s);
        shareDone(this.#control);
      }
      this.#awaitAll(shares);
    }
    job.close();
  }

  #awaitAll(shares: number): void {
    const control = this.#control;
    for (let k = 0; Atomics.load(control, WORD.done) < shares; k++) {
      if (k >= SPINS) this.#sleepUntil(shares);
    }
    if (Atomics.load(control, WORD.failed) === 1) {
      throw new NbodyError("threads-lost", "a worker thread failed while computing forces");
    }
  }

  #sleepUntil(shares: number): void {
    const control = this.#control;
    const deadline = performance.now() + LOST_AFTER_MS;
    for (;;) {
      const done = Atomics.load(control, WORD.done);
      if (done >= shares) return;
      if (performance.now() > deadline) {
        throw new NbodyError(
          "threads-lost",
          `${shares - done} shares of a force did not come back`,
        );
      }
      // A page's main thread may not sleep; it keeps looking.
      if (MAY_SLEEP) Atomics.wait(control, WORD.done, done, 1000);
    }
  }
}

const MAY_SLEEP = !("document" in globalThis);

/**
 * Runs simulations: background jobs in the order they came, and synchronous calls on a thread of their own.
 *
 * Invariants:
 *  1. A simulation has at most one run at a time: `#active` in this process, and the claim of its row
 *     (accepted → running) across a restart.
 *  2. What a run did to the particles and to its row is written in one transaction, or not at all.
 *  3. close() stops every run at a step boundary and writes its state with status `accepted`: the next
 *     start goes on from there, with the same bytes as if it had not stopped.
 */
import { conflict, Problem, unavailable, type Counter, type Metrics } from "@hotpath/http";
import { Bodies } from "@hotpath/nbody";
import type { Logger } from "pino";
import { LIMITS } from "../limits.ts";
import type { EventHub } from "../observability/event-hub.ts";
import {
  isTerminal,
  STATUSES,
  type Simulation,
  type SimulationPatch,
} from "../store/simulation.ts";
import type { LoadedBodies, SimulationStore } from "../store/simulation-store.ts";
import { checkpointPath, removeCheckpoint } from "../trajectory/checkpoint-file.ts";
import type { Order, Outcome, Progress } from "./order.ts";
import { callOrder, jobOrder } from "./simulation-order.ts";
import { RunFailed, stop, WorkerPool } from "./worker-pool.ts";

export interface RunnerOptions {
  readonly store: SimulationStore;
  readonly hub: EventHub;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly framesDir: string;
  readonly jobThreads: number;
}

/** A run in this process: how to stop it, and what it last said. */
interface Active {
  readonly abort: AbortController;
  /** Why it was aborted: the client dismissed it, or the service is closing. */
  reason: "dismissed" | "closing" | undefined;
  order: Order | undefined;
  live: Progress | undefined;
  readonly done: Promise<void>;
}

export interface CallResult {
  readonly step: number;
  readonly time: number;
  readonly energyError: number;
  readonly energy: number;
}

const RETRY_MS = 1000;

export class Runner {
  readonly #options: RunnerOptions;
  readonly #jobs: WorkerPool;
  readonly #calls = new WorkerPool(1);
  readonly #active = new Map<string, Active>();
  readonly #ended: Counter;
  #closing = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#jobs = new WorkerPool(options.jobThreads);
    this.#ended = options.metrics.counter("hotpath_jobs_total", "Jobs that ended", ["status"]);
    this.#calls.warm();
    this.#jobs.warm();
    options.metrics.gauge(
      "hotpath_jobs_queued",
      "Jobs that wait for a thread",
      () => this.#jobs.waiting,
    );
    options.metrics.gauge("hotpath_jobs_running", "Jobs on a thread", () => this.#jobs.running);
  }

  /** Throws 503 when as many jobs wait as may. */
  admit(): void {
    if (this.#closing) throw unavailable("the service is stopping");
    if (this.#jobs.waiting >= LIMITS.queuedJobs) {
      throw unavailable(`${LIMITS.queuedJobs} jobs are waiting already; try again later`);
    }
  }

  isActive(id: string): boolean {
    return this.#active.has(id);
  }

  /** What the run in this process last reported; undefined when there is none. */
  live(id: string): Progress | undefined {
    return this.#active.get(id)?.live;
  }

  /** Runs an accepted simulation when a thread is free. */
  submit(simulation: Simulation): void {
    this.#enter(simulation.id, (entry) => this.#job(simulation, entry));
  }

  /** Takes up what an earlier process left unfinished. */
  async recover(): Promise<void> {
    for (const simulation of await this.#options.store.unfinished()) {
      const { id, step } = simulation;
      if (simulation.status === "running")
        await this.#options.store.update(id, { status: "accepted" });
      this.#options.logger.info({ simulation: id, step }, "resuming");
      this.submit({ ...simulation, status: "accepted" });
    }
  }

  /** Stops the run, if any, and resolves when its row says so. */
  async dismiss(simulation: Simulation): Promise<void> {
    const active = this.#active.get(simulation.id);
    if (active !== undefined) {
      this.#halt(active, "dismissed");
      await active.done;
    } else if (!isTerminal(simulation.status)) {
      await this.#options.store.update(simulation.id, {
        status: "dismissed",
        finished: new Date(),
      });
    }
  }

  /** The synchronous contract: load, run, write back. Throws 409 while the simulation runs. */
  async call(
    simulation: Simulation,
    dt: number,
    steps: number,
    client: AbortSignal,
  ): Promise<CallResult> {
    const { id } = simulation;
    if (this.#active.has(id))
      throw conflict(`simulation ${id} is running; call again when it is done`);
    if (this.#calls.waiting >= LIMITS.queuedCalls) {
      throw unavailable(`${LIMITS.queuedCalls} calls are waiting already`);
    }
    const result = Promise.withResolvers<CallResult>();
    this.#enter(id, async (entry) => {
      const leave = (): void => this.#halt(entry, "dismissed");
      client.addEventListener("abort", leave, { once: true });
      if (client.aborted) leave();
      const claim = { held: false };
      try {
        result.resolve(await this.#call(simulation, dt, steps, entry, claim));
      } catch (error) {
        result.reject(error as Error);
      } finally {
        client.removeEventListener("abort", leave);
      }
      if (claim.held) {
        const { status } = simulation;
        await this.#persist(entry, () => this.#options.store.update(id, { status }));
      }
    });
    return result.promise;
  }

  async close(): Promise<void> {
    this.#closing = true;
    for (const active of this.#active.values()) this.#halt(active, "closing");
    await Promise.all([...this.#active.values()].map((active) => active.done));
    await Promise.all([this.#jobs.close(), this.#calls.close()]);
  }

  #enter(id: string, run: (active: Active) => Promise<void>): void {
    const finished = Promise.withResolvers<void>();
    const active: Active = {
      abort: new AbortController(),
      reason: undefined,
      order: undefined,
      live: undefined,
      done: finished.promise,
    };
    this.#active.set(id, active);
    void run(active)
      .catch((error: unknown) => {
        this.#options.logger.error(
          { simulation: id, err: error },
          "a run ended in an unexpected error",
        );
      })
      .finally(() => {
        this.#active.delete(id);
        finished.resolve();
      });
  }

  #halt(active: Active, reason: "dismissed" | "closing"): void {
    active.reason ??= reason;
    active.abort.abort();
    if (active.order !== undefined) stop(active.order);
  }

  async #job(simulation: Simulation, active: Active): Promise<void> {
    const { id } = simulation;
    const { logger } = this.#options;
    const { signal } = active.abort;
    using lease = await this.#jobs.acquire(signal);
    if (lease === undefined) {
      if (active.reason === "dismissed") await this.#settle(id, { status: "dismissed" }, active);
      return;
    }
    const started = simulation.started ?? new Date();
    const claimed = await this.#persist(active, () =>
      this.#options.store.claim(id, ["accepted"], { status: "running", started }),
    );
    if (claimed !== true) return;
    try {
      const loaded = await this.#persist(active, () => this.#options.store.loadBodies(simulation));
      if (loaded === undefined) return;
      const order = jobOrder(simulation, loaded.bodies, this.#options.framesDir);
      active.order = order;
      if (signal.aborted) stop(order);
      logger.info({ simulation: id, n: simulation.n, steps: simulation.steps }, "running");
      const outcome = await lease.run(order, (progress) => this.#progressed(id, active, progress));
      await this.#finish(simulation, loaded, outcome, active);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      logger.warn(
        { simulation: id, err: error instanceof RunFailed ? undefined : error, message },
        "failed",
      );
      await this.#failed(simulation, error, message, active);
    }
  }

  /** What the run leaves: its last good state and that checkpoint, or what the database has. */
  async #failed(
    simulation: Simulation,
    error: unknown,
    message: string,
    active: Active,
  ): Promise<void> {
    const { id } = simulation;
    const { reason = null, lastGood } = error instanceof RunFailed ? error : {};
    const patch: SimulationPatch = { status: "failed", message, failure: reason };
    if (lastGood === undefined) {
      removeCheckpoint(checkpointPath(this.#options.framesDir, id));
      await this.#settle(id, patch, active);
      return;
    }
    const bodies = Bodies.adopt(lastGood.bodies);
    const { step, time } = lastGood;
    const merged = simulation.n - bodies.n;
    const bounces = active.live?.bounces ?? simulation.bounces;
    const frames = active.live?.frames ?? simulation.frames;
    const finished = new Date();
    await this.#persist(active, () =>
      this.#options.store.save(
        simulation,
        { bodies, ids: new BigInt64Array(0) },
        { ...patch, step, time, frames, merged, bounces, finished },
      ),
    );
    this.#announce(id, "failed");
  }

  async #finish(
    simulation: Simulation,
    loaded: LoadedBodies,
    outcome: Outcome,
    active: Active,
  ): Promise<void> {
    const { id } = simulation;
    const { step, time, frames, energyError, initialEnergy, merged, bounces } = outcome.last;
    const status =
      outcome.kind === "finished"
        ? "successful"
        : active.reason === "closing"
          ? "accepted"
          : "dismissed";
    const patch: SimulationPatch = {
      status,
      step,
      time,
      frames,
      forces: outcome.forces,
      forceError: outcome.forceError,
      energyError,
      initialEnergy,
      merged,
      bounces,
      finished: status === "accepted" ? null : new Date(),
    };
    active.live = outcome.last;
    const state: LoadedBodies = { ids: loaded.ids, bodies: Bodies.adopt(outcome.bodies) };
    await this.#persist(active, () => this.#options.store.save(simulation, state, patch));
    // Only a run that will go on needs its checkpoint; a state that is written back replaces it.
    if (status !== "accepted") removeCheckpoint(checkpointPath(this.#options.framesDir, id));
    this.#options.logger.info({ simulation: id, status, step, energyError }, "stopped");
    this.#announce(id, status);
  }

  /** Ends a run whose particles stay as the database has them. */
  async #settle(id: string, patch: SimulationPatch, active: Active): Promise<void> {
    await this.#persist(active, () =>
      this.#options.store.update(id, { ...patch, finished: new Date() }),
    );
    this.#announce(id, patch.status ?? "failed");
  }

  #announce(id: string, status: string): void {
    this.#ended.increment([status]);
    this.#options.hub.publish(id, "end", { simulation_id: id, status });
  }

  #progressed(id: string, active: Active, progress: Progress): void {
    active.live = progress;
    this.#options.hub.publish(id, "progress", progress);
  }

  /** Leaves `claim.held` true when the row still says `running` and must be put back. */
  async #call(
    simulation: Simulation,
    dt: number,
    steps: number,
    active: Active,
    claim: { held: boolean },
  ): Promise<CallResult> {
    const { store } = this.#options;
    const { id, status, step } = simulation;
    using lease = await this.#calls.acquire(active.abort.signal);
    if (lease === undefined) throw cancelled();
    const idle = STATUSES.filter((candidate) => candidate !== "running");
    claim.held = await store.claim(id, idle, { status: "running" });
    if (!claim.held) throw conflict(`simulation ${id} is running; call again when it is done`);
    const loaded = await store.loadBodies(simulation);
    const threads = this.#options.jobThreads;
    const order = callOrder(simulation, loaded.bodies, { dt, steps, threads });
    active.order = order;
    if (active.abort.signal.aborted) stop(order);
    const { kind, last, bodies } = await lease
      .run(order, (progress) => (active.live = progress))
      .catch((error: unknown) => {
        if (!(error instanceof RunFailed)) throw error;
        throw new Problem({
          status: 422,
          title: "Simulation failed",
          detail: error.message,
          ...(error.reason === undefined ? {} : { extensions: { failure: error.reason } }),
        });
      });
    if (kind === "stopped") throw cancelled();
    const time = simulation.time + steps * dt;
    const { energyError, initialEnergy, merged, bounces } = last;
    await store.save(
      simulation,
      { ids: loaded.ids, bodies: Bodies.adopt(bodies) },
      { status, time, energyError, initialEnergy, merged, bounces },
    );
    claim.held = false;
    return { step: step + steps, time, energyError, energy: last.kinetic + last.potential };
  }

  /**
   * Does something with the database until it is there again: what a run computed is in memory and
   * must not be lost to a server that restarts. Gives up, with undefined, when the service closes.
   */
  async #persist<T>(active: Active, work: () => Promise<T>): Promise<T | undefined> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!this.#options.store.isUnreachable(error)) throw error;
        const reason = (error as Error).message;
        this.#options.logger.warn({ reason }, "the database is unreachable; trying again");
        if (active.reason === "closing") return undefined;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}

function cancelled(): Problem {
  return new Problem({
    status: 503,
    title: "Cancelled",
    detail: "the run was cancelled before it was complete; nothing was written",
    headers: { "retry-after": "1" },
  });
}

/**
 * One open simulation: its resource, its events, its frames and the replay, as signals. Opening
 * starts the traffic, `close` ends all of it. A finished simulation is replayed from its frames alone.
 */
import { batch, computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { followEvents } from "../api/events.ts";
import { readAnalysis, readMasses, readSimulation, cancelSimulation } from "../api/gravity.ts";
import { asProblem, type ApiProblem } from "../api/problem.ts";
import { isOver, type Analysis, type Progress, type Simulation } from "../api/resources.ts";
import { EnergySeries } from "../frames/energy-series.ts";
import { FrameLoader } from "../frames/frame-loader.ts";
import { FrameStore } from "../frames/frame-store.ts";
import { momentAt, type Moment } from "../playback/interpolation.ts";
import { advance, expectedFrames, naturalRate } from "../playback/playhead.ts";

const RETRY_MS = 2000;

/** Frames kept at most; phones report little memory and get less. */
function frameCapacityBytes(): number {
  const gibibytes = (navigator as { deviceMemory?: number }).deviceMemory ?? 8;
  return (gibibytes <= 4 ? 64 : 192) << 20;
}

export interface Energies {
  readonly kinetic: number;
  readonly potential: number;
}

export class Session {
  readonly id: string;
  readonly simulation: Signal<Simulation | undefined> = signal(undefined);
  readonly masses: Signal<Float32Array | undefined> = signal(undefined);
  readonly energies: Signal<Energies | undefined> = signal(undefined);
  readonly analysis: Signal<Analysis | undefined> = signal(undefined);
  /** Why the simulation cannot be shown, or could not be cancelled. */
  readonly problem: Signal<ApiProblem | undefined> = signal(undefined);
  /** Set while the service does not answer; the page keeps trying. */
  readonly connection: Signal<ApiProblem | undefined> = signal(undefined);
  readonly cancelling: Signal<boolean> = signal(false);
  /** Index of the newest loaded frame, -1 before the first. */
  readonly newest: Signal<number> = signal(-1);
  readonly position: Signal<number> = signal(0);
  readonly playing: Signal<boolean> = signal(true);
  readonly pace: Signal<number> = signal(1);
  readonly series: EnergySeries = new EnergySeries();
  readonly expected: ReadonlySignal<number> = computed(() => {
    const simulation = this.simulation.value;
    if (simulation === undefined) return 1;
    // A run that ended early has no more frames than it recorded.
    if (isOver(simulation.status)) return Math.max(1, simulation.frames);
    return expectedFrames(simulation.steps, simulation.snapshotEvery);
  });

  store: FrameStore | undefined;
  readonly #stop = new AbortController();
  #loader: FrameLoader | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unfollow: () => void = () => {};

  constructor(id: string) {
    this.id = id;
    void this.#open();
  }

  close(): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
    this.#loader?.stop();
    this.#unfollow();
  }

  moment(): Moment | undefined {
    return this.store === undefined ? undefined : momentAt(this.store, this.position.peek());
  }

  /** Lets `seconds` of replay pass. */
  tick(seconds: number): void {
    const simulation = this.simulation.peek();
    if (simulation === undefined) return;
    const newest = this.newest.peek();
    const over = isOver(simulation.status) && newest >= simulation.frames - 1;
    const rate = naturalRate(this.expected.peek()) * this.pace.peek();
    const before = { position: this.position.peek(), playing: this.playing.peek() };
    const after = advance(before, seconds, rate, newest, over);
    batch(() => {
      this.position.value = after.position;
      this.playing.value = after.playing;
    });
  }

  seek(position: number): void {
    this.position.value = Math.max(0, Math.min(position, this.newest.peek()));
  }

  /** Play or pause; at the end, play starts over. */
  toggle(): void {
    const over = isOver(this.simulation.peek()?.status ?? "accepted");
    if (!this.playing.peek() && over && this.position.peek() >= this.newest.peek() - 1e-3) {
      this.position.value = 0;
    }
    this.playing.value = !this.playing.peek();
  }

  async cancel(): Promise<void> {
    this.cancelling.value = true;
    try {
      await cancelSimulation(this.id, this.#stop.signal);
      this.#update(await readSimulation(this.id, this.#stop.signal));
    } catch (error) {
      if (!this.#stop.signal.aborted) this.problem.value = asProblem(error);
    } finally {
      this.cancelling.value = false;
    }
  }

  async #open(): Promise<void> {
    let simulation: Simulation;
    try {
      simulation = await readSimulation(this.id, this.#stop.signal);
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#openLater(asProblem(error));
      return;
    }
    this.connection.value = undefined;
    const { particles, steps, snapshotEvery } = simulation;
    const expected = expectedFrames(steps, snapshotEvery);
    const store = new FrameStore(particles, frameCapacityBytes(), expected);
    this.store = store;
    this.#loader = new FrameLoader(this.id, particles, store, {
      frames: (frames) => {
        for (const frame of frames) this.series.add(frame.index, frame.time, frame.energyError);
        this.newest.value = store.newest?.index ?? -1;
      },
      problem: (problem) => (this.connection.value = problem),
    });
    this.#update(simulation);
    void this.#loadMasses();
    if (isOver(simulation.status)) return;
    this.#unfollow = followEvents(this.id, {
      progress: (progress) => this.#progress(progress),
      end: (ended) => this.#update(ended),
      connection: (problem) => (this.connection.value = problem),
    });
  }

  #openLater(problem: ApiProblem): void {
    if (!problem.retryable) {
      this.problem.value = problem;
      return;
    }
    this.connection.value = problem;
    this.#timer = setTimeout(() => void this.#open(), RETRY_MS);
  }

  #progress(progress: Progress): void {
    const simulation = this.simulation.peek();
    if (simulation === undefined || isOver(simulation.status)) return;
    const { status, step, time, frames, energyError } = progress;
    if (isOver(status)) return; // the `end` event brings the whole resource
    // Events do not say when it started; the first one after waiting comes at once.
    const started = simulation.started ?? (status === "running" ? new Date().toISOString() : null);
    this.#update({
      ...simulation,
      started,
      status,
      progress: progress.progress,
      step,
      time,
      frames,
      energyError,
    });
    if (progress.kinetic !== null && progress.potential !== null) {
      this.energies.value = { kinetic: progress.kinetic, potential: progress.potential };
    }
  }

  #update(simulation: Simulation): void {
    this.simulation.value = simulation;
    const over = isOver(simulation.status);
    this.#loader?.update(simulation.frames, over);
    if (!over) return;
    this.#unfollow();
    if (simulation.status === "successful" && this.analysis.peek() === undefined) {
      void this.#loadAnalysis();
    }
  }

  /** Masses only refine the picture (sizes, colours): without them it is shown all the same. */
  async #loadMasses(): Promise<void> {
    try {
      this.masses.value = await readMasses(this.id, this.#stop.signal);
    } catch (error) {
      if (!this.#stop.signal.aborted) console.warn("masses are not shown:", error);
    }
  }

  async #loadAnalysis(): Promise<void> {
    try {
      this.analysis.value = await readAnalysis(this.id, this.#stop.signal);
    } catch (error) {
      if (!this.#stop.signal.aborted) console.warn("no analysis to show:", error);
    }
  }
}

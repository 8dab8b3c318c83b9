/** Fetches frames one range after another, as the service records them, until stopped. */
import type { Frame } from "../api/frames.ts";
import { readFrames } from "../api/gravity.ts";
import { asProblem, type ApiProblem } from "../api/problem.ts";
import { nextRange } from "./fetch-plan.ts";
import type { FrameStore } from "./frame-store.ts";

const RETRY_MS = [500, 1000, 2000, 4000, 8000] as const;

export interface FrameLoaderEvents {
  readonly frames: (frames: readonly Frame[]) => void;
  /** Loading fails (and is tried again where that can help), or is well again (undefined). */
  readonly problem: (problem: ApiProblem | undefined) => void;
}

export class FrameLoader {
  readonly #id: string;
  readonly #particles: number;
  readonly #store: FrameStore;
  readonly #events: FrameLoaderEvents;
  readonly #stop = new AbortController();
  #recorded = 0;
  #over = false;
  #running = false;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(id: string, particles: number, store: FrameStore, events: FrameLoaderEvents) {
    this.#id = id;
    this.#particles = particles;
    this.#store = store;
    this.#events = events;
  }

  /** Says how many frames there are now, and whether more will come. */
  update(recorded: number, over: boolean): void {
    this.#recorded = Math.max(this.#recorded, recorded);
    this.#over ||= over;
    void this.#run();
  }

  stop(): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    clearTimeout(this.#timer);
    try {
      for (;;) {
        const range = nextRange(this.#store, this.#particles, this.#recorded, this.#over);
        if (range === undefined || this.#stop.signal.aborted) break;
        const answer = await readFrames(this.#id, range.from, range.to, this.#stop.signal);
        this.#recorded = Math.max(this.#recorded, answer.recorded);
        if (answer.frames.length === 0) break;
        for (const frame of answer.frames) this.#store.add(frame);
        if (this.#failures > 0) this.#events.problem(undefined);
        this.#failures = 0;
        this.#events.frames(answer.frames);
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#failed(asProblem(error));
    } finally {
      this.#running = false;
    }
  }

  #failed(problem: ApiProblem): void {
    this.#events.problem(problem);
    if (!problem.retryable) return;
    const wait = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)]!;
    this.#failures += 1;
    this.#timer = setTimeout(() => void this.#run(), wait);
  }
}

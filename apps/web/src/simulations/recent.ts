/** The newest simulations, read again while any of them runs and whenever the page is looked at again. */
import { signal, type Signal } from "@preact/signals";
import { listSimulations } from "../api/gravity.ts";
import { asProblem, type ApiProblem } from "../api/problem.ts";
import { isOver, type Simulation } from "../api/resources.ts";

const MOST = 12;
const BUSY_MS = 2000;
const IDLE_MS = 15_000;

export class Recent {
  readonly simulations: Signal<readonly Simulation[] | undefined> = signal(undefined);
  readonly problem: Signal<ApiProblem | undefined> = signal(undefined);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reading: AbortController | undefined;

  constructor() {
    document.addEventListener("visibilitychange", () => this.refresh());
    this.refresh();
  }

  /** Reads the list now; an earlier reading that is still under way is given up. */
  refresh(): void {
    clearTimeout(this.#timer);
    this.#reading?.abort();
    if (document.hidden) return;
    this.#reading = new AbortController();
    void this.#read(this.#reading.signal);
  }

  async #read(signal: AbortSignal): Promise<void> {
    try {
      this.simulations.value = await listSimulations(MOST, signal);
      this.problem.value = undefined;
    } catch (error) {
      if (signal.aborted) return;
      this.problem.value = asProblem(error);
    }
    const busy = this.simulations.value?.some(({ status }) => !isOver(status)) === true;
    this.#timer = setTimeout(() => this.refresh(), busy ? BUSY_MS : IDLE_MS);
  }
}

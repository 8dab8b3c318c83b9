/** The presets and integrators that the service offers, read once and tried again until the service answers. */
import { batch, signal, type Signal } from "@preact/signals";
import { readOffer } from "../api/gravity.ts";
import { asProblem, type ApiProblem } from "../api/problem.ts";
import type { Preset } from "../api/resources.ts";

const RETRY_MS = 2000;

export class Catalogue {
  readonly presets: Signal<readonly Preset[] | undefined> = signal(undefined);
  readonly integrators: Signal<readonly string[]> = signal([]);
  readonly problem: Signal<ApiProblem | undefined> = signal(undefined);

  constructor() {
    void this.#load();
  }

  of(kind: string | undefined): Preset | undefined {
    return this.presets.value?.find((preset) => preset.kind === kind);
  }

  async #load(): Promise<void> {
    try {
      const offer = await readOffer();
      batch(() => {
        this.presets.value = offer.presets;
        this.integrators.value = offer.integrators;
        this.problem.value = undefined;
      });
    } catch (error) {
      this.problem.value = asProblem(error);
      setTimeout(() => void this.#load(), RETRY_MS);
    }
  }
}

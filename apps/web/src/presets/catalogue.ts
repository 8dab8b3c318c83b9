/** The presets, read once and tried again until the service answers. */
import { signal, type Signal } from "@preact/signals";
import { listPresets } from "../api/gravity.ts";
import { asProblem, type ApiProblem } from "../api/problem.ts";
import type { Preset } from "../api/resources.ts";

const RETRY_MS = 2000;

export class Catalogue {
  readonly presets: Signal<readonly Preset[] | undefined> = signal(undefined);
  readonly problem: Signal<ApiProblem | undefined> = signal(undefined);

  constructor() {
    void this.#load();
  }

  of(kind: string | undefined): Preset | undefined {
    return this.presets.value?.find((preset) => preset.kind === kind);
  }

  async #load(): Promise<void> {
    try {
      this.presets.value = await listPresets();
      this.problem.value = undefined;
    } catch (error) {
      this.problem.value = asProblem(error);
      setTimeout(() => void this.#load(), RETRY_MS);
    }
  }
}

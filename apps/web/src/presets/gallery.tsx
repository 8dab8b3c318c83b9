/** The presets as a group of radio cards, and what the chosen one is. */
import type { Preset } from "../api/resources.ts";
import { Thumbnail } from "./thumbnail.tsx";

interface Properties {
  readonly presets: readonly Preset[] | undefined;
  readonly chosen: Preset | undefined;
  readonly onChoose: (preset: Preset) => void;
}

const SKELETONS = Array.from({ length: 9 }, (_, i) => i);

export function Gallery({ presets, chosen, onChoose }: Properties) {
  return (
    <fieldset class="gallery">
      <legend class="section-title">Choose a system</legend>
      <div class="cards" aria-busy={presets === undefined}>
        {presets === undefined
          ? SKELETONS.map((i) => <div key={i} class="card skeleton" />)
          : presets.map((preset) => (
              <label key={preset.kind} class="card" data-testid={`preset-${preset.kind}`}>
                <input
                  type="radio"
                  name="preset"
                  value={preset.kind}
                  checked={preset.kind === chosen?.kind}
                  aria-describedby={preset.kind === chosen?.kind ? "preset-description" : undefined}
                  onChange={() => onChoose(preset)}
                />
                <Thumbnail preset={preset} />
                <span class="card-title">{preset.title}</span>
              </label>
            ))}
      </div>
      <p id="preset-description" class="preset-description">
        {chosen?.description}
      </p>
    </fieldset>
  );
}

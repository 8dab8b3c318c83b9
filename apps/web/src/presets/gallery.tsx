/** The presets as a group of radio cards. */
import type { Preset } from "../api/resources.ts";
import { Thumbnail } from "./thumbnail.tsx";

interface Properties {
  readonly presets: readonly Preset[] | undefined;
  readonly chosen: string | undefined;
  readonly onChoose: (preset: Preset) => void;
}

export function Gallery({ presets, chosen, onChoose }: Properties) {
  return (
    <fieldset class="gallery">
      <legend class="section-title">Choose a system</legend>
      <div class="cards" aria-busy={presets === undefined}>
        {presets === undefined
          ? [0, 1, 2, 3, 4].map((i) => <div key={i} class="card skeleton" />)
          : presets.map((preset) => (
              <label key={preset.kind} class="card" data-testid={`preset-${preset.kind}`}>
                <input
                  type="radio"
                  name="preset"
                  value={preset.kind}
                  checked={preset.kind === chosen}
                  onChange={() => onChoose(preset)}
                />
                <Thumbnail kind={preset.kind} />
                <span class="card-text">
                  <span class="card-title">{preset.title}</span>
                  <span class="card-description">{preset.description}</span>
                </span>
              </label>
            ))}
      </div>
    </fieldset>
  );
}

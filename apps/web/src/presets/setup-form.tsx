/** Choosing a preset, adjusting it, and starting it. */
import { useState } from "preact/hooks";
import { createSimulation } from "../api/gravity.ts";
import { asProblem, type ApiProblem } from "../api/problem.ts";
import type { Preset } from "../api/resources.ts";
import { compact, count, simulatedTime } from "../format/quantity.ts";
import { integratorWords } from "../simulations/integrators.ts";
import { ProblemNotice } from "../shell/problem-notice.tsx";
import { Gallery } from "./gallery.tsx";
import { NumberField } from "./number-field.tsx";
import { errorFor, isSeeded, requestOf, setupOf, workOf, type Setup } from "./setup.ts";

interface Properties {
  readonly presets: readonly Preset[] | undefined;
  readonly integrators: readonly string[];
  readonly setup: Setup | undefined;
  readonly onChange: (setup: Setup) => void;
  readonly onStarted: (id: string) => void;
}

export function SetupForm({ presets, integrators, setup, onChange, onStarted }: Properties) {
  const [starting, setStarting] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | undefined>();
  const start = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (setup === undefined || starting) return;
    setStarting(true);
    setProblem(undefined);
    try {
      onStarted(await createSimulation(requestOf(setup)));
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setStarting(false);
    }
  };
  const change = (next: Setup): void => {
    setProblem(undefined);
    onChange(next);
  };
  return (
    <form class="setup" onSubmit={(event) => void start(event)}>
      <Gallery
        presets={presets}
        chosen={setup?.preset}
        onChoose={(preset) => change(setupOf(preset))}
      />
      <Parameters
        setup={setup}
        integrators={integrators}
        errors={problem?.errors ?? []}
        onChange={change}
      />
      <ProblemNotice problem={problem} onDismiss={() => setProblem(undefined)} />
      <div class="run-bar">
        <Work setup={setup} />
        <button
          type="submit"
          class="primary"
          data-testid="run"
          disabled={setup === undefined}
          aria-busy={starting}
        >
          {starting ? "Starting…" : "Run"}
        </button>
      </div>
    </form>
  );
}

interface ParametersProperties {
  readonly setup: Setup | undefined;
  readonly integrators: readonly string[];
  readonly errors: ApiProblem["errors"];
  readonly onChange: (setup: Setup) => void;
}

function Parameters({ setup, integrators, errors, onChange }: ParametersProperties) {
  if (setup === undefined) return <div class="parameters skeleton" />;
  const { preset } = setup;
  const units = preset.unitNames;
  const set = (changed: Partial<Setup>): void => onChange({ ...setup, ...changed });
  return (
    <div class="parameters">
      {isSeeded(preset) && <Population setup={setup} errors={errors} set={set} />}
      <NumberField
        label="Steps"
        value={setup.steps}
        min={1}
        error={errorFor(errors, "steps")}
        onInput={(steps) => set({ steps })}
      />
      <div class="field">
        <label for="integrator">Integrator</label>
        <select
          id="integrator"
          value={setup.integrator}
          onChange={(event) => set({ integrator: event.currentTarget.value })}
        >
          {integrators.map((name) => (
            <option key={name} value={name}>
              {integratorWords(name)}
            </option>
          ))}
        </select>
      </div>
      <details class="more">
        <summary>Step size, recording, softening</summary>
        <div class="more-fields">
          <NumberField
            label={`Step (${units.time})`}
            value={setup.dt}
            step="any"
            error={errorFor(errors, "dt")}
            onInput={(dt) => set({ dt })}
          />
          <NumberField
            label="Record every"
            hint="steps"
            value={setup.snapshotEvery}
            min={1}
            error={errorFor(errors, "snapshotEvery")}
            onInput={(snapshotEvery) => set({ snapshotEvery })}
          />
          <NumberField
            label={`Softening (${units.length})`}
            value={setup.softening}
            min={0}
            step="any"
            error={errorFor(errors, "units.softening", "softening")}
            onInput={(softening) => set({ softening })}
          />
        </div>
      </details>
    </div>
  );
}

interface PopulationProperties {
  readonly setup: Setup;
  readonly errors: ApiProblem["errors"];
  readonly set: (changed: Partial<Setup>) => void;
}

/** Particles on a logarithmic slider beside the exact number, and the seed. */
function Population({ setup, errors, set }: PopulationProperties) {
  const range = setup.preset.particles;
  if ("fixed" in range) return null;
  const low = Math.log(Math.max(1, range.min));
  const high = Math.log(range.max);
  const place = (Math.log(Math.max(1, setup.particles)) - low) / (high - low);
  return (
    <>
      <NumberField
        label="Particles"
        value={setup.particles}
        min={range.min}
        max={range.max}
        error={errorFor(errors, "initial.n", "n")}
        onInput={(particles) => set({ particles })}
      >
        <input
          type="range"
          aria-label="Particles, logarithmic"
          aria-valuetext={count(setup.particles)}
          min={0}
          max={1}
          step={0.005}
          value={Number.isFinite(place) ? place : 0}
          onInput={(event) => {
            const exact = Math.exp(low + event.currentTarget.valueAsNumber * (high - low));
            const digits = 10 ** Math.max(0, Math.floor(Math.log10(exact)) - 1);
            const round = Math.round(exact / digits) * digits;
            set({ particles: Math.min(range.max, Math.max(range.min, round)) });
          }}
        />
      </NumberField>
      <NumberField
        label="Seed"
        value={setup.seed}
        min={0}
        max={4294967295}
        error={errorFor(errors, "initial.seed", "seed")}
        onInput={(seed) => set({ seed })}
      >
        <button
          type="button"
          class="quiet"
          onClick={() => set({ seed: Math.floor(Math.random() * 1e6) })}
        >
          Another
        </button>
      </NumberField>
    </>
  );
}

function Work({ setup }: { readonly setup: Setup | undefined }) {
  if (setup === undefined) return <p class="work" />;
  const { interactions, frames, time } = workOf(setup);
  return (
    <p class="work">
      <span>{simulatedTime(time, setup.preset.unitNames)}</span>
      <span>
        {count(frames)} frames · {compact(interactions)} pairs
      </span>
    </p>
  );
}

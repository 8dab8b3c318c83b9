/** Zoom buttons, the panel of view settings, and the legend of colours. */
import { useEffect, useRef } from "preact/hooks";
import type { Signal } from "@preact/signals";
import type { ColourBy } from "./stage.ts";
import type { Subject } from "./subject.ts";
import { MOST_TRAILS } from "./trails.ts";
import type { ViewSettings } from "./view-settings.ts";

interface Properties {
  readonly settings: ViewSettings;
  readonly subject: Subject | undefined;
  readonly onZoom: (factor: number) => void;
  readonly onHome: () => void;
}

const ZOOM = 1.5;

export function ViewTools({ settings, subject, onZoom, onHome }: Properties) {
  const few = (subject?.bodies.particles ?? 0) <= MOST_TRAILS;
  return (
    <>
      <div class="view-tools">
        {subject?.preview === false && <Settings settings={settings} subject={subject} few={few} />}
        <div class="zoom" role="group" aria-label="Zoom">
          <button type="button" aria-label="Zoom in" onClick={() => onZoom(1 / ZOOM)}>
            <svg viewBox="0 0 20 20" aria-hidden="true">
              <path d="M9 4h2v5h5v2h-5v5H9v-5H4V9h5z" />
            </svg>
          </button>
          <button type="button" aria-label="Zoom out" onClick={() => onZoom(ZOOM)}>
            <svg viewBox="0 0 20 20" aria-hidden="true">
              <path d="M4 9h12v2H4z" />
            </svg>
          </button>
          <button type="button" aria-label="Reset the view" onClick={onHome}>
            <svg viewBox="0 0 20 20" aria-hidden="true">
              <path d="M3 3h5v2H5v3H3zm9 0h5v5h-2V5h-3zM3 12h2v3h3v2H3zm12 0h2v5h-5v-2h3zM10 7.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z" />
            </svg>
          </button>
        </div>
      </div>
      <Legend settings={settings} subject={subject} />
    </>
  );
}

interface SettingsProperties {
  readonly settings: ViewSettings;
  readonly subject: Subject;
  readonly few: boolean;
}

function Settings({ settings, subject, few }: SettingsProperties) {
  const panel = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const stop = new AbortController();
    const close = (event: Event): void => {
      const details = panel.current;
      if (details === null || !details.open) return;
      if (event instanceof KeyboardEvent) {
        if (event.key !== "Escape") return;
        if (details.contains(document.activeElement)) details.querySelector("summary")?.focus();
      } else if (details.contains(event.target as Node)) return;
      details.open = false;
    };
    addEventListener("pointerdown", close, { signal: stop.signal });
    addEventListener("keydown", close, { signal: stop.signal });
    return () => stop.abort();
  }, []);
  const colours: readonly (readonly [ColourBy, string])[] = few
    ? [
        ["body", "Body"],
        ["speed", "Speed"],
      ]
    : [
        ["speed", "Speed"],
        ["order", "Origin (order in the list)"],
        ["mass", "Mass"],
      ];
  return (
    <details class="view-settings" ref={panel}>
      <summary>View</summary>
      <div class="view-panel">
        <label>
          Colour by
          <select
            value={settings.colourBy.value}
            onChange={(event) => (settings.colourBy.value = event.currentTarget.value as ColourBy)}
          >
            {colours.map(([value, title]) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </select>
        </label>
        {few && (
          <label>
            Follow
            <select
              value={settings.follow.value}
              onChange={(event) => (settings.follow.value = Number(event.currentTarget.value))}
            >
              <option value={-1}>Nothing</option>
              {Array.from({ length: subject.bodies.particles }, (_, i) => (
                <option key={i} value={i}>
                  {subject.bodies.names[i] ?? `Body ${i + 1}`}
                </option>
              ))}
            </select>
          </label>
        )}
        {few && (
          <Toggle
            label="Compress distances (∛)"
            value={settings.mode.value === "compressed"}
            onChange={(on) => (settings.mode.value = on ? "compressed" : "true")}
          />
        )}
        {few && <SignalToggle label="Trails" signal={settings.trails} />}
        {subject.bodies.names.length > 0 && <SignalToggle label="Names" signal={settings.labels} />}
        <SignalToggle label="Grid" signal={settings.grid} />
        <SignalToggle label="Turn slowly" signal={settings.turning} />
      </div>
    </details>
  );
}

function SignalToggle({
  label,
  signal,
}: {
  readonly label: string;
  readonly signal: Signal<boolean>;
}) {
  return <Toggle label={label} value={signal.value} onChange={(on) => (signal.value = on)} />;
}

interface ToggleProperties {
  readonly label: string;
  readonly value: boolean;
  readonly onChange: (on: boolean) => void;
}

function Toggle({ label, value, onChange }: ToggleProperties) {
  return (
    <label class="toggle">
      <input
        type="checkbox"
        checked={value}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      {label}
    </label>
  );
}

const ENDS: Readonly<Partial<Record<ColourBy, readonly [string, string]>>> = {
  speed: ["slow", "fast"],
  mass: ["light", "heavy"],
  order: ["first", "last"],
};

function Legend({ settings, subject }: Pick<Properties, "settings" | "subject">) {
  if (subject === undefined) return null;
  const ends = ENDS[settings.colourBy.value];
  return (
    <p class="legend">
      {subject.preview && <span>The initial state</span>}
      {ends !== undefined && (
        <span class="ramp-legend">
          {ends[0]} <span class="ramp" aria-hidden="true" /> {ends[1]}
        </span>
      )}
      {settings.mode.value === "compressed" && <span>Distances compressed: ∛r</span>}
    </p>
  );
}

/** The energy error's curve with the replay's playhead over it. */
import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { UnitNames } from "../api/resources.ts";
import { scientific, timeScale } from "../format/quantity.ts";
import { spanOf } from "../playback/playhead.ts";
import { currentScheme } from "../shell/preferences.ts";
import type { Session } from "../simulations/session.ts";
import { EnergyPlot, type PlotColors } from "./energy-plot.ts";

interface Properties {
  readonly session: Session;
  readonly units: UnitNames | undefined;
}

export function EnergyChart({ session, units }: Properties) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<EnergyPlot | undefined>(undefined);
  const scheme = currentScheme();
  const span = spanOf(session.simulation.value);
  const { factor, name } = timeScale(units, span);

  const fill = (): void => {
    const { times, errors } = session.series;
    plot.current?.update({ times: times.map((time) => time * factor), errors, end: span * factor });
  };
  useEffect(() => {
    const parent = box.current!;
    const made = new EnergyPlot(parent, colorsOf(parent), parent.clientWidth, parent.clientHeight);
    plot.current = made;
    const observer = new ResizeObserver(() => made.resize(parent.clientWidth, parent.clientHeight));
    observer.observe(parent);
    fill();
    return () => {
      observer.disconnect();
      made.dispose();
      plot.current = undefined;
    };
  }, [scheme, session]);
  useEffect(fill, [span, factor]);
  useSignalEffect(() => {
    void session.newest.value;
    fill();
  });

  return (
    <figure class="chart">
      <figcaption>
        <span>
          Relative energy error <span class="formula">|ΔE / E₀|</span>
        </span>
        <span class="chart-value">{scientific(session.simulation.value?.energyError)}</span>
      </figcaption>
      <div class="chart-box" ref={box} aria-hidden="true">
        <Playhead session={session} span={span} />
      </div>
      <span class="chart-unit" aria-hidden="true">
        {name.length <= 8 ? name : ""}
      </span>
    </figure>
  );
}

function Playhead({ session, span }: { readonly session: Session; readonly span: number }) {
  void session.position.value;
  void session.newest.value;
  const share = Math.min(1, Math.max(0, (session.moment()?.time ?? 0) / span));
  return <div class="playhead" style={{ "--share": share }} />;
}

function colorsOf(element: HTMLElement): PlotColors {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    line: read("--accent"),
    fill: read("--accent-wash"),
    text: read("--muted"),
    grid: read("--line"),
  };
}

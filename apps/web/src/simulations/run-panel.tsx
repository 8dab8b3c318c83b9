/** What is known of the open simulation: state, progress, numbers, and what can be done with it. */
import type { Simulation, UnitNames } from "../api/resources.ts";
import { useState } from "preact/hooks";
import { isOver } from "../api/resources.ts";
import { count, quantity, scientific, wallTime } from "../format/quantity.ts";
import { ProblemNotice } from "../shell/problem-notice.tsx";
import { isCloud } from "../viewer/body-style.ts";
import { AnalysisTable } from "./analysis-table.tsx";
import { integratorWords } from "./integrators.ts";
import { Readout } from "./readout.tsx";
import type { Session } from "./session.ts";
import { STATUS_WORDS } from "./status.ts";

interface Properties {
  readonly session: Session;
  readonly units: UnitNames | undefined;
  /** Undefined where the simulation is of no preset that could be changed. */
  readonly onAgain: (() => void) | undefined;
}

export function RunPanel({ session, units, onAgain }: Properties) {
  const simulation = session.simulation.value;
  const problem = session.problem.value;
  const connection = session.connection.value;
  const live = simulation !== undefined && !isOver(simulation.status);
  return (
    <section class="run-panel" aria-labelledby="run-title">
      <a class="back" href="#/">
        <span aria-hidden="true">←</span> All systems
      </a>
      <h1 id="run-title">
        {simulation?.name ?? (problem === undefined ? "Opening…" : "No simulation")}
      </h1>
      <Progress simulation={simulation} missing={problem !== undefined} />
      <ProblemNotice
        problem={problem}
        onDismiss={simulation === undefined ? undefined : () => (session.problem.value = undefined)}
      />
      {connection !== undefined && (
        <p class="notice" role="alert">
          <span>
            <strong>{connection.title}.</strong> Trying again…
          </span>
        </p>
      )}
      {simulation?.message != null && simulation.message !== "" && (
        <p class="notice">{simulation.message}</p>
      )}
      {simulation !== undefined && (
        <>
          <div class="actions">
            {live ? (
              <button
                type="button"
                class="secondary"
                data-testid="cancel"
                disabled={session.cancelling.value}
                onClick={() => void session.cancel()}
              >
                {session.cancelling.value ? "Cancelling…" : "Cancel"}
              </button>
            ) : (
              onAgain !== undefined && (
                <button type="button" class="secondary" onClick={onAgain}>
                  Change and run again
                </button>
              )
            )}
            <CopyLink />
          </div>
          <Readouts session={session} simulation={simulation} units={units} />
          <AnalysisTable
            analysis={session.analysis.value}
            status={simulation.status}
            many={isCloud(simulation.particles, session.masses.value)}
            units={units}
          />
        </>
      )}
    </section>
  );
}

function CopyLink() {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(location.href);
    setCopied(true);
  };
  if (navigator.clipboard === undefined) return null; // only where the page's origin is trusted
  return (
    <button
      type="button"
      class="quiet"
      aria-live="polite"
      onBlur={() => setCopied(false)}
      onClick={() => void copy().catch(() => setCopied(false))}
    >
      {copied ? "Copied" : "Copy link"}
    </button>
  );
}

interface ProgressProperties {
  readonly simulation: Simulation | undefined;
  readonly missing: boolean;
}

function Progress({ simulation, missing }: ProgressProperties) {
  const progress = simulation?.progress ?? 0;
  const status = simulation?.status;
  return (
    <div class="progress-block" hidden={missing && simulation === undefined}>
      <div class="progress-line">
        <p role="status" class="chip" data-testid="status" data-status={status}>
          {status === undefined ? "Opening" : STATUS_WORDS[status]}
        </p>
        <span class="progress-number">{Math.floor(progress)} %</span>
      </div>
      <div
        class="progress"
        role="progressbar"
        data-testid="progress"
        data-status={status}
        aria-label="Progress of the computation"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(progress)}
      >
        <div style={{ transform: `scaleX(${progress / 100})` }} />
      </div>
    </div>
  );
}

interface ReadoutsProperties {
  readonly units: UnitNames | undefined;
  readonly session: Session;
  readonly simulation: Simulation;
}

function Readouts({ session, simulation, units }: ReadoutsProperties) {
  const { step, steps, particles, integrator, dt, started, finished } = simulation;
  const begun = started === null ? undefined : Date.parse(started);
  const until = finished === null ? Date.now() : Date.parse(finished);
  const elapsedMs = begun === undefined ? undefined : Math.max(0, until - begun);
  const energies = session.energies.value;
  const virial =
    energies === undefined ? undefined : (2 * energies.kinetic) / Math.abs(energies.potential);
  const pace = elapsedMs === undefined || elapsedMs < 20 ? undefined : (1000 * step) / elapsedMs;
  return (
    <dl class="readouts">
      <Readout term="Step" value={`${count(step)} / ${count(steps)}`} />
      <Readout term="Computing time" value={elapsedMs === undefined ? "–" : wallTime(elapsedMs)} />
      <Readout term="Particles" value={count(particles)} />
      <Readout term="Steps a second" value={pace === undefined ? "–" : count(pace)} />
      <Readout term="Energy error" value={scientific(simulation.energyError)} />
      <Readout
        term="Virial ratio"
        value={quantity(virial ?? session.analysis.value?.virialRatio)}
      />
      <Readout term="Integrator" value={integratorWords(integrator)} />
      <Readout term="Step size" value={inUnit(dt, units?.time)} />
    </dl>
  );
}

/** With the unit where that is a short word. */
function inUnit(value: number, unit = ""): string {
  return unit.length <= 8 ? `${quantity(value)} ${unit}` : quantity(value);
}

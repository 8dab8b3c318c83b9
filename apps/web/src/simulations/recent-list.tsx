/** The newest simulations, each a link to its replay. */
import { isOver, type Simulation } from "../api/resources.ts";
import { ago, count } from "../format/quantity.ts";
import { hashOf } from "../shell/route.ts";
import type { Recent } from "./recent.ts";
import { STATUS_WORDS } from "./status.ts";

export function RecentList({ recent, open }: { readonly recent: Recent; readonly open?: string }) {
  const simulations = recent.simulations.value;
  const problem = recent.problem.value;
  return (
    <section class="recent" aria-labelledby="recent-title">
      <h2 id="recent-title" class="section-title">
        Recent simulations
      </h2>
      {problem !== undefined && <p class="hint error">{problem.title}. Trying again…</p>}
      {simulations === undefined ? (
        <ul class="recent-list" aria-busy="true">
          {[0, 1, 2].map((i) => (
            <li key={i} class="recent-row skeleton" />
          ))}
        </ul>
      ) : simulations.length === 0 ? (
        <p class="hint">Nothing yet: what you run appears here.</p>
      ) : (
        <ul class="recent-list" data-testid="recent">
          {simulations.map((simulation) => (
            <Row
              key={simulation.simulation_id}
              simulation={simulation}
              current={simulation.simulation_id === open}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

interface RowProperties {
  readonly simulation: Simulation;
  readonly current: boolean;
}

function Row({ simulation, current }: RowProperties) {
  const { simulation_id: id, name, status, progress, particles, steps, created } = simulation;
  return (
    <li>
      <a
        class="recent-row"
        href={hashOf({ kind: "simulation", id })}
        aria-current={current ? "page" : undefined}
      >
        <span class="recent-name">{name}</span>
        <span class="chip" data-status={status}>
          {STATUS_WORDS[status]}
        </span>
        <span class="recent-detail">
          {count(particles)} × {count(steps)} steps
        </span>
        <span class="recent-detail end">
          {isOver(status) ? ago(Date.now() - Date.parse(created)) : `${Math.floor(progress)} %`}
        </span>
      </a>
    </li>
  );
}

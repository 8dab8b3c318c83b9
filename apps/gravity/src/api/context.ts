/** What the routes work with. */
import { notFound, type Metrics } from "@hotpath/http";
import type { Runner } from "../jobs/runner.ts";
import type { EventHub } from "../observability/event-hub.ts";
import type { Simulation } from "../store/simulation.ts";
import type { SimulationStore } from "../store/simulation-store.ts";

export interface ApiContext {
  readonly store: SimulationStore;
  readonly runner: Runner;
  readonly hub: EventHub;
  readonly metrics: Metrics;
  readonly framesDir: string;
  /** Throws 404. */
  find(id: string): Promise<Simulation>;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function findIn(store: SimulationStore): (id: string) => Promise<Simulation> {
  return async (id) => {
    const simulation = UUID.test(id) ? await store.find(id) : undefined;
    if (simulation === undefined)
      throw notFound(`there is no simulation ${JSON.stringify(id.slice(0, 64))}`);
    return simulation;
  };
}

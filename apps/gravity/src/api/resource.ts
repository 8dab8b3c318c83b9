/** How a simulation looks from outside. */
import type { Progress } from "../jobs/order.ts";
import type { Simulation } from "../store/simulation.ts";

export interface SimulationResource {
  readonly simulation_id: string;
  readonly name: string;
  readonly status: Simulation["status"];
  /** Percent of the steps that are done. */
  readonly progress: number;
  readonly step: number;
  readonly steps: number;
  readonly time: number;
  readonly dt: number;
  readonly integrator: string;
  readonly solver: string;
  /** What computed the forces, and the RMS relative error to expect of it; null before the end. */
  readonly forces: string | null;
  readonly forceError: number | null;
  readonly errorTarget: number | null;
  readonly theta: number | null;
  readonly collisions: Simulation["collisions"];
  readonly restitution: number;
  /** Particles at the start; `merged` of them are gone. */
  readonly particles: number;
  readonly merged: number;
  readonly bounces: number;
  readonly units: Simulation["units"];
  readonly initial: Simulation["initial"];
  readonly snapshotEvery: number;
  readonly frames: number;
  readonly energyError: number | null;
  readonly created: string;
  readonly started: string | null;
  readonly finished: string | null;
  readonly message: string | null;
  /** Why the run could not go on, when it was the simulation itself. */
  readonly failure: Simulation["failure"];
  readonly links: readonly { readonly rel: string; readonly href: string }[];
}

/** `live` is what the run in this process last reported; it is ahead of the database. */
export function resourceOf(simulation: Simulation, live: Progress | undefined): SimulationResource {
  const { id, steps } = simulation;
  const { step, time, frames, energyError, merged, bounces } = live ?? simulation;
  const base = `/api/v1/simulations/${id}`;
  return {
    simulation_id: id,
    name: simulation.name,
    status: simulation.status,
    progress: percent(step, steps),
    step,
    steps,
    time,
    dt: simulation.dt,
    integrator: simulation.integrator,
    solver: simulation.solver,
    forces: simulation.forces,
    forceError: simulation.forceError,
    errorTarget: simulation.errorTarget,
    theta: simulation.theta,
    collisions: simulation.collisions,
    restitution: simulation.restitution,
    particles: simulation.n,
    merged,
    bounces,
    units: simulation.units,
    initial: simulation.initial,
    snapshotEvery: simulation.snapshotEvery,
    frames,
    energyError,
    created: simulation.created.toISOString(),
    started: simulation.started?.toISOString() ?? null,
    finished: simulation.finished?.toISOString() ?? null,
    message: simulation.message,
    failure: simulation.failure,
    links: [
      { rel: "self", href: base },
      { rel: "state", href: `${base}/state` },
      { rel: "frames", href: `${base}/frames` },
      { rel: "events", href: `${base}/events` },
      { rel: "results", href: `/results/${id}` },
    ],
  };
}

export function percent(step: number, steps: number): number {
  return Math.floor((1000 * Math.min(step, steps)) / steps) / 10;
}

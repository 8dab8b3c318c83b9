/** What a worker is told to do for a simulation: its background job, or one synchronous call. */
import type { Bodies } from "@hotpath/nbody";
import type { Simulation } from "../store/simulation.ts";
import { checkpointPath } from "../trajectory/checkpoint-file.ts";
import { framePath } from "../trajectory/frame-file.ts";
import { CONTROL, type Order } from "./order.ts";

/** From where the simulation stands to its end, on one thread, recorded. */
export function jobOrder(simulation: Simulation, bodies: Bodies, folder: string): Order {
  const { id, dt, steps, step, snapshotEvery } = simulation;
  return {
    ...common(simulation, bodies),
    dt,
    steps,
    startStep: step,
    threads: 1,
    snapshotEvery,
    framePath: framePath(folder, id),
    checkpointPath: checkpointPath(folder, id),
  };
}

/** So many steps from the present state, with steps of its own; leaves no frames and no checkpoints. */
export function callOrder(
  simulation: Simulation,
  bodies: Bodies,
  call: { readonly dt: number; readonly steps: number; readonly threads: number },
): Order {
  return {
    ...common(simulation, bodies),
    ...call,
    startStep: 0,
    snapshotEvery: 0,
    framePath: undefined,
    checkpointPath: undefined,
  };
}

type Common = Omit<
  Order,
  "dt" | "steps" | "startStep" | "threads" | "snapshotEvery" | "framePath" | "checkpointPath"
>;

function common(simulation: Simulation, bodies: Bodies): Common {
  const { id, n, units, integrator, solver, errorTarget, theta } = simulation;
  const { collisions, restitution, bounces } = simulation;
  const control = new Int32Array(new SharedArrayBuffer(4));
  control[0] = CONTROL.run;
  return {
    id,
    bodies: bodies.handle,
    n,
    units,
    integrator,
    solver,
    errorTarget,
    theta,
    collisions,
    restitution,
    bounces,
    initialEnergy: simulation.initialEnergy ?? undefined,
    control,
  };
}

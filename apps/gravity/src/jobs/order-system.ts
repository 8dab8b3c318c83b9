/** The system that an order asks for: from its last checkpoint, or from the particles that came with it. */
import {
  Bodies,
  createSystem,
  directForces,
  ForceThreads,
  loadKernels,
  NbodyError,
  restoreSystem,
  treeForces,
  type Accuracy,
  type Forces,
  type Kernels,
  type System,
  type Units,
} from "@hotpath/nbody";
import { readCheckpoint } from "../trajectory/checkpoint-file.ts";
import type { Order } from "./order.ts";

export interface OrderSystem {
  readonly system: System;
  /** Total energy at step 0; undefined when it is to be measured. */
  readonly initialEnergy: number | undefined;
  /** Those that the system does not count. */
  readonly bouncesBefore: number;
}

/** From the last checkpoint where there is one, so that every integrator goes on with the same bits. */
export async function systemFor(order: Order): Promise<OrderSystem> {
  const saved =
    order.checkpointPath === undefined ? undefined : readCheckpoint(order.checkpointPath);
  if (saved !== undefined) {
    try {
      return { ...saved, system: await restored(order, saved.system) };
    } catch (error) {
      // Of another version, or damaged: the database has an older state, which is as good.
      if (!(error instanceof NbodyError && error.code === "bad-format")) throw error;
    }
  }
  const { units, integrator, dt, startStep, collisions, restitution } = order;
  const bodies = Bodies.adopt(order.bodies);
  const system = await createSystem({
    bodies,
    units,
    integrator,
    dt,
    stepsDone: startStep,
    collisions,
    restitution,
    forces: await threadedForces(order, bodies),
  });
  return { system, initialEnergy: order.initialEnergy, bouncesBefore: order.bounces };
}

/** The system whose checkpoint it is, on one thread. */
export function restored(order: Order, checkpoint: Uint8Array): Promise<System> {
  return restoreSystem(checkpoint, {
    forces: (kernels, bodies, units) => forcesFor(order, kernels, bodies, units),
  });
}

/** Threads beside this one, started by the first order that asks for them and kept warm. */
let crew: ForceThreads | undefined;

/** The bytes do not depend on how many threads there are, nor on which order gets them. */
async function threadedForces(order: Order, bodies: Bodies): Promise<Forces> {
  const { solver, threads, units } = order;
  const kernels = await loadKernels();
  if (threads < 2) return forcesFor(order, kernels, bodies, units);
  crew ??= await ForceThreads.start(threads);
  if (solver === "direct") return crew.forces(kernels, bodies, units);
  return crew.treeForces(kernels, bodies, units, accuracyOf(order));
}

function forcesFor(order: Order, kernels: Kernels, bodies: Bodies, units: Units): Forces {
  if (order.solver === "direct") return directForces(kernels, bodies, units);
  return treeForces(kernels, bodies, units, accuracyOf(order));
}

function accuracyOf({ errorTarget, theta }: Order): Accuracy {
  if (theta !== null) return { theta };
  return errorTarget === null ? {} : { errorTarget };
}

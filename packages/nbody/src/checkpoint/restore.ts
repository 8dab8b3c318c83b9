/** A system again from the bytes of a checkpoint. */
import { Bodies } from "../bodies/bodies.ts";
import { FLOAT_COLUMNS } from "../bodies/layout.ts";
import type { Forces, Units } from "../kernels/forces.ts";
import { loadKernels, type Kernels } from "../kernels/load.ts";
import { createSystemState } from "../system/system-state.ts";
import type { System } from "../system/system.ts";
import { decodeSnapshot } from "./format.ts";

export interface RestoreOptions {
  /** Replaces the default force solver; must compute what the one before did, to the bit. */
  readonly forces?: (kernels: Kernels, bodies: Bodies, units: Units) => Forces;
}

/**
 * Resolves to the system that checkpoint() was called on, in a memory of its own.
 * Throws NbodyError "bad-format" for bytes that are not a whole checkpoint.
 */
export async function restoreSystem(
  bytes: Uint8Array,
  options: RestoreOptions = {},
): Promise<System> {
  const snapshot = decodeSnapshot(bytes);
  const { header, columns } = snapshot;
  const bodies = Bodies.allocate(header.capacity);
  bodies.shrink(columns.get("id")!.length);
  for (const name of FLOAT_COLUMNS) bodies[name].set(columns.get(name)!);
  bodies.id.set(columns.get("id")!);
  const { energyLimit, ...rest } = header;
  const forces = options.forces?.(await loadKernels(), bodies, header.units);
  const system = await createSystemState({
    ...rest,
    bodies,
    ...(forces === undefined ? {} : { forces }),
    ...(energyLimit > 0 ? { energyLimit } : {}),
  });
  system.restore(snapshot);
  return system;
}

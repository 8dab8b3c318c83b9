/**
 * All of a system between two steps, as plain data: what a checkpoint's bytes are made of and what the
 * last good state is kept as while a system runs. taken() reuses its arrays, so keeping one costs a copy
 * and no garbage.
 */
import type { Bodies } from "../bodies/bodies.ts";
import { FLOAT_COLUMNS } from "../bodies/layout.ts";
import type { CollisionRule } from "../collisions/rule.ts";
import type { IntegratorName } from "../integrators/registry.ts";
import type { IntegratorSettings } from "../integrators/settings.ts";
import type { IntegratorState } from "../integrators/state.ts";
import type { Units } from "../kernels/forces.ts";

/** Everything of a system but its arrays. All numbers are finite. */
export interface SnapshotHeader {
  readonly integrator: IntegratorName;
  readonly settings: IntegratorSettings;
  readonly units: Units;
  readonly dt: number;
  readonly startTime: number;
  readonly stepsDone: number;
  /** Rows of the bodies' columns: the integrator's kept arrays are laid out by it, however few bodies are left. */
  readonly capacity: number;
  /** Whether ax, ay, az are those of the positions. */
  readonly current: boolean;
  readonly collisions: CollisionRule;
  readonly restitution: number;
  readonly merged: number;
  readonly bounces: number;
  readonly checkpointEvery: number;
  /** Largest relative error of the energy that is let pass; 0 for no limit. */
  readonly energyLimit: number;
  /** The energy that a perfect run would have now; 0 when not known. */
  readonly energyExpected: number;
}

export interface Snapshot {
  readonly header: SnapshotHeader;
  /** The columns of the bodies by name, `id` too. */
  readonly columns: ReadonlyMap<string, Float64Array | Uint32Array>;
  /** The integrator's kept arrays by name. */
  readonly state: ReadonlyMap<string, Float64Array>;
}

/** Copies the system's arrays, into those of `reuse` where the sizes agree. */
export function taken(
  header: SnapshotHeader,
  bodies: Bodies,
  state: IntegratorState,
  reuse?: Snapshot,
): Snapshot {
  const columns = new Map<string, Float64Array | Uint32Array>();
  for (const name of FLOAT_COLUMNS) {
    columns.set(name, copied(bodies[name], reuse?.columns.get(name) as Float64Array | undefined));
  }
  const ids = reuse?.columns.get("id");
  const id = ids?.length === bodies.n ? (ids as Uint32Array) : new Uint32Array(bodies.n);
  id.set(bodies.id);
  columns.set("id", id);
  const kept = new Map<string, Float64Array>();
  for (const [name, array] of state.entries()) {
    kept.set(name, copied(array, reuse?.state.get(name)));
  }
  return { header, columns, state: kept };
}

function copied(from: Float64Array, reuse: Float64Array | undefined): Float64Array {
  const copy = reuse?.length === from.length ? reuse : new Float64Array(from.length);
  copy.set(from);
  return copy;
}

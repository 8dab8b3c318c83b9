/**
 * Bodies in motion: a force solver, an integrator and a clock.
 *
 * step() is synchronous and is meant for a thread that may block. Time is start + steps × dt, not a
 * running sum, so that a resumed run and a straight one agree to the bit.
 */
import type { Bodies } from "../bodies/bodies.ts";
import { NbodyError } from "../errors.ts";
import type { Integrator, Motion } from "../integrators/integrator.ts";
import { integrators, type IntegratorName } from "../integrators/registry.ts";
import { directForces } from "../kernels/direct.ts";
import type { Forces, Units } from "../kernels/forces.ts";
import { loadKernels } from "../kernels/load.ts";

export interface SystemOptions {
  /** Owned by the system until close(): it writes them on every step. */
  readonly bodies: Bodies;
  readonly units: Units;
  readonly integrator: IntegratorName;
  /** Length of a step in the units' time; negative runs backwards. */
  readonly dt: number;
  /** Steps already done, when resuming. */
  readonly stepsDone?: number;
  /** Time at step 0. */
  readonly startTime?: number;
  /** Replaces the default force solver. */
  readonly forces?: Forces;
}

export interface System {
  readonly bodies: Bodies;
  readonly units: Units;
  readonly integrator: Integrator;
  readonly forces: Forces;
  readonly dt: number;
  readonly time: number;
  readonly stepsDone: number;
  /**
   * Advances by count steps. Throws NbodyError "non-finite-state" with the step and the bodies as
   * soon as a step leaves a value that is not a number or is infinite.
   */
  step(count?: number): void;
  /** Must be called after changing bodies from outside between two steps. */
  touch(): void;
  close(): void;
}

export async function createSystem(options: SystemOptions): Promise<System> {
  const { bodies, units } = options;
  requireFinite("units.G", units.G);
  requireFinite("dt", options.dt);
  if (options.dt === 0) throw new RangeError("dt must not be 0");
  if (!(units.softening >= 0 && units.softening < Infinity)) {
    throw new RangeError(`units.softening must be ≥ 0 and finite, not ${units.softening}`);
  }
  const integrator: Integrator | undefined = integrators[options.integrator];
  if (integrator === undefined) {
    throw new TypeError(`no integrator is called ${options.integrator as string}`);
  }
  const forces = options.forces ?? directForces(await loadKernels(), bodies, units);
  return new SystemState(options, integrator, forces);
}

class SystemState implements System, Motion {
  readonly bodies: Bodies;
  readonly units: Units;
  readonly integrator: Integrator;
  readonly forces: Forces;
  readonly dt: number;
  stepsDone: number;
  readonly #startTime: number;
  #current = false;

  constructor(options: SystemOptions, integrator: Integrator, forces: Forces) {
    this.bodies = options.bodies;
    this.units = options.units;
    this.integrator = integrator;
    this.forces = forces;
    this.dt = options.dt;
    this.stepsDone = options.stepsDone ?? 0;
    this.#startTime = options.startTime ?? 0;
  }

  get time(): number {
    return this.#startTime + this.stepsDone * this.dt;
  }

  step(count = 1): void {
    for (let k = 0; k < count; k++) {
      this.integrator.step(this);
      this.stepsDone++;
      this.#check();
    }
  }

  accelerate(): void {
    if (this.#current) return;
    this.forces.accelerations();
    this.#current = true;
  }

  moved(): void {
    this.#current = false;
  }

  touch(): void {
    this.#current = false;
  }

  close(): void {
    this.forces.close();
  }

  /** x and v carry every NaN that a, m or ε brought in; one sum finds whether there is any. */
  #check(): void {
    const { n, x, y, z, vx, vy, vz } = this.bodies;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      // v × 0 is NaN exactly when v is NaN or infinite, and cannot overflow.
      sum += (x[i]! + y[i]! + z[i]! + vx[i]! + vy[i]! + vz[i]!) * 0;
    }
    if (sum === 0) return;
    const culprits: number[] = [];
    for (let i = 0; i < n && culprits.length < 16; i++) {
      if (![x[i], y[i], z[i], vx[i], vy[i], vz[i]].every(Number.isFinite)) culprits.push(i);
    }
    if (culprits.length === 0) return;
    throw new NbodyError(
      "non-finite-state",
      `step ${this.stepsDone} left bodies ${culprits.join(", ")} with a value that is not finite`,
      { step: this.stepsDone, bodies: culprits },
    );
  }
}

function requireFinite(what: string, value: number): void {
  if (!Number.isFinite(value)) throw new RangeError(`${what} must be finite, not ${value}`);
}

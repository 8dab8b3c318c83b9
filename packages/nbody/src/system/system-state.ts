/**
 * The System behind the interface, which is also the Motion that its integrator sees.
 *
 * Invariants
 *  1. Between two calls of step() the bodies are those of `time`.
 *  2. Nothing that the next step depends on is outside the bodies, the integrator's state and the
 *     snapshot header: that is what makes a restored run the same run.
 *  3. `#lastGood` is a state between two steps in which every check had passed.
 */
import type { Bodies } from "../bodies/bodies.ts";
import { encodeSnapshot } from "../checkpoint/format.ts";
import { taken, type Snapshot, type SnapshotHeader } from "../checkpoint/snapshot.ts";
import { Collisions, type CollisionCount } from "../collisions/rule.ts";
import { kineticEnergy, potentialEnergy } from "../diagnostics/diagnostics.ts";
import { NbodyError, type NbodyErrorCode } from "../errors.ts";
import type { Integrator, Motion } from "../integrators/integrator.ts";
import { integrators, type IntegratorName } from "../integrators/registry.ts";
import { settingsFrom, type IntegratorSettings } from "../integrators/settings.ts";
import { IntegratorState } from "../integrators/state.ts";
import { directForces } from "../kernels/direct.ts";
import type { Forces, Units } from "../kernels/forces.ts";
import { loadKernels, type KernelName, type Kernels } from "../kernels/load.ts";
import { wasm } from "../kernels/webassembly.ts";
import {
  allFinite,
  closestPair,
  coincident,
  nonFiniteAccelerations,
  nonFiniteBodies,
} from "./guards.ts";
import { checkOptions, type SystemOptions } from "./options.ts";
import type { System } from "./system.ts";

export async function createSystemState(options: SystemOptions): Promise<SystemState> {
  checkOptions(options);
  const { bodies, units } = options;
  const integrator = integrators[options.integrator];
  integrator.accept?.(bodies);
  const settings = settingsFrom(options.settings);
  const kernels = await loadKernels();
  const forces =
    options.forces ??
    (await options.threads?.forces(kernels, bodies, units)) ??
    directForces(kernels, bodies, units);
  if (integrator.needs === "jerks" && forces.jerks === undefined) {
    throw new TypeError(
      `${integrator.name} needs jerks, and the force solver "${forces.name}" has none`,
    );
  }
  if (integrator.needs === "exact-forces" && forces.approximate === true) {
    throw new TypeError(
      `${integrator.name} needs forces that are right to rounding, and those of "${forces.name}" are approximate`,
    );
  }
  return new SystemState(options, settings, kernels, forces);
}

export class SystemState implements System, Motion {
  readonly bodies: Bodies;
  readonly units: Units;
  readonly integrator: Integrator;
  readonly forces: Forces;
  readonly settings: IntegratorSettings;
  readonly state: IntegratorState;
  readonly dt: number;
  stepsDone: number;
  readonly #startTime: number;
  readonly #kernels: Kernels;
  readonly #instances = new Map<KernelName, object>();
  readonly #collisions: Collisions;
  readonly #checkpointEvery: number;
  readonly #energyLimit: number;
  #energyExpected = 0;
  #current = false;
  /** Bodies that came from outside have not been looked at yet. */
  #foreign = true;
  #lastGood: Snapshot | undefined;

  constructor(
    options: SystemOptions,
    settings: IntegratorSettings,
    kernels: Kernels,
    forces: Forces,
  ) {
    this.bodies = options.bodies;
    this.units = options.units;
    this.integrator = integrators[options.integrator];
    this.forces = forces;
    this.settings = settings;
    this.state = new IntegratorState(options.bodies);
    this.dt = options.dt;
    this.stepsDone = options.stepsDone ?? 0;
    this.#startTime = options.startTime ?? 0;
    this.#kernels = kernels;
    this.#collisions = new Collisions(
      options.bodies,
      options.collisions ?? "none",
      options.restitution ?? 1,
    );
    this.#checkpointEvery = options.checkpointEvery ?? 64;
    this.#energyLimit = options.energyLimit ?? 0;
    if (this.#energyLimit > 0) this.#energyExpected = this.#energy();
  }

  get time(): number {
    return this.#timeAfter(this.stepsDone);
  }

  get collisions(): CollisionCount {
    const { merged, bounces } = this.#collisions;
    return { merged, bounces };
  }

  get collides(): boolean {
    return this.#collisions.rule !== "none";
  }

  step(count = 1): void {
    if (!Number.isSafeInteger(count) || count < 0) {
      throw new RangeError(`the number of steps must be an integer ≥ 0, not ${count}`);
    }
    if (this.#foreign) this.#requireFinite();
    this.#foreign = false;
    for (let k = 0; k < count; k++) {
      const every = this.#checkpointEvery;
      const due = every > 0 && (this.#lastGood === undefined || this.stepsDone % every === 0);
      if (due) this.#look();
      if (this.#timeAfter(this.stepsDone + 1) === this.time) {
        this.fail("step-underflow", `a step of ${this.dt} does not advance time ${this.time}`, []);
      }
      this.integrator.step(this);
      this.#requireFinite();
      if (this.collides) {
        this.integrator.synchronize?.(this);
        this.#collide(this.dt);
      }
      this.stepsDone++;
    }
    this.integrator.synchronize?.(this);
    this.#requireFinite();
  }

  settle(h: number): boolean {
    if (!this.collides) return false;
    this.#requireFinite();
    return this.#collide(h);
  }

  accelerate(): void {
    if (this.#current) return;
    this.forces.accelerations();
    const { n, ax, ay, az } = this.bodies;
    if (!allFinite(n, ax, ay, az)) {
      this.#requireFinite();
      this.#stop(nonFiniteAccelerations(this.bodies));
    }
    this.#current = true;
  }

  moved(): void {
    this.#current = false;
  }

  touch(): void {
    this.#current = false;
    this.#foreign = true;
    this.state.clear();
    this.#collisions.forget();
    this.#lastGood = undefined;
    if (this.#energyLimit > 0) this.#energyExpected = this.#energy();
  }

  checkpoint(): Uint8Array<ArrayBuffer> {
    return encodeSnapshot(taken(this.#header(), this.bodies, this.state));
  }

  /** Takes over what a snapshot has beyond its bodies; they must be this system's already. */
  restore({ header, state }: Snapshot): void {
    for (const [name, array] of state) this.state.floats(name, array.length).set(array);
    this.#current = header.current;
    this.#energyExpected = header.energyExpected;
    this.#collisions.merged = header.merged;
    this.#collisions.bounces = header.bounces;
    this.#collisions.forget();
  }

  close(): void {
    this.forces.close();
  }

  kernel(name: KernelName): object {
    let instance = this.#instances.get(name);
    if (instance === undefined) {
      const env = { memory: this.bodies.memory };
      instance = new wasm.Instance(this.#kernels[name], { env }).exports;
      this.#instances.set(name, instance);
    }
    return instance;
  }

  fail(code: NbodyErrorCode, message: string, bodies: readonly number[]): never {
    const step = this.stepsDone + 1;
    throw new NbodyError(code, `step ${step}: ${message}`, {
      step,
      bodies,
      ...(this.#lastGood === undefined ? {} : { checkpoint: encodeSnapshot(this.#lastGood) }),
    });
  }

  /** Checks the energy, and remembers this state as the last good one. */
  #look(): void {
    this.integrator.synchronize?.(this);
    if (this.#energyLimit > 0) this.#checkEnergy();
    this.#lastGood = taken(this.#header(), this.bodies, this.state, this.#lastGood);
  }

  #timeAfter(steps: number): number {
    return this.#startTime + steps * this.dt;
  }

  #header(): SnapshotHeader {
    return {
      integrator: this.integrator.name as IntegratorName,
      settings: this.settings,
      units: this.units,
      dt: this.dt,
      startTime: this.#startTime,
      stepsDone: this.stepsDone,
      capacity: this.bodies.capacity,
      current: this.#current,
      collisions: this.#collisions.rule,
      restitution: this.#collisions.restitution,
      merged: this.#collisions.merged,
      bounces: this.#collisions.bounces,
      checkpointEvery: this.#checkpointEvery,
      energyLimit: this.#energyLimit,
      energyExpected: this.#energyExpected,
    };
  }

  /** Applies the rule for collisions to the last h of time; whether it changed anything. */
  #collide(h: number): boolean {
    const contacts = this.#collisions.contacts();
    const first = contacts[0];
    if (first === undefined) {
      this.#collisions.forget();
      return false;
    }
    if (this.#collisions.rule === "halt") {
      const { i, j } = first;
      this.fail("collision", `bodies ${i} and ${j} touch`, [i, j]);
    }
    const before = this.#energyLimit > 0 ? this.#energy() : 0;
    const changed = this.#collisions.resolve(contacts, h);
    if (!changed) return false;
    this.#current = false;
    this.state.clear();
    if (this.#energyLimit > 0) this.#energyExpected += this.#energy() - before;
    return true;
  }

  #energy(): number {
    return kineticEnergy(this.bodies) + potentialEnergy(this.bodies, this.units);
  }

  #checkEnergy(): void {
    const error = Math.abs(this.#energy() / this.#energyExpected - 1);
    if (error <= this.#energyLimit) return;
    const pair = closestPair(this.bodies);
    this.fail(
      "energy-error",
      `the energy is off by ${error.toExponential(2)}, more than ${this.#energyLimit}; the closest bodies are ${pair.join(" and ")}`,
      pair,
    );
  }

  #requireFinite(): void {
    const { n, x, y, z, vx, vy, vz } = this.bodies;
    if (!allFinite(n, x, y, z) || !allFinite(n, vx, vy, vz))
      this.#stop(nonFiniteBodies(this.bodies));
  }

  #stop(culprits: readonly number[]): never {
    const pairs = coincident(this.bodies, this.units, culprits);
    if (pairs.length > 0) {
      this.fail(
        "coincident-bodies",
        `bodies ${pairs.join(", ")} coincide without softening`,
        pairs,
      );
    }
    this.fail(
      "non-finite-state",
      `bodies ${culprits.join(", ")} have a value that is not finite`,
      culprits,
    );
  }
}

/** What crosses between the service and a worker thread. Plain data; the particles are shared memory. */
import type { BodiesHandle, CollisionRule, IntegratorName, Solver, Units } from "@hotpath/nbody";
import type { RunFailure } from "../store/simulation.ts";

/** Word 0 of an order's control memory: what the worker is asked to do at its next step boundary. */
export const CONTROL = { run: 0, stop: 1 } as const;

export interface Order {
  readonly id: string;
  /** Handle of the particles: the worker adopts the same memory, nothing is copied. */
  readonly bodies: BodiesHandle;
  /** Particles at the start of the simulation: the width of a frame. */
  readonly n: number;
  readonly units: Units;
  readonly integrator: IntegratorName;
  readonly solver: Exclude<Solver, "auto">;
  readonly errorTarget: number | null;
  readonly theta: number | null;
  readonly collisions: CollisionRule;
  readonly restitution: number;
  /** Bounces before `startStep`. */
  readonly bounces: number;
  /** Threads for the forces: background jobs have one each, a synchronous call has them all. */
  readonly threads: number;
  readonly dt: number;
  /** Steps in all; the run begins after step `startStep`. */
  readonly steps: number;
  readonly startStep: number;
  /** 0 records nothing. */
  readonly snapshotEvery: number;
  readonly framePath: string | undefined;
  /** Where the run leaves its checkpoints, and begins if there is one; undefined leaves none. */
  readonly checkpointPath: string | undefined;
  /** Total energy at step 0; undefined when the run is to measure it, or a checkpoint has it. */
  readonly initialEnergy: number | undefined;
  readonly control: Int32Array;
}

export interface Progress {
  readonly kind: "progress";
  readonly step: number;
  readonly time: number;
  readonly frames: number;
  readonly energyError: number;
  /** Particles that have been merged into others, and bounces, since step 0. */
  readonly merged: number;
  readonly bounces: number;
  readonly kinetic: number;
  readonly potential: number;
  readonly initialEnergy: number;
}

/** `stopped` is short of the order's steps. */
export interface Outcome {
  readonly kind: "finished" | "stopped";
  /** What computed the forces, and the RMS relative error to expect of it. */
  readonly forces: string;
  readonly forceError: number;
  /** The state after the last step: the order's memory, or the one that a checkpoint was read into. */
  readonly bodies: BodiesHandle;
  readonly last: Progress;
}

export interface Failure {
  readonly kind: "failed";
  readonly message: string;
  /** Present when it was the simulation that could not go on. */
  readonly reason?: RunFailure;
  /** The state of the last good checkpoint. */
  readonly lastGood?: LastGood;
}

export interface LastGood {
  readonly bodies: BodiesHandle;
  readonly step: number;
  readonly time: number;
}

export type WorkerMessage = Progress | Outcome | Failure;

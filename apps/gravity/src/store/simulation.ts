/** A simulation as the service knows it: what was asked, and how far it is. */
import type {
  CollisionRule,
  IntegratorName,
  NbodyErrorCode,
  PresetKind,
  Solver,
  Units,
} from "@hotpath/nbody";

/** States of OGC API Processes' statusInfo. The last three are terminal. */
export type Status = "accepted" | "running" | "successful" | "failed" | "dismissed";

export const STATUSES: readonly Status[] = [
  "accepted",
  "running",
  "successful",
  "failed",
  "dismissed",
];

export function isTerminal(status: Status): boolean {
  return status === "successful" || status === "failed" || status === "dismissed";
}

/** Where the particles came from; what the client sent as particles is not repeated here. */
export type Initial =
  | { readonly kind: PresetKind; readonly n: number; readonly seed: number }
  | { readonly kind: "particles"; readonly n: number };

export interface NewSimulation {
  readonly id: string;
  readonly name: string;
  readonly initial: Initial;
  readonly units: Units;
  readonly integrator: IntegratorName;
  readonly solver: Exclude<Solver, "auto">;
  /** RMS relative force error that the tree is asked for; null leaves it its default. */
  readonly errorTarget: number | null;
  /** The tree's opening angle, where that is given instead. */
  readonly theta: number | null;
  readonly collisions: CollisionRule;
  /** Share of the approach speed that is left after a bounce. */
  readonly restitution: number;
  /** Whether particles have softenings or radii of their own. */
  readonly perParticle: boolean;
  readonly dt: number;
  readonly steps: number;
  readonly snapshotEvery: number;
  /** Particles at the start. */
  readonly n: number;
}

/** Why a run could not go on. */
export interface RunFailure {
  readonly code: NbodyErrorCode;
  /** The step during which it happened, counted from 1. */
  readonly step: number;
  /** The particles concerned, at most 16: their indices at the start. */
  readonly particles: readonly number[];
  /** The step of the last good checkpoint, whose state is the one that is stored; null without one. */
  readonly checkpointStep: number | null;
}

export interface Simulation extends NewSimulation {
  readonly status: Status;
  /** The state in the database is the one after this step. */
  readonly step: number;
  readonly time: number;
  readonly frames: number;
  /** Which solver and which arithmetic ran, and the RMS relative force error to expect of it. */
  readonly forces: string | null;
  readonly forceError: number | null;
  readonly initialEnergy: number | null;
  readonly energyError: number | null;
  readonly message: string | null;
  /** Particles that have been merged into others. */
  readonly merged: number;
  readonly bounces: number;
  readonly failure: RunFailure | null;
  readonly created: Date;
  readonly started: Date | null;
  readonly finished: Date | null;
}

/** What changes while a simulation lives. */
export type SimulationPatch = Partial<
  Pick<
    Simulation,
    | "status"
    | "step"
    | "time"
    | "frames"
    | "forces"
    | "forceError"
    | "initialEnergy"
    | "energyError"
    | "message"
    | "merged"
    | "bounces"
    | "failure"
    | "started"
    | "finished"
  >
>;

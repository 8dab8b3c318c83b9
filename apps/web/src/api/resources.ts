/** The documents of the gravity service's HTTP API, as the page reads them. */

export type Integrator = "symplectic-euler" | "leapfrog" | (string & {});

export type SimulationStatus = "accepted" | "running" | "successful" | "failed" | "dismissed";

export interface Units {
  readonly G: number;
  readonly softening: number;
}

export interface UnitNames {
  readonly length: string;
  readonly time: string;
  readonly mass: string;
}

export interface Preset {
  readonly kind: string;
  readonly title: string;
  readonly description: string;
  readonly particles:
    | { readonly default: number; readonly min: number; readonly max: number }
    | { readonly fixed: number };
  readonly units: Units;
  readonly dt: number;
  readonly steps: number;
  readonly snapshotEvery: number;
  readonly integrator: Integrator;
  /** Radius around the origin that the camera should show, in the preset's length unit. */
  readonly viewRadius: number;
  readonly unitNames: UnitNames;
  /** One name per particle, for presets of a few named bodies. */
  readonly names?: readonly string[];
}

export interface PresetInitial {
  readonly kind: string;
  readonly n?: number;
  readonly seed?: number;
}

export interface ParticlesInitial {
  readonly particles: readonly {
    readonly mass: number;
    readonly position: readonly [number, number, number];
    readonly velocity: readonly [number, number, number];
  }[];
}

export interface NewSimulation {
  readonly name: string;
  readonly initial: PresetInitial | ParticlesInitial;
  readonly units?: Units;
  readonly integrator: Integrator;
  readonly dt: number;
  readonly steps: number;
  readonly snapshotEvery: number;
}

export interface Simulation {
  readonly simulation_id: string;
  readonly name: string;
  readonly status: SimulationStatus;
  /** 0 to 100. */
  readonly progress: number;
  readonly step: number;
  readonly steps: number;
  readonly time: number;
  readonly dt: number;
  readonly integrator: Integrator;
  readonly particles: number;
  readonly units: Units;
  readonly initial: Partial<PresetInitial & ParticlesInitial>;
  readonly snapshotEvery: number;
  /** Frames recorded so far; frame 0 is the initial state. */
  readonly frames: number;
  readonly energyError: number | null;
  readonly created: string;
  readonly started: string | null;
  readonly finished: string | null;
  readonly message: string | null;
}

/** One `progress` event of a simulation's event stream. */
export interface Progress {
  readonly status: SimulationStatus;
  readonly progress: number;
  readonly step: number;
  readonly steps: number;
  readonly time: number;
  readonly frames: number;
  readonly energyError: number | null;
  readonly kinetic: number | null;
  readonly potential: number | null;
}

export interface Analysis {
  readonly engine: string;
  readonly energy: { readonly initial: number; readonly final: number; readonly drift: number };
  readonly virialRatio: number | null;
  readonly halfMassRadius: number | null;
  readonly centreOfMass: readonly number[];
  readonly lagrangianRadii: Readonly<Record<string, number>>;
}

export function isOver(status: SimulationStatus): boolean {
  return status === "successful" || status === "failed" || status === "dismissed";
}

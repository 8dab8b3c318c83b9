export { Bodies, MAX_BODIES, type BodiesHandle, type Column } from "./bodies/bodies.ts";
export { createSystem, type System } from "./system/system.ts";
export type { SystemOptions } from "./system/options.ts";
export { restoreSystem, type RestoreOptions } from "./checkpoint/restore.ts";
export { COLLISION_RULES, type CollisionCount, type CollisionRule } from "./collisions/rule.ts";
export { integrators, isIntegratorName, type IntegratorName } from "./integrators/registry.ts";
export type { Integrator, Motion } from "./integrators/integrator.ts";
export {
  DEFAULT_SETTINGS,
  type CorrectorOrder,
  type IntegratorSettings,
} from "./integrators/settings.ts";
export type { IntegratorState } from "./integrators/state.ts";
export { loadKernels, type KernelOptions, type Kernels } from "./kernels/load.ts";
export { useWideVectors } from "./kernels/wide.ts";
export type { Forces, JerkRequest, Units } from "./kernels/forces.ts";
export { directForces, type Arithmetic, type DirectOptions } from "./kernels/direct.ts";
export { previewForces } from "./kernels/preview.ts";
export {
  createForces,
  fasterSolver,
  SOLVERS,
  type ForcesOptions,
  type RatedForces,
  type Solver,
} from "./tree/create-forces.ts";
export { treeForces, type TreeForces } from "./tree/tree-forces.ts";
export { DEFAULT_ERROR_TARGET, type Accuracy } from "./tree/accuracy.ts";
export { ForceThreads, MAX_THREADS } from "./threads/force-threads.ts";
export { referenceForces } from "./reference/direct.ts";
export {
  angularMomentum,
  centreOfMass,
  diagnostics,
  kineticEnergy,
  LAGRANGIAN_FRACTIONS,
  momentum,
  potentialEnergy,
  type Diagnostics,
  type LagrangianFraction,
  type Vector,
} from "./diagnostics/diagnostics.ts";
export { megno, type Megno, type MegnoOptions } from "./diagnostics/megno.ts";
export {
  elementsOf,
  meanAnomaly,
  orbitalPeriod,
  stateOf,
  type OrbitalElements,
} from "./diagnostics/orbital-elements.ts";
export {
  generate,
  isPresetKind,
  presetOf,
  presets,
  type GenerateOptions,
  type ParticleCount,
  type Preset,
  type PresetKind,
} from "./initial/presets.ts";
export { SOLAR_SYSTEM_EPOCH_JD } from "./initial/solar-system.ts";
export { FIGURE_EIGHT_PERIOD } from "./initial/figure-eight.ts";
export {
  PERIODIC_ORBITS,
  type PeriodicOrbit,
  type PeriodicOrbitName,
} from "./initial/periodic-orbits.ts";
export { createRandom, type Random } from "./initial/random.ts";
export { decodeCsv, encodeCsv } from "./formats/csv.ts";
export { decodeNpy, encodeNpy, encodeNpyState, type NpyArray } from "./formats/npy.ts";
export { NbodyError, type NbodyErrorCode } from "./errors.ts";

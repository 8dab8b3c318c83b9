export { Bodies, MAX_BODIES, type BodiesHandle, type Column } from "./bodies/bodies.ts";
export { createSystem, type System, type SystemOptions } from "./system/system.ts";
export { integrators, isIntegratorName, type IntegratorName } from "./integrators/registry.ts";
export type { Integrator, Motion } from "./integrators/integrator.ts";
export { loadKernels, type Kernels } from "./kernels/load.ts";
export type { Forces, Units } from "./kernels/forces.ts";
export { directForces } from "./kernels/direct.ts";
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
export { createRandom, type Random } from "./initial/random.ts";
export { decodeNpy, encodeNpy, type NpyArray } from "./formats/npy.ts";
export { NbodyError, type NbodyErrorCode } from "./errors.ts";

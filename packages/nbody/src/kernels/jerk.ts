/** Direct sums of accelerations and jerks: one instance of wasm/jerk.as.ts per Bodies. */
import type { Bodies } from "../bodies/bodies.ts";
import type { JerkRequest, Units } from "./forces.ts";
import type { Kernels } from "./load.ts";
import { wasm } from "./webassembly.ts";

interface JerkExports {
  jerks(
    n: number,
    mass: number,
    softening: number,
    motion: number,
    result: number,
    stride: number,
    targets: number,
    targetCount: number,
    gravity: number,
    softening2: number,
  ): void;
}

export function directJerks(
  kernels: Kernels,
  bodies: Bodies,
  units: Units,
): (request: JerkRequest) => void {
  const env = { memory: bodies.memory };
  let kernel: JerkExports | undefined;
  const { mass, softening } = bodies.offsets;
  const softening2 = units.softening * units.softening;
  return ({ motion, result, stride, targets, targetCount }) => {
    kernel ??= new wasm.Instance(kernels.jerk, { env }).exports as JerkExports;
    kernel.jerks(
      bodies.n,
      mass,
      softening,
      motion,
      result,
      stride,
      targets,
      targetCount,
      units.G,
      softening2,
    );
  };
}

/** The direct O(N²) sum of the accelerations, on the calling thread. */
import type { Bodies } from "../bodies/bodies.ts";
import { DirectJob, instantiate } from "./direct-job.ts";
import type { Forces, Units } from "./forces.ts";
import { directJerks } from "./jerk.ts";
import type { Kernels } from "./load.ts";
import type { WasmModule } from "./webassembly.ts";

/**
 * reproducible: strict IEEE operations, the same bits on every machine, engine and thread count.
 * fast: relaxed multiply-add, which fuses on some machines and not on others.
 */
export type Arithmetic = "reproducible" | "fast";

export interface DirectOptions {
  readonly arithmetic?: Arithmetic;
}

export function moduleFor(kernels: Kernels, arithmetic: Arithmetic): WasmModule {
  return arithmetic === "fast" ? kernels.directFast : kernels.direct;
}

/** What ran, for the record of a result. The vector width does not change reproducible bits. */
export function nameOf(kernels: Kernels, arithmetic: Arithmetic): string {
  return `direct f64 ${arithmetic}, ${kernels.vectorBits} bit`;
}

export function directForces(
  kernels: Kernels,
  bodies: Bodies,
  units: Units,
  options: DirectOptions = {},
): Forces {
  const arithmetic = options.arithmetic ?? "reproducible";
  const kernel = instantiate(moduleFor(kernels, arithmetic), bodies.memory);
  const job = new DirectJob(kernel, bodies, units);
  return {
    name: nameOf(kernels, arithmetic),
    bodies,
    units,
    accelerations() {
      const shares = job.open();
      for (let share = 0; share < shares; share++) job.run(share);
      job.close();
    },
    jerks: directJerks(kernels, bodies, units),
    close() {},
  };
}

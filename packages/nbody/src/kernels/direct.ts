/** The direct O(N²) sum on the calling thread: one instance of wasm/direct.as.ts per Bodies. */
import type { Bodies } from "../bodies/bodies.ts";
import type { Forces, Units } from "./forces.ts";
import type { Kernels } from "./load.ts";
import { wasm } from "./webassembly.ts";

interface DirectExports {
  accelerations(
    n: number,
    mass: number,
    x: number,
    y: number,
    z: number,
    softening: number,
    ax: number,
    ay: number,
    az: number,
    gravity: number,
    softening2: number,
  ): void;
}

export function directForces(kernels: Kernels, bodies: Bodies, units: Units): Forces {
  const instance = new wasm.Instance(kernels.direct, { env: { memory: bodies.memory } });
  const kernel = instance.exports as DirectExports;
  const at = bodies.offsets;
  const softening2 = units.softening * units.softening;
  return {
    name: "direct f64x2",
    bodies,
    units,
    accelerations() {
      kernel.accelerations(
        bodies.n,
        at.mass,
        at.x,
        at.y,
        at.z,
        at.softening,
        at.ax,
        at.ay,
        at.az,
        units.G,
        softening2,
      );
    },
    close() {},
  };
}

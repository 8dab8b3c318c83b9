/** Run by node-gpu.test.ts in a process of its own: node leapfrog-on-gpu.ts <module with create()>. */
import { createSystem, diagnostics, generate, referenceForces } from "../../src/index.ts";
import { relativeError } from "../../src/gpu/index.ts";
import { createGpuForces } from "../../src/threads/gpu-forces.ts";

const units = { G: 1, softening: 0.05 };
const bodies = generate("plummer", { n: 500, seed: 4 });
const before = diagnostics(bodies, units).energy;
const forces = await createGpuForces(bodies, units, { module: process.argv[2]! });
const system = await createSystem({ bodies, units, integrator: "leapfrog", dt: 1 / 128, forces });
system.step(20);
const exact = bodies.clone();
referenceForces(exact, units).accelerations();
console.log(
  JSON.stringify({
    name: forces.name,
    expected: forces.expectedError,
    error: relativeError(bodies, exact),
    drift: Math.abs(diagnostics(bodies, units).energy / before - 1),
  }),
);
system.close();

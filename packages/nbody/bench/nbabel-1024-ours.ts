/** One process of the nbabel-1024 case: node nbabel-1024-ours.ts STEPS → {"value": seconds}. */
import { diagnostics } from "../src/diagnostics/diagnostics.ts";
import { generate } from "../src/initial/presets.ts";
import { useWideVectors } from "../src/kernels/wide.ts";
import { createSystem } from "../src/system/system.ts";

useWideVectors();
const units = { G: 1, softening: 0 };
const bodies = generate("plummer", { n: 1024, seed: 1 });
const system = await createSystem({ bodies, units, integrator: "leapfrog", dt: 1e-3 });
const start = performance.now();
system.step(Number(process.argv[2]));
const value = (performance.now() - start) / 1000;
const checksum = diagnostics(bodies, units).energy.toPrecision(8);
console.log(JSON.stringify({ value, checksum }));

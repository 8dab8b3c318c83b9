/**
 * One process of the forces-direct case: node forces-direct-ours.ts N SECONDS VARIANT → {"value": ms}.
 * VARIANT: f64 | f64-128 (128-bit vectors only) | fast | f32 | threads-2
 */
import { generate } from "../src/initial/presets.ts";
import { directForces } from "../src/kernels/direct.ts";
import type { Forces } from "../src/kernels/forces.ts";
import { loadKernels } from "../src/kernels/load.ts";
import { previewForces } from "../src/kernels/preview.ts";
import { useWideVectors } from "../src/kernels/wide.ts";
import { ForceThreads } from "../src/threads/force-threads.ts";

const [count, duration, variant = "f64"] = process.argv.slice(2);
if (variant !== "f64-128") useWideVectors();
const kernels = await loadKernels();
const bodies = generate("plummer", { n: Number(count), seed: 1 });
const units = { G: 1, softening: 0.01 };
const forces = await solver();

const milliseconds: number[] = [];
const until = performance.now() + 1000 * Number(duration);
while (performance.now() < until || milliseconds.length < 5) {
  const start = performance.now();
  forces.accelerations();
  milliseconds.push(performance.now() - start);
}
milliseconds.sort((a, b) => a - b);
const checksum = (bodies.ax[0]! + bodies.ay[1]! + bodies.az[2]!).toPrecision(
  variant === "f32" ? 5 : 12,
);
console.log(JSON.stringify({ value: milliseconds[milliseconds.length >> 1], checksum }));
process.exit(0);

async function solver(): Promise<Forces> {
  switch (variant) {
    case "f32":
      return previewForces(kernels, bodies, units);
    case "fast":
      return directForces(kernels, bodies, units, { arithmetic: "fast" });
    case "threads-2":
      return (await ForceThreads.start(2)).forces(kernels, bodies, units);
    default:
      return directForces(kernels, bodies, units);
  }
}

/** One process of the forces-direct case: node forces-direct-ours.ts N SECONDS → {"value": ms}. */
import { generate } from "../src/initial/presets.ts";
import { directForces } from "../src/kernels/direct.ts";
import { loadKernels } from "../src/kernels/load.ts";

const [n, seconds] = process.argv.slice(2).map(Number);
const bodies = generate("plummer", { n: n!, seed: 1 });
const forces = directForces(await loadKernels(), bodies, { G: 1, softening: 0.01 });

const milliseconds: number[] = [];
const until = performance.now() + 1000 * seconds!;
while (performance.now() < until || milliseconds.length < 5) {
  const start = performance.now();
  forces.accelerations();
  milliseconds.push(performance.now() - start);
}
milliseconds.sort((a, b) => a - b);
const checksum = (bodies.ax[0]! + bodies.ay[1]! + bodies.az[2]!).toPrecision(12);
console.log(JSON.stringify({ value: milliseconds[milliseconds.length >> 1], checksum }));

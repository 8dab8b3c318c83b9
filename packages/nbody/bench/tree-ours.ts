/**
 * One process of the tree case: node tree-ours.ts N SECONDS THREADS QUANTITY → {"value": …}.
 * QUANTITY: rate (bodies a second, tree build included), error (RMS, on a sample of bodies) or
 * memory (bytes a body, the bodies' own columns included).
 */
import type { Bodies } from "../src/bodies/bodies.ts";
import { generate } from "../src/initial/presets.ts";
import { ForceThreads } from "../src/threads/force-threads.ts";
import { createForces } from "../src/tree/create-forces.ts";

const [n, seconds, threads] = process.argv.slice(2, 5).map(Number) as [number, number, number];
const quantity = process.argv[5]!;
const SAMPLE = 2000;

const bodies = generate("plummer", { n, seed: 1 });
const pool = threads === 1 ? undefined : await ForceThreads.start(threads);
const forces = await createForces(
  bodies,
  { G: 1, softening: 0 },
  { solver: "tree", ...(pool === undefined ? {} : { threads: pool }) },
);

const milliseconds: number[] = [];
const until = performance.now() + 1000 * seconds;
const least = seconds > 0.1 ? 3 : 1;
do {
  const start = performance.now();
  forces.accelerations();
  milliseconds.push(performance.now() - start);
} while (performance.now() < until || milliseconds.length < least);
forces.close();
await pool?.close();

milliseconds.sort((a, b) => a - b);
const median = milliseconds[milliseconds.length >> 1]!;
const value =
  quantity === "rate"
    ? (1000 * n) / median
    : quantity === "error"
      ? sampleError(bodies)
      : bodies.reserve(0) / n;
const checksum = (bodies.ax[0]! + bodies.ay[1]! + bodies.az[2]!).toPrecision(12);
console.log(JSON.stringify({ value, checksum }));

/** RMS over every (n / SAMPLE)-th body of |a − a_direct| / |a_direct|. */
function sampleError({ x, y, z, mass, ax, ay, az }: Bodies): number {
  const stride = Math.max(1, Math.floor(n / SAMPLE));
  let sum = 0;
  let count = 0;
  for (let i = stride >> 1; i < n; i += stride) {
    const s = [0, 0, 0] as [number, number, number];
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      const dx = x[j]! - x[i]!;
      const dy = y[j]! - y[i]!;
      const dz = z[j]! - z[i]!;
      const r2 = dx * dx + dy * dy + dz * dz;
      const w = mass[j]! / (r2 * Math.sqrt(r2));
      s[0] += w * dx;
      s[1] += w * dy;
      s[2] += w * dz;
    }
    sum += (Math.hypot(ax[i]! - s[0], ay[i]! - s[1], az[i]! - s[2]) / Math.hypot(...s)) ** 2;
    count++;
  }
  return Math.sqrt(sum / count);
}

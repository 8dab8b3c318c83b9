/** Runs whose final bytes are known; this file also runs in a browser, so it imports nothing of Node's. */
import type { Bodies } from "../src/bodies/bodies.ts";
import { generate, presetOf, type PresetKind } from "../src/initial/presets.ts";
import type { Forces, Units } from "../src/kernels/forces.ts";
import { directForces } from "../src/kernels/direct.ts";
import { loadKernels } from "../src/kernels/load.ts";
import { createSystem } from "../src/system/system.ts";
import type { ForceThreads } from "../src/threads/force-threads.ts";
import { treeForces } from "../src/tree/tree-forces.ts";

/** SHA-256 of x, y, z, vx, vy, vz after the run. */
export const GOLDEN: Readonly<Record<string, string>> = {
  "plummer 500 × 100": "e16f7b62d6d8d7b5b85167ffc8d99cda136b9d7ec5db5918cdb701361c3b79de",
  "galaxies 1000 × 40": "b446579590210d82abd14d9f2e218070e1f39709663a483fb0ba9b7ea9825da2",
  "solar-system 11 × 1000": "94bb295049752f1cfadd1a930b68ce98fdf982d6a4b2b0b5ca604bad2c1ac049",
  "galaxies 3000 × 10 by tree": "d58511b068aa24e5305dde5a1a9f2f7daf97fc64a980f4ebc9316f009a45574b",
};

export async function goldenRun(name: string, threads?: ForceThreads): Promise<string> {
  const [, kind, n, steps, solver] = /^(\S+) (\d+) × (\d+)(?: by (tree))?$/.exec(name)!;
  const { units, dt } = presetOf(kind as PresetKind);
  const bodies = generate(kind as PresetKind, { n: Number(n), seed: 1 });
  const forces = await (solver === "tree" ? byTree : direct)(bodies, units, threads);
  const system = await createSystem({ bodies, units, dt, integrator: "leapfrog", forces });
  system.step(Number(steps));
  system.close();
  return sha256(bodies);
}

/** On threads however few the bodies: they must have work. */
async function direct(bodies: Bodies, units: Units, threads?: ForceThreads): Promise<Forces> {
  const kernels = await loadKernels();
  return (
    (await threads?.forces(kernels, bodies, units, { sharedFrom: 0 })) ??
    directForces(kernels, bodies, units)
  );
}

async function byTree(bodies: Bodies, units: Units, threads?: ForceThreads): Promise<Forces> {
  const kernels = await loadKernels();
  return (await threads?.treeForces(kernels, bodies, units)) ?? treeForces(kernels, bodies, units);
}

async function sha256(bodies: Bodies): Promise<string> {
  const columns = [bodies.x, bodies.y, bodies.z, bodies.vx, bodies.vy, bodies.vz];
  const all = new Float64Array(columns.length * bodies.n);
  columns.forEach((column, k) => all.set(column, k * bodies.n));
  const hash = await crypto.subtle.digest("SHA-256", all);
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Every backend of the CPU: node on-cpu.ts [wide] → {backend: {case: Distance}}. A process of its own, since
 * the vector width is the process's.
 */
import type { Bodies } from "../../src/bodies/bodies.ts";
import { directForces } from "../../src/kernels/direct.ts";
import type { Forces, Units } from "../../src/kernels/forces.ts";
import { loadKernels } from "../../src/kernels/load.ts";
import { previewForces } from "../../src/kernels/preview.ts";
import { useWideVectors } from "../../src/kernels/wide.ts";
import { ForceThreads } from "../../src/threads/force-threads.ts";
import { treeForces } from "../../src/tree/tree-forces.ts";
import { distances, type Distance } from "./cases.ts";

const asked = process.argv[2] === "wide" && useWideVectors();
const kernels = await loadKernels();
const threads = await ForceThreads.start(3);

type Backend = (bodies: Bodies, units: Units) => Forces | Promise<Forces>;
const tree = (errorTarget: number): Backend => {
  return (bodies, units) => treeForces(kernels, bodies, units, { errorTarget });
};
const BACKENDS: Readonly<Record<string, Backend>> = {
  direct: (bodies, units) => directForces(kernels, bodies, units),
  fast: (bodies, units) => directForces(kernels, bodies, units, { arithmetic: "fast" }),
  threads: (bodies, units) => threads.forces(kernels, bodies, units, { sharedFrom: 0 }),
  "fast threads": (bodies, units) =>
    threads.forces(kernels, bodies, units, { arithmetic: "fast", sharedFrom: 0 }),
  preview: (bodies, units) => previewForces(kernels, bodies, units),
  tree: tree(2e-3),
  "fine tree": tree(5e-5),
  "tree threads": (bodies, units) =>
    threads.treeForces(kernels, bodies, units, { errorTarget: 2e-3 }),
};

const found: Record<string, Record<string, Distance>> = {};
for (const [name, open] of Object.entries(BACKENDS)) {
  found[name] = await distances(async (bodies, units) => {
    const forces = await open(bodies, units);
    forces.accelerations();
    forces.close();
  });
}
await threads.close();
console.log(JSON.stringify({ asked, vectorBits: kernels.vectorBits, found }));

/** Bodies that merge or bounce, by the direct sum and by the tree: stopped and taken up, the same bytes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bodies } from "../../src/bodies/bodies.ts";
import { restoreSystem } from "../../src/checkpoint/restore.ts";
import { generate } from "../../src/initial/presets.ts";
import { integrators, type IntegratorName } from "../../src/integrators/registry.ts";
import { directForces } from "../../src/kernels/direct.ts";
import type { Forces, Units } from "../../src/kernels/forces.ts";
import { loadKernels, type Kernels } from "../../src/kernels/load.ts";
import { createSystem, type System } from "../../src/system/system.ts";
import { treeForces } from "../../src/tree/tree-forces.ts";

const kernels = await loadKernels();
const names = Object.keys(integrators) as IntegratorName[];
const units: Units = { G: 1, softening: 0.01 };

interface Setting {
  readonly n: number;
  readonly radius: number;
  readonly dt: number;
  readonly steps: number;
  readonly solver: (kernels: Kernels, bodies: Bodies, units: Units) => Forces;
}

const FEW: Setting = { n: 90, radius: 0.02, dt: 0.05, steps: 40, solver: directForces };
/** Bodies that overlap bounce at every look: fewer of them, or ias15 starts afresh a thousand times. */
const FEWER: Setting = { ...FEW, n: 60, radius: 0.008, steps: 30 };
/** Above 512 bodies the tree's expansions are in use. */
const MANY: Setting = { n: 640, radius: 0.004, dt: 0.004, steps: 4, solver: treeForces };

for (const collisions of ["merge", "bounce"] as const) {
  for (const [solver, setting] of Object.entries({
    "direct sum": collisions === "merge" ? FEW : FEWER,
    tree: MANY,
  })) {
    for (const integrator of names) {
      if (solver === "tree" && integrators[integrator].needs !== undefined) continue;
      test(`${integrator}, ${collisions}, by ${solver}: stopped between two collisions, the same bytes`, async () => {
        const start = (): Promise<System> => {
          const bodies = generate("disk", { n: setting.n, seed: 4 });
          bodies.radius.fill(setting.radius);
          bodies.softening[5] = 0.02;
          const forces = setting.solver(kernels, bodies, units);
          return createSystem({
            bodies,
            units,
            integrator,
            dt: setting.dt,
            collisions,
            restitution: 0.9,
            forces,
          });
        };
        const half = setting.steps / 2;
        const straight = await start();
        straight.step(setting.steps);
        const first = await start();
        first.step(half);
        const restored = await restoreSystem(first.checkpoint(), { forces: setting.solver });
        restored.step(half);
        assert.equal(restored.forces.name, straight.forces.name);
        assert.equal(Buffer.compare(restored.checkpoint(), straight.checkpoint()), 0);
        const count = ({ collisions: { merged, bounces } }: System): number => merged + bounces;
        assert.ok(count(first) > 0, "nothing collided before the checkpoint");
        assert.ok(count(straight) > count(first), "nothing collided after the checkpoint");
      });
    }
  }
}

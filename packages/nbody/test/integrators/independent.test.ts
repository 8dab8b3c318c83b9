/** Integrators against programs that share nothing with them, written out here. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import type { Bodies } from "../../src/bodies/bodies.ts";
import { diagnostics } from "../../src/diagnostics/diagnostics.ts";
import { generate } from "../../src/initial/presets.ts";
import type { IntegratorName } from "../../src/integrators/registry.ts";
import { referenceForces } from "../../src/reference/direct.ts";
import { createSystem } from "../../src/system/system.ts";
import { benchmarksGame } from "../systems.ts";
import { G1, outerSolarSystem } from "./outer-solar-system.ts";

interface Particle {
  readonly m: number;
  readonly r: [number, number, number];
  readonly v: [number, number, number];
}

function particlesOf({ n, mass, x, y, z, vx, vy, vz }: Bodies): Particle[] {
  return Array.from({ length: n }, (_, i) => ({
    m: mass[i]!,
    r: [x[i]!, y[i]!, z[i]!],
    v: [vx[i]!, vy[i]!, vz[i]!],
  }));
}

const AXES = [0, 1, 2] as const;

function farthest(particles: readonly Particle[], { x, y, z }: Bodies): number {
  return Math.max(
    ...particles.map(({ r }, i) => Math.hypot(r[0] - x[i]!, r[1] - y[i]!, r[2] - z[i]!)),
  );
}

/** A step of the Benchmarks Game: each pair once, at once into both velocities. */
function gameStep(particles: readonly Particle[], dt: number): void {
  particles.forEach((a, i) => {
    for (const b of particles.slice(i + 1)) {
      const d = AXES.map((c) => a.r[c] - b.r[c]) as [number, number, number];
      const d2 = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
      const size = dt / (d2 * Math.sqrt(d2));
      for (const c of AXES) a.v[c] -= d[c] * b.m * size;
      for (const c of AXES) b.v[c] += d[c] * a.m * size;
    }
  });
  for (const { r, v } of particles) for (const c of AXES) r[c] += dt * v[c];
}

function gameEnergy(particles: readonly Particle[]): number {
  let e = 0;
  particles.forEach(({ m, r, v }, i) => {
    e += 0.5 * m * (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    for (const other of particles.slice(i + 1)) {
      const d = AXES.map((c) => r[c] - other.r[c]) as [number, number, number];
      e -= (m * other.m) / Math.sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
    }
  });
  return e;
}

test("symplectic Euler is the Benchmarks Game's program, which gives the published energy to the last bit", async () => {
  const bodies = benchmarksGame();
  const particles = particlesOf(bodies);
  assert.equal(gameEnergy(particles), -0.16907516382852447);
  for (let k = 0; k < 1000; k++) gameStep(particles, 0.01);
  // In the order of operations of the JavaScript programs; Chez Scheme's gives …523460614.
  assert.equal(gameEnergy(particles), -0.169087605234606);

  const integrator = "symplectic-euler";
  const system = await createSystem({ bodies, units: G1, integrator, dt: 0.01 });
  system.step(1000);
  assert.ok(farthest(particles, bodies) < 2e-12, `${farthest(particles, bodies)}`);
  const { energy } = diagnostics(bodies, G1);
  assert.ok(Math.abs(energy - -0.16908760523460614) < 2e-15, `${energy}`);
});

test("leapfrog is velocity Verlet on a star cluster, and both have the energies of the exact motion", async () => {
  const bodies = generate("plummer", { n: 128, seed: 6 });
  const exact = bodies.clone();
  const particles = particlesOf(bodies);
  const dt = 1e-3;
  let a = accelerationsOf(particles);
  for (let k = 0; k < 100; k++) {
    particles.forEach(({ r, v }, i) => {
      for (const c of AXES) r[c] += v[c] * dt + 0.5 * a[i]![c] * dt * dt;
    });
    const next = accelerationsOf(particles);
    particles.forEach(({ v }, i) => {
      for (const c of AXES) v[c] += 0.5 * (a[i]![c] + next[i]![c]) * dt;
    });
    a = next;
  }
  const leapfrog = await createSystem({ bodies, units: G1, integrator: "leapfrog", dt });
  const before = diagnostics(bodies, G1).energy;
  leapfrog.step(100);
  assert.ok(farthest(particles, bodies) < 1e-12, `${farthest(particles, bodies)}`);
  const ias15 = await createSystem({ bodies: exact, units: G1, integrator: "ias15", dt: 0.1 });
  ias15.step();
  assert.ok(Math.abs(diagnostics(exact, G1).energy / before - 1) < 1e-12);
  assert.ok(farthest(particles, exact) < 1e-4);
  assert.ok(Math.abs(diagnostics(bodies, G1).energy / before - 1) < 1e-5);
});

function accelerationsOf(particles: readonly Particle[]): [number, number, number][] {
  return particles.map((a) => {
    const sum: [number, number, number] = [0, 0, 0];
    for (const b of particles) {
      if (a === b) continue;
      const d = AXES.map((c) => b.r[c] - a.r[c]) as [number, number, number];
      const w = b.m / Math.hypot(...d) ** 3;
      for (const c of AXES) sum[c] += w * d[c];
    }
    return sum;
  });
}

test("the bits of every integrator are those that they have always been, on every machine", async () => {
  const hashes: Partial<Record<IntegratorName, string>> = {};
  for (const integrator of Object.keys(GOLDEN) as (keyof typeof GOLDEN)[]) {
    const bodies = outerSolarSystem();
    const forces = integrator === "hermite4" ? {} : { forces: referenceForces(bodies, G1) };
    const system = await createSystem({ bodies, units: G1, integrator, dt: 0.5, ...forces });
    system.step(100);
    const { x, y, z, vx, vy, vz } = bodies;
    const hash = createHash("sha256");
    for (const column of [x, y, z, vx, vy, vz]) hash.update(new Float64Array(column));
    hashes[integrator] = hash.digest("hex").slice(0, 16);
  }
  assert.deepEqual(hashes, GOLDEN);
});

/** First 16 digits of the SHA-256 of positions and velocities. A change here breaks resumed runs. */
const GOLDEN = {
  "symplectic-euler": "a2552f30185ef563",
  leapfrog: "2511c76b11260428",
  yoshida4: "379f9ac66425ac7e",
  yoshida6: "c84233b438384f9a",
  yoshida8: "59b8c3f8684e3607",
  hermite4: "880b861e3690bfb7",
  ias15: "1f46b45a7d66eb20",
  whfast: "1331bf009ff5cc9d",
} as const;

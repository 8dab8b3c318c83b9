/** Radii, softenings of single particles, test particles: through the API, the worker, the database and a restart. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Bodies, createSystem, restoreSystem } from "@hotpath/nbody";
import { eventsOf, startService, type Resource, type TestService } from "./service.ts";

interface Particle {
  readonly mass: number;
  readonly position: readonly [number, number, number];
  readonly velocity: readonly [number, number, number];
  readonly softening?: number;
  readonly radius?: number;
  readonly number?: number;
}

interface Collided extends Resource {
  readonly merged: number;
  readonly bounces: number;
  readonly failure: null | {
    readonly code: string;
    readonly step: number;
    readonly particles: readonly number[];
    readonly checkpointStep: number | null;
  };
}

interface State {
  readonly step: number;
  readonly time: number;
  readonly particles: readonly Particle[];
}

/** Particles 1 and 3 meet head on near the origin at time 0.9; 0 and 2 are far away. */
const MEETING: readonly Particle[] = [
  { mass: 0.3, position: [40, 0, 0], velocity: [0, 0.1, 0] },
  { mass: 0.7, position: [-1, 0, 0], velocity: [1, 0, 0], radius: 0.1 },
  { mass: 0, position: [0, 30, 0], velocity: [0, 0, 0] },
  { mass: 0.2, position: [1, 0, 0], velocity: [-1, 0.05, 0], radius: 0.1 },
];
const RUN = {
  units: { G: 1e-3, softening: 0 },
  integrator: "leapfrog",
  dt: 1 / 64,
  steps: 128,
  snapshotEvery: 8,
};

describe("collisions", { timeout: 120_000 }, () => {
  let service: TestService;
  before(async () => (service = await startService()));
  after(() => service[Symbol.asyncDispose]());

  async function ran(request: object): Promise<Collided> {
    const id = await service.create({ ...RUN, ...request } as never);
    return (await service.finished(id)) as Collided;
  }
  const stateOf = async (id: string): Promise<State> =>
    (await (await service.get(`/api/v1/simulations/${id}/state`)).json()) as State;

  test("merge keeps mass and momentum, and the particles' numbers and places in the frames", async () => {
    const end = await ran({ initial: { particles: MEETING }, collisions: "merge" });
    assert.equal(end.status, "successful", end.message ?? "");
    assert.equal(end.merged, 1);
    const { particles } = await stateOf(end.simulation_id);
    assert.deepEqual(
      particles.map(({ number }) => number),
      [0, 1, 2],
    );
    assert.equal(
      total(particles, () => 1),
      total(MEETING, () => 1),
    );
    for (const c of [0, 1, 2] as const) {
      const found = total(particles, ({ velocity }) => velocity[c]);
      const wanted = total(MEETING, ({ velocity }) => velocity[c]);
      assert.ok(Math.abs(found - wanted) < 1e-15, `momentum ${c}: ${found} for ${wanted}`);
    }
    assert.ok(Math.abs(particles[1]!.radius! - 0.1 * Math.cbrt(2)) < 1e-15);
    const frames = await framesOf(end.simulation_id);
    assert.equal(frames.length, 17);
    for (const [k, frame] of frames.entries()) {
      const gone = k * RUN.snapshotEvery * RUN.dt > 0.9 + RUN.dt;
      assert.equal(Number.isNaN(frame[9]), gone, `frame ${k}`);
      assert.ok(Math.abs(frame[0]! - 40) < 0.1 && Math.abs(frame[7]! - 30) < 0.1, `frame ${k}`);
    }
  });

  test("a simulation that has merged goes on by /simulate, and its analysis counts what is left", async () => {
    const end = await ran({ initial: { particles: MEETING }, collisions: "merge", steps: 16 });
    assert.equal(end.merged, 0);
    const id = end.simulation_id;
    const call = { simulation_id: id, time_step: 1 / 64, num_steps: 100 };
    for (const merged of [1, 1]) {
      assert.equal((await service.post("/simulate", call)).status, 200);
      const now = (await (await service.get(`/api/v1/simulations/${id}`)).json()) as Collided;
      assert.equal(now.merged, merged);
      assert.equal((await stateOf(id)).particles.length, 3);
    }
    assert.equal((await service.get(`/results/${id}`)).status, 200);
  });

  test("halt fails with the particles and the step, and keeps the last good checkpoint", async () => {
    const end = await ran({ initial: { particles: MEETING }, collisions: "halt" });
    assert.equal(end.status, "failed");
    assert.match(end.message!, /bodies 1 and 3 touch/);
    const { code, step, particles, checkpointStep } = end.failure!;
    assert.deepEqual({ code, particles }, { code: "collision", particles: [1, 3] });
    assert.ok(Math.abs(step * RUN.dt - 0.9) <= 2 * RUN.dt, `step ${step}`);
    assert.ok(checkpointStep !== null && checkpointStep < step, `checkpoint ${checkpointStep}`);
    const state = await stateOf(end.simulation_id);
    assert.deepEqual([state.step, state.time], [checkpointStep, checkpointStep * RUN.dt]);
    const path = `/api/v1/simulations/${end.simulation_id}/checkpoint`;
    const bytes = new Uint8Array(await (await service.get(path)).arrayBuffer());
    const system = await restoreSystem(bytes);
    assert.equal(system.stepsDone, checkpointStep);
    state.particles.forEach(({ position, radius = 0 }, i) => {
      const { x, y, z, radius: radii } = system.bodies;
      assert.deepEqual([x[i], y[i], z[i], radii[i]], [...position, radius]);
    });
    assert.throws(() => system.step(128), /bodies 1 and 3 touch/);
    assert.equal((await service.get(`${path}-`)).status, 404);
  });

  test("a run that did not fail has no checkpoint to give", async () => {
    const end = await ran({ initial: { particles: MEETING }, collisions: "none" });
    assert.equal(end.failure, null);
    const path = `/api/v1/simulations/${end.simulation_id}/checkpoint`;
    assert.equal((await service.get(path)).status, 404);
  });

  test("bounce counts its bounces and leaves what the restitution says", async () => {
    for (const restitution of [1, 0.5]) {
      const request = { initial: { particles: MEETING }, collisions: "bounce", restitution };
      const end = await ran(request);
      assert.equal(end.bounces, 1);
      const { particles } = await stateOf(end.simulation_id);
      const [a, b] = [particles[1]!.velocity, particles[3]!.velocity];
      const apart = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
      // They meet at an angle whose sine is 0.045 / 0.2, and keep the part of their speed across.
      const across = (0.045 / 0.2) ** 2;
      const wanted = 2 * Math.sqrt(across + (1 - across) * restitution ** 2);
      assert.ok(Math.abs(apart - wanted) < 0.03, `restitution ${restitution}: ${apart}, ${wanted}`);
    }
  });

  test("a radius for all of a preset's particles makes a cluster merge", async () => {
    const initial = { kind: "plummer", n: 200, seed: 3, radius: 0.03 };
    const end = await ran({ initial, collisions: "merge", units: { G: 1, softening: 0.01 } });
    assert.equal(end.status, "successful", end.message ?? "");
    assert.ok(end.merged > 0);
    const { particles } = await stateOf(end.simulation_id);
    assert.equal(particles.length, 200 - end.merged);
    assert.ok(Math.abs(total(particles, () => 1) - 1) < 1e-14);
  });

  test("softenings of single particles are those of the package, to the bit", async () => {
    const soft = MEETING.map((particle, i) => ({ ...particle, radius: 0, softening: 0.1 * i }));
    const end = await ran({ initial: { particles: soft }, collisions: "none" });
    const bodies = bodiesOf(soft);
    const system = await createSystem({ bodies, ...RUN, integrator: "leapfrog" });
    system.step(RUN.steps);
    const { particles } = await stateOf(end.simulation_id);
    particles.forEach(({ position }, i) =>
      assert.deepEqual(position, [bodies.x[i], bodies.y[i], bodies.z[i]]),
    );
    assert.notEqual(
      particles[1]!.position[1],
      (
        await stateOf(
          (await ran({ initial: { particles: MEETING }, collisions: "none" })).simulation_id,
        )
      ).particles[1]!.position[1],
    );
  });

  test("test particles follow and disturb nobody, to the bit", async () => {
    const massive = MEETING.filter(({ mass }) => mass > 0);
    const alone = await ran({ initial: { particles: massive }, collisions: "none" });
    const followed = await ran({ initial: { particles: MEETING }, collisions: "none" });
    const expected = (await stateOf(alone.simulation_id)).particles;
    const { particles } = await stateOf(followed.simulation_id);
    assert.deepEqual(
      particles.filter(({ mass }) => mass > 0).map(({ position }) => position),
      expected.map(({ position }) => position),
    );
    assert.ok(particles[2]!.position[1] < 30, "the test particle falls");
  });

  async function framesOf(id: string): Promise<Float32Array[]> {
    const bytes = await (await service.get(`/api/v1/simulations/${id}/frames`)).arrayBuffer();
    const size = 32 + 12 * MEETING.length;
    return Array.from(
      { length: bytes.byteLength / size },
      (_, k) => new Float32Array(bytes, k * size + 32, 3 * MEETING.length),
    );
  }
});

describe("collisions across a restart", { timeout: 120_000 }, () => {
  for (const solver of ["direct", "tree"] as const) {
    test(`a merging cluster by ${solver}, stopped and taken up, ends with the same bytes`, async () => {
      const request = {
        initial: { kind: "plummer", n: 700, seed: 5, radius: 0.004 },
        collisions: "merge",
        solver,
        dt: 1 / 512,
        steps: 700,
        snapshotEvery: 20,
      };
      const dataDir = await mkdtemp(join(tmpdir(), "hotpath-collisions-"));
      try {
        let service = await startService({ dataDir });
        const straight = await create(service, request);
        const first = (await service.finished(straight)) as Collided;
        assert.ok(first.merged > 5, `${first.merged} merged`);
        const expected = await bytesOf(service, straight);
        const id = await create(service, request);
        await mergedSome(service, id);
        await service[Symbol.asyncDispose]();
        service = await startService({ dataDir });
        const end = (await service.finished(id)) as Collided;
        assert.equal(end.merged, first.merged);
        assert.equal(await bytesOf(service, id), expected);
        await service[Symbol.asyncDispose]();
      } finally {
        await rm(dataDir, { recursive: true, force: true });
      }
    });
  }
});

function create(service: TestService, request: object): Promise<string> {
  return service.create({ units: { G: 1, softening: 0.01 }, ...request } as never);
}

/** Resolves in the middle of a run, after its first merger. */
async function mergedSome({ url }: TestService, id: string): Promise<void> {
  for await (const { name, data } of eventsOf(`${url}/api/v1/simulations/${id}/events`)) {
    if (name === "end") break;
    if ((data as Collided).merged > 0) return;
  }
  assert.fail("the job ended before it was stopped; make it longer");
}

async function bytesOf(service: TestService, id: string): Promise<string> {
  const base = `/api/v1/simulations/${id}`;
  const parts = [`${base}/state?format=npy`, `${base}/frames`].map(async (path) => {
    const bytes = await (await service.get(path)).arrayBuffer();
    const hash = await crypto.subtle.digest("SHA-256", bytes);
    return `${bytes.byteLength}:${Buffer.from(hash).toString("hex")}`;
  });
  return (await Promise.all(parts)).join(" ");
}

function total(particles: readonly Particle[], of: (particle: Particle) => number): number {
  return particles.reduce((sum, particle) => sum + particle.mass * of(particle), 0);
}

function bodiesOf(particles: readonly Particle[]): Bodies {
  const bodies = Bodies.allocate(particles.length);
  particles.forEach(({ mass, position, velocity, softening = 0, radius = 0 }, i) => {
    bodies.mass[i] = mass;
    [bodies.x[i], bodies.y[i], bodies.z[i]] = position;
    [bodies.vx[i], bodies.vy[i], bodies.vz[i]] = velocity;
    bodies.softening[i] = softening;
    bodies.radius[i] = radius;
  });
  return bodies;
}

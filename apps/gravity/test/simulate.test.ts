/** POST /simulate: the original service's contract. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Bodies, createSystem, decodeNpy } from "@hotpath/nbody";
import { startService, type TestService } from "./service.ts";

const PARTICLES = [
  { mass: 1e12, position: [0, 0, 0], velocity: [0, 0, 0] },
  { mass: 1, position: [1, 0, 0], velocity: [0, 8, 0] },
  { mass: 2, position: [0, -2, 0.5], velocity: [5, 0, 0] },
];

describe("POST /simulate", { timeout: 120_000 }, () => {
  let service: TestService;
  before(async () => (service = await startService()));
  after(() => service[Symbol.asyncDispose]());

  const calls = (id: string, steps: number): Promise<Response> =>
    service.post("/simulate", { simulation_id: id, time_step: 0.001, num_steps: steps });

  test("uses the original's G and softening, symplectic Euler, and writes the particles back", async () => {
    const id = await service.create({
      initial: { particles: PARTICLES },
      units: undefined as never,
      integrator: "symplectic-euler",
      dt: 0.001,
      steps: 10,
      snapshotEvery: 10,
    });
    await service.finished(id);
    const response = await calls(id, 90);
    assert.equal(response.status, 200);
    const body = (await response.json()) as Record<string, unknown>;
    assert.equal(body["status"], "completed");
    assert.equal(body["simulation_id"], id);
    const expected = await straightRun(100);
    const npy = await service.get(`/api/v1/simulations/${id}/state?format=npy`);
    const { data } = decodeNpy(new Uint8Array(await npy.arrayBuffer()));
    assert.deepEqual([...data], expected, "10 + 90 steps are the bytes of 100 steps");
  });

  test("two calls at once on one simulation: one is done, the other 409, never interleaved", async () => {
    const id = await service.create({ initial: { kind: "plummer", n: 1000, seed: 2 }, steps: 1 });
    await service.finished(id);
    const [a, b] = await Promise.all([calls(id, 200), calls(id, 200)]);
    assert.deepEqual(
      [a.status, b.status].sort((p, q) => p - q),
      [200, 409],
    );
    const refused = a.status === 409 ? a : b;
    assert.ok(refused.headers.get("retry-after"));
    assert.equal((await calls(id, 1)).status, 200, "and then it is free again");
  });

  test("is refused with 409 while the simulation's own job runs", async () => {
    const id = await service.create({
      initial: { kind: "plummer", n: 2000, seed: 2 },
      steps: 100_000,
      snapshotEvery: 1000,
    });
    assert.equal((await calls(id, 1)).status, 409);
    await fetch(`${service.url}/api/v1/simulations/${id}`, { method: "DELETE" });
  });

  test("writes nothing when the client goes away, and frees the simulation", async () => {
    const id = await service.create({ initial: { kind: "plummer", n: 2000, seed: 2 }, steps: 1 });
    await service.finished(id);
    const state = async (): Promise<string> =>
      (await service.get(`/api/v1/simulations/${id}/state`)).text();
    const before = await state();
    const leave = new AbortController();
    const call = fetch(`${service.url}/simulate`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ simulation_id: id, time_step: 0.001, num_steps: 20_000 }),
      signal: leave.signal,
    });
    while ((await statusOf(service, id)) !== "running") continue;
    leave.abort();
    await assert.rejects(call, { name: "AbortError" });
    while ((await statusOf(service, id)) === "running") continue;
    assert.equal(await state(), before);
    assert.equal((await calls(id, 1)).status, 200);
  });

  test("refuses more work than one call may ask for", async () => {
    const id = await service.create({ initial: { kind: "plummer", n: 2000, seed: 2 }, steps: 1 });
    await service.finished(id);
    const response = await calls(id, 10_000_000);
    assert.equal(response.status, 422);
    assert.match(await response.text(), /num_steps.*at most 25000 steps/);
  });
});

async function statusOf(service: TestService, id: string): Promise<string> {
  const response = await service.get(`/api/v1/simulations/${id}`);
  return ((await response.json()) as { status: string }).status;
}

async function straightRun(steps: number): Promise<number[]> {
  const bodies = Bodies.allocate(PARTICLES.length);
  PARTICLES.forEach(({ mass, position, velocity }, i) => {
    bodies.mass[i] = mass;
    [bodies.x[i], bodies.y[i], bodies.z[i]] = position as [number, number, number];
    [bodies.vx[i], bodies.vy[i], bodies.vz[i]] = velocity as [number, number, number];
  });
  const units = { G: 6.6743e-11, softening: Math.sqrt(1e-9) };
  const system = await createSystem({ bodies, units, integrator: "symplectic-euler", dt: 0.001 });
  system.step(steps);
  const { mass, x, y, z, vx, vy, vz } = bodies;
  return PARTICLES.flatMap((_, i) => [mass, x, y, z, vx, vy, vz].map((column) => column[i]!));
}

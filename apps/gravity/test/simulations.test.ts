/** The life of a simulation, over HTTP, on the embedded database. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { decodeNpy } from "@hotpath/nbody";
import { eventsOf, startService, type Resource, type TestService } from "./service.ts";

describe("a simulation", { timeout: 120_000 }, () => {
  let service: TestService;
  before(async () => (service = await startService()));
  after(() => service[Symbol.asyncDispose]());

  test("is accepted with its location, runs, and ends successful at 100 percent", async () => {
    const response = await service.post("/api/v1/simulations", {
      name: "sphere",
      initial: { kind: "plummer", n: 100, seed: 3 },
      integrator: "leapfrog",
      dt: 0.002,
      steps: 50,
      snapshotEvery: 20,
    });
    assert.equal(response.status, 202);
    const body = (await response.json()) as Record<string, string>;
    assert.equal(response.headers.get("location"), body["status_url"]);
    const end = await service.finished(body["simulation_id"]!);
    assert.equal(end.status, "successful");
    assert.equal(end.progress, 100);
    assert.equal(end.step, 50);
    assert.equal(end.frames, 4, "steps 0, 20, 40 and 50");
    assert.ok(end.energyError < 1e-3, `energy error ${end.energyError}`);
    const read = (await (await service.get(body["status_url"]!)).json()) as Resource;
    assert.deepEqual(read, end);
    const list = (await (await service.get("/api/v1/simulations?status=successful")).json()) as {
      simulations: Resource[];
    };
    assert.ok(list.simulations.some((one) => one.simulation_id === body["simulation_id"]));
  });

  test("gives the same state from the same seed, as JSON and as npy", async () => {
    const [a, b] = await Promise.all([service.create(), service.create()]);
    await Promise.all([service.finished(a), service.finished(b)]);
    const npyA = await npy(service, a);
    const npyB = await npy(service, b);
    assert.deepEqual(npyA.shape, [64, 7]);
    assert.deepEqual(npyA.data, npyB.data);
    const state = (await (await service.get(`/api/v1/simulations/${a}/state`)).json()) as {
      particles: { mass: number; position: number[]; velocity: number[] }[];
    };
    const last = state.particles[63]!;
    assert.deepEqual([last.mass, ...last.position, ...last.velocity], [...npyA.data.slice(63 * 7)]);
    const asked = await service.get(`/api/v1/simulations/${a}/state`, {
      accept: "application/x-npy",
    });
    assert.equal(asked.headers.get("content-type"), "application/x-npy");
  });

  test("records frames that can be read whole and by range", async () => {
    const id = await service.create({ steps: 30, snapshotEvery: 10 });
    await service.finished(id);
    const all = await frames(service, id, "");
    assert.equal(all.recorded, 4);
    assert.deepEqual(all.steps, [0, 10, 20, 30]);
    const some = await frames(service, id, "?from=1&to=3");
    assert.deepEqual(some.steps, [10, 20]);
    assert.deepEqual((await frames(service, id, "?from=9")).steps, []);
    const first = (await npyInitial(service)).slice(1, 4);
    assert.deepEqual([...all.firstPosition], [...Float32Array.from(first)]);
  });

  test("tells its progress by server-sent events, and resumes after Last-Event-ID", async () => {
    const id = await service.create({
      initial: { kind: "plummer", n: 512, seed: 1 },
      steps: 400,
      snapshotEvery: 20,
    });
    const url = `${service.url}/api/v1/simulations/${id}/events`;
    const seen: { name: string; id: number; step: number }[] = [];
    for await (const event of eventsOf(url)) {
      const { step } = event.data as { step: number };
      seen.push({ name: event.name, id: Number(event.id ?? 0), step });
    }
    assert.equal(seen.at(-1)!.name, "end");
    assert.ok(seen.length >= 2, "at least one progress event before the end");
    for (let k = 1; k < seen.length; k++)
      assert.ok(seen[k]!.step >= seen[k - 1]!.step, "steps do not go back");
    const again = [];
    for await (const event of eventsOf(url, { "last-event-id": String(seen.at(-1)!.id) }))
      again.push(event.name);
    assert.deepEqual(again, ["end"], "a finished simulation answers with its end alone");
  });

  test("is dismissed by DELETE at a step boundary, and deleted by a second one", async () => {
    const id = await service.create({
      initial: { kind: "plummer", n: 2000, seed: 1 },
      steps: 100_000,
      snapshotEvery: 1000,
    });
    const path = `/api/v1/simulations/${id}`;
    const dismissed = (await (
      await fetch(service.url + path, { method: "DELETE" })
    ).json()) as Resource;
    assert.equal(dismissed.status, "dismissed");
    assert.ok(dismissed.step < 100_000);
    assert.equal((await npy(service, id)).shape[0], 2000);
    assert.equal((await fetch(service.url + path, { method: "DELETE" })).status, 204);
    assert.equal((await service.get(path)).status, 404);
  });

  test("fails with the particles and the step when its state stops being finite, and keeps the last good one", async () => {
    const particle = { mass: 1, position: [0, 0, 0], velocity: [0, 0, 0] };
    const id = await service.create({
      initial: { particles: [particle, particle] },
      units: { G: 1, softening: 0 },
    });
    const end = await service.finished(id);
    assert.equal(end.status, "failed");
    assert.match(end.message ?? "", /step 1\b.*bodies 0, 1/);
    const { data } = await npy(service, id);
    assert.ok(data.every(Number.isFinite));
  });

  test("analysis gives energy and its drift, virial ratio and radii, and says which engine ran", async () => {
    const id = await service.create({ initial: { kind: "plummer", n: 400, seed: 5 } });
    await service.finished(id);
    const results = (await (await service.get(`/results/${id}`)).json()) as {
      engine: string;
      energy: { initial: number; final: number; drift: number };
      virialRatio: number;
      halfMassRadius: number;
      lagrangianRadii: Record<string, number>;
    };
    assert.equal(results.engine, "typescript");
    assert.ok(Math.abs(results.energy.drift) < 1e-3);
    assert.ok(Math.abs(results.energy.initial + 0.25) < 0.02, "Hénon units: E = −1/4");
    assert.ok(Math.abs(results.virialRatio - 1) < 0.2);
    assert.equal(results.halfMassRadius, results.lagrangianRadii["0.5"]);
  });
});

async function npy(service: TestService, id: string): Promise<ReturnType<typeof decodeNpy>> {
  const response = await service.get(`/api/v1/simulations/${id}/state?format=npy`);
  return decodeNpy(new Uint8Array(await response.arrayBuffer()));
}

/** First particle of the default initial conditions: one step of length ~0 leaves them as they are. */
async function npyInitial(service: TestService): Promise<Float64Array> {
  const id = await service.create({ steps: 1, dt: 1e-300 });
  await service.finished(id);
  return (await npy(service, id)).data;
}

interface Frames {
  readonly recorded: number;
  readonly steps: number[];
  readonly firstPosition: Float32Array;
}

async function frames(service: TestService, id: string, query: string): Promise<Frames> {
  const response = await service.get(`/api/v1/simulations/${id}/frames${query}`);
  const bytes = await response.arrayBuffer();
  const view = new DataView(bytes);
  const steps: number[] = [];
  for (let at = 0; at < bytes.byteLength; at += 32 + view.getUint32(at + 12, true) * 12) {
    assert.equal(view.getUint32(at, true), 0x31465048);
    steps.push(view.getUint32(at + 8, true));
  }
  return {
    recorded: Number(response.headers.get("x-hotpath-frames")),
    steps,
    firstPosition: new Float32Array(bytes.slice(32, bytes.byteLength === 0 ? 32 : 44)),
  };
}

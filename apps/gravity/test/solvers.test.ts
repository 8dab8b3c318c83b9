/** Every integrator and every solver that nbody has is offered, says what ran, and is refused where it cannot. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { integrators } from "@hotpath/nbody";
import { startService, type Resource, type TestService } from "./service.ts";

interface SolverResource extends Resource {
  readonly solver: string;
  readonly forces: string | null;
  readonly forceError: number | null;
}

describe("integrators and solvers", { timeout: 120_000 }, () => {
  let service: TestService;
  before(async () => (service = await startService()));
  after(() => service[Symbol.asyncDispose]());

  for (const integrator of Object.keys(integrators)) {
    test(`${integrator} runs the solar system and keeps its energy`, async () => {
      const request = {
        name: integrator,
        initial: { kind: "solar-system" },
        integrator,
        dt: 0.25,
        steps: 200,
        snapshotEvery: 50,
      };
      const response = await service.post("/api/v1/simulations", request);
      assert.equal(response.status, 202, await response.clone().text());
      const { simulation_id: id } = (await response.json()) as { simulation_id: string };
      const end = (await service.finished(id)) as SolverResource;
      assert.equal(end.status, "successful", end.message ?? "");
      assert.ok(end.energyError < 1e-5, `energy error ${end.energyError}`);
      assert.equal(end.solver, "direct");
    });
  }

  test("the tree runs when it is asked for, and states the error to expect", async () => {
    const id = await service.create({
      initial: { kind: "plummer", n: 3000, seed: 1 },
      steps: 4,
      solver: "tree",
      errorTarget: 1e-3,
    } as never);
    const end = (await service.finished(id)) as SolverResource;
    assert.equal(end.status, "successful", end.message ?? "");
    assert.match(end.forces ?? "", /tree/);
    assert.equal(end.forceError, 1e-3);
  });

  test("left to itself the service takes the tree only for many particles", async () => {
    for (const [n, solver] of [
      [500, "direct"],
      [3000, "tree"],
    ] as const) {
      const id = await service.create({
        initial: { kind: "plummer", n, seed: 1 },
        steps: 1,
        snapshotEvery: 1,
      });
      assert.equal(((await service.finished(id)) as SolverResource).solver, solver);
    }
  });

  test("the tree takes an opening angle instead", async () => {
    const id = await service.create({
      initial: { kind: "plummer", n: 600, seed: 1 },
      steps: 2,
      solver: "tree",
      theta: 0.5,
    } as never);
    const end = (await service.finished(id)) as SolverResource;
    assert.equal(end.status, "successful", end.message ?? "");
    assert.match(end.forces ?? "", /θ 0.5/);
    assert.ok(end.forceError! > 1e-4 && end.forceError! < 0.01, `error ${end.forceError}`);
  });

  for (const integrator of ["hermite4", "ias15"] as const) {
    test(`${integrator} is refused with the tree, by path, and left to itself gets the direct sum`, async () => {
      const request = {
        name: "x",
        initial: { kind: "plummer", n: 2600 },
        integrator,
        dt: 1e-6,
        steps: 1,
        snapshotEvery: 1,
      };
      const refused = await service.post("/api/v1/simulations", { ...request, solver: "tree" });
      assert.equal(refused.status, 422);
      assert.match(await refused.text(), /"path":"solver"/);
      const id = await service.create(request);
      assert.equal(((await service.finished(id)) as SolverResource).solver, "direct");
    });
  }
});
